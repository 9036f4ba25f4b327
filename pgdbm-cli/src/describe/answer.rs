//! One answer: a line of JSON for a line of JSON.

use pgdbm_check::{Description, Severity};
use serde_json::Value;

/// A query as it was asked.
pub(crate) struct Question {
    pub(crate) id: Value,
    /// None where the line held no query.
    pub(crate) sql: Option<String>,
    bytes: usize,
}

impl Question {
    /// Reads a line of the input.
    pub(crate) fn from_line(line: &[u8]) -> Self {
        let mut query = serde_json::from_slice::<Value>(line).unwrap_or(Value::Null);
        let mut member = |name: &str| query.get_mut(name).map(Value::take);
        let sql = match member("sql") {
            Some(Value::String(sql)) => Some(sql),
            _ => None,
        };
        Self {
            id: member("id").unwrap_or(Value::Null),
            sql,
            bytes: line.len(),
        }
    }

    /// What is answered to a line that holds no query.
    pub(crate) fn malformed(&self) -> Answer {
        Answer::failed(Diagnostic {
            severity: "error",
            code: "invalid-input".to_owned(),
            message: "the line is no JSON object with a text `sql`".to_owned(),
            start: 0,
            end: self.bytes,
        })
    }
}

/// What a query takes and gives, or what is wrong with it.
#[derive(Default)]
pub(crate) struct Answer {
    /// None where they are not known.
    pub(crate) params: Option<Vec<Slot>>,
    /// None where they are not known; without a name they are parameters.
    pub(crate) columns: Option<Vec<Slot>>,
    pub(crate) diagnostics: Vec<Diagnostic>,
}

/// A parameter or a column.
pub(crate) struct Slot {
    /// Columns have one.
    pub(crate) name: Option<String>,
    pub(crate) type_name: Option<String>,
    pub(crate) nullable: Option<bool>,
}

pub(crate) struct Diagnostic {
    pub(crate) severity: &'static str,
    pub(crate) code: String,
    pub(crate) message: String,
    pub(crate) start: usize,
    pub(crate) end: usize,
}

impl Answer {
    /// Nothing but a mistake.
    pub(crate) fn failed(diagnostic: Diagnostic) -> Self {
        Self {
            diagnostics: vec![diagnostic],
            ..Self::default()
        }
    }

    /// What the checker says.
    pub(crate) fn of_description(description: Description) -> Self {
        let failed = description.columns.is_none() && !description.findings.is_empty();
        let parameters = description.parameters.into_iter().map(|parameter| Slot {
            name: None,
            type_name: parameter.type_name,
            nullable: parameter.nullable,
        });
        let columns = description.columns.map(|columns| {
            let slot = |column: pgdbm_check::Column| Slot {
                name: Some(column.name),
                type_name: column.type_name,
                nullable: column.nullable,
            };
            columns.into_iter().map(slot).collect()
        });
        let diagnostics = description.findings.into_iter().map(|finding| Diagnostic {
            severity: severity(finding.severity),
            code: finding.code.as_str().to_owned(),
            message: finding.sentence(),
            start: finding.primary.start,
            end: finding.primary.end,
        });
        Self {
            params: (!failed).then(|| parameters.collect()),
            columns,
            diagnostics: diagnostics.collect(),
        }
    }

    /// Reads an answer that was written before. None where the line holds none.
    pub(crate) fn from_line(line: &str) -> Option<(Value, Self)> {
        let line = serde_json::from_str::<Value>(line).ok()?;
        let text = |value: &Value, name: &str| value.get(name)?.as_str().map(str::to_owned);
        let slots = |name: &str| {
            let slots = line.get(name)?.as_array()?.iter().map(|slot| Slot {
                name: text(slot, "name"),
                type_name: text(slot, "type"),
                nullable: slot.get("nullable").and_then(Value::as_bool),
            });
            Some(slots.collect())
        };
        let byte = |value: &Value, name: &str| {
            let byte = value.get(name).and_then(Value::as_u64).unwrap_or_default();
            usize::try_from(byte).unwrap_or(usize::MAX)
        };
        let diagnostics = line
            .get("diagnostics")?
            .as_array()?
            .iter()
            .map(|diagnostic| Diagnostic {
                severity: match text(diagnostic, "severity").as_deref() {
                    Some("warning") => "warning",
                    _ => "error",
                },
                code: text(diagnostic, "code").unwrap_or_default(),
                message: text(diagnostic, "message").unwrap_or_default(),
                start: byte(diagnostic, "start"),
                end: byte(diagnostic, "end"),
            });
        let answer = Self {
            params: slots("params"),
            columns: slots("columns"),
            diagnostics: diagnostics.collect(),
        };
        Some((line.get("id")?.clone(), answer))
    }

    /// Whether a server would refuse to prepare the query. What it refuses only when it runs has its types all the same.
    pub(crate) fn is_refused(&self) -> bool {
        self.columns.is_none()
            && self
                .diagnostics
                .iter()
                .any(|diagnostic| diagnostic.severity == "error")
    }

    /// The line. The members stand in the order in which they are documented.
    pub(crate) fn to_line(&self, id: &Value) -> String {
        format!(r#"{{"id":{id},{}"#, self.to_members())
    }

    /// The line without the query's id.
    pub(crate) fn to_object(&self) -> String {
        format!("{{{}", self.to_members())
    }

    fn to_members(&self) -> String {
        let slots = |slots: &Option<Vec<Slot>>| {
            slots.as_ref().map_or_else(
                || "null".to_owned(),
                |slots| list(slots.iter().map(Slot::to_json)),
            )
        };
        format!(
            r#""params":{},"columns":{},"diagnostics":{}}}"#,
            slots(&self.params),
            slots(&self.columns),
            list(self.diagnostics.iter().map(Diagnostic::to_json))
        )
    }
}

impl Slot {
    fn to_json(&self) -> String {
        let name = self.name.as_ref().map_or_else(String::new, |name| {
            format!(r#""name":{},"#, Value::from(name.as_str()))
        });
        format!(
            r#"{{{name}"type":{},"nullable":{}}}"#,
            Value::from(self.type_name.clone()),
            Value::from(self.nullable)
        )
    }
}

impl Diagnostic {
    fn to_json(&self) -> String {
        format!(
            r#"{{"severity":"{}","code":{},"message":{},"start":{},"end":{}}}"#,
            self.severity,
            Value::from(self.code.as_str()),
            Value::from(self.message.as_str()),
            self.start,
            self.end
        )
    }
}

fn list(entries: impl Iterator<Item = String>) -> String {
    format!("[{}]", entries.collect::<Vec<_>>().join(","))
}

pub(crate) fn severity(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        _ => "warning",
    }
}
