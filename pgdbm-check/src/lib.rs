//! Checks SQL against migrations by PostgreSQL's own rules, with no server.
#![allow(dead_code)]
mod analyze;
mod catalog;
mod failure;
mod replay;
mod syntax;
mod tree;
#[doc(hidden)]
pub fn probe_parse(sql: &str) -> (Vec<String>, Vec<String>) {
    let parsed = syntax::parse(sql);
    (
        parsed.statements.iter().map(|s| match &s.kind { syntax::ast::StatementKind::Opaque(w) => format!("OPAQUE {w}"), k => format!("{k:?}").chars().take(20).collect() }).collect(),
        parsed.errors.iter().map(|e| format!("{} @{}", e.message, e.span.start)).collect(),
    )
}
