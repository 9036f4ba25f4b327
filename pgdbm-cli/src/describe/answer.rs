//! One answer: a line of JSON for a line of JSON.

use pgdbm_check::{Checker, Description, Severity};
use serde_json::Value;

/// The answer to one line of the input, also where that is none. The members stand in the order in which they are documented.
pub(crate) fn to_line(checker: &Checker, line: &str) -> String {
    let query = serde_json::from_str::<Value>(line).unwrap_or(Value::Null);
    let id = query.get("id").cloned().unwrap_or(Value::Null);
    match query.get("sql").and_then(Value::as_str) {
        Some(sql) => of_description(&id, &checker.describe(sql)),
        None => answer(
            &id,
            "null",
            "null",
            &[diagnostic(
                "error",
                "invalid-input",
                "the line is no JSON object with a text `sql`",
                0,
                line.len(),
            )],
        ),
    }
}

fn of_description(id: &Value, description: &Description) -> String {
    let failed = description.columns.is_none() && !description.findings.is_empty();
    let params = if failed {
        "null".to_owned()
    } else {
        list(description.parameters.iter().map(|parameter| {
            format!(
                r#"{{"type":{},"nullable":{}}}"#,
                Value::from(parameter.type_name.clone()),
                Value::from(parameter.nullable)
            )
        }))
    };
    let columns = description.columns.as_ref().map_or_else(
        || "null".to_owned(),
        |columns| {
            list(columns.iter().map(|column| {
                format!(
                    r#"{{"name":{},"type":{},"nullable":{}}}"#,
                    Value::from(column.name.as_str()),
                    Value::from(column.type_name.clone()),
                    Value::from(column.nullable)
                )
            }))
        },
    );
    let diagnostics = description
        .findings
        .iter()
        .map(|finding| {
            diagnostic(
                severity(finding.severity),
                finding.code.as_str(),
                &finding.message,
                finding.start,
                finding.end,
            )
        })
        .collect::<Vec<_>>();
    answer(id, &params, &columns, &diagnostics)
}

fn answer(id: &Value, params: &str, columns: &str, diagnostics: &[String]) -> String {
    let diagnostics = list(diagnostics.iter().cloned());
    format!(r#"{{"id":{id},"params":{params},"columns":{columns},"diagnostics":{diagnostics}}}"#)
}

fn diagnostic(severity: &str, code: &str, message: &str, start: usize, end: usize) -> String {
    let message = Value::from(message);
    format!(
        r#"{{"severity":"{severity}","code":"{code}","message":{message},"start":{start},"end":{end}}}"#
    )
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
