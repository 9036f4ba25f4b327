//! One answer: a line of JSON for a line of JSON.

use pgdbm_check::{Checker, Description, Severity};
use serde_json::{Value, json};

/// The answer to one line of the input, also where that is none.
pub(crate) fn to_line(checker: &Checker, line: &str) -> Value {
    let query = serde_json::from_str::<Value>(line);
    let id = query
        .as_ref()
        .ok()
        .and_then(|query| query.get("id"))
        .cloned()
        .unwrap_or(Value::Null);
    let sql = query
        .as_ref()
        .ok()
        .and_then(|query| query.get("sql"))
        .and_then(Value::as_str);
    match sql {
        Some(sql) => of_description(&id, &checker.describe(sql)),
        None => json!({
            "id": id,
            "params": null,
            "columns": null,
            "diagnostics": [{
                "severity": "error",
                "code": "invalid-input",
                "message": "the line is no JSON object with a text `sql`",
                "start": 0,
                "end": line.len(),
            }],
        }),
    }
}

fn of_description(id: &Value, description: &Description) -> Value {
    let failed = description.columns.is_none() && !description.findings.is_empty();
    let params = if failed {
        Value::Null
    } else {
        description
            .parameters
            .iter()
            .map(|parameter| json!({"type": parameter.type_name, "nullable": parameter.nullable}))
            .collect()
    };
    let columns = description.columns.as_ref().map_or(Value::Null, |columns| {
        columns
            .iter()
            .map(|column| {
                json!({"name": column.name, "type": column.type_name, "nullable": column.nullable})
            })
            .collect()
    });
    let diagnostics = description
        .findings
        .iter()
        .map(|finding| {
            json!({
                "severity": severity(finding.severity),
                "code": finding.code.as_str(),
                "message": finding.message,
                "start": finding.start,
                "end": finding.end,
            })
        })
        .collect::<Value>();
    json!({"id": id, "params": params, "columns": columns, "diagnostics": diagnostics})
}

pub(crate) fn severity(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        _ => "warning",
    }
}
