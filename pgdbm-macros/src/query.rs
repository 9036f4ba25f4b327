//! `query!` and its sisters: parse, check, expand.

use pgdbm_template::{Code, Diagnostic, Effects, Template};
use proc_macro2::TokenStream;

use crate::binding::Binding;
use crate::checked::Checked;
use crate::expansion::{Expansion, Row, Site};
use crate::invocation::{Form, Invocation, Rows};
use crate::parts::Parts;
use crate::record::RowCode;
use crate::report::Report;
use crate::sql_source::SqlSource;

/// Expands one call.
///
/// After a mistake the expansion still has the type that the call would have had, so that nothing else fails.
pub(crate) fn expand(form: Form, tokens: TokenStream) -> TokenStream {
    let mut report = Report::default();
    let Invocation {
        crate_path,
        target,
        as_from_row,
        sql,
        mut arguments,
    } = Invocation::parse(form, tokens, &mut report);
    let expansion = Expansion {
        private: crate_path.private(),
        rows: form.rows,
        target,
        is_checked: form.checked,
        place: None,
    };
    let Some(sql) = sql else {
        return expansion.without_sql(&Binding::of_unknown_sql(arguments), report);
    };
    let parts = Parts::find(&sql, &mut report);
    let template = Template::parse(parts.as_ref().map_or(sql.text(), |parts| &parts.skeleton));
    check_template(&template, &sql, &mut report);
    check_statements(&template, &sql, &mut report);
    let certain = parameters_are_certain(&template);
    let toggles = parts
        .as_ref()
        .map(|parts| parts.toggles(&mut arguments, template.parameters(), &sql, &mut report));
    let binding = Binding::find(arguments, template.parameters(), certain, &sql, &mut report);
    let checked = (form.checked && report.is_clean())
        .then(|| {
            Checked::of(
                &sql,
                &template,
                parts.as_ref(),
                &expansion.private,
                &mut report,
            )
        })
        .flatten();
    let row = checked.as_ref().and_then(|checked| {
        let code = RowCode {
            private: &expansion.private,
            checked,
            sql: &sql,
        };
        let mapper = match (form.rows, &expansion.target) {
            (Rows::Mapped, Some(target)) if as_from_row => code.by_derive(target, &mut report),
            (Rows::Mapped, Some(target)) => code.mapped(target, &mut report),
            (Rows::Scalar, _) => code.scalar(&mut report),
            (Rows::Row, _) | (Rows::Mapped, None) => code.record(&mut report),
        };
        mapper.map(|mapper| Row { mapper, checked })
    });
    expansion.of(
        &Site {
            sql: &sql,
            toggles: toggles.as_deref(),
        },
        &binding,
        row.as_ref(),
        report,
    )
}

/// What is wrong with the SQL by itself: its tokens, placeholders, names and parameters.
pub(crate) fn check_template(template: &Template<'_>, sql: &SqlSource, report: &mut Report) {
    let of_parameters = template.parameters().diagnostics();
    for diagnostic in template.diagnostics().iter().chain(&of_parameters) {
        // Stable Rust gives macros no warnings: only what cannot work is reported.
        if diagnostic.is_error() {
            sql.report(diagnostic, report);
        }
    }
}

/// A query is one statement, and one that needs nothing but its arguments.
pub(crate) fn check_statements(template: &Template<'_>, sql: &SqlSource, report: &mut Report) {
    // What is not terminated swallows the rest: then the missing statement is no second mistake.
    let swallowed = template.statements().is_empty() && !template.diagnostics().is_empty();
    if !swallowed && let Some(mistake) = template.check_single_statement() {
        sql.report(&mistake, report);
    }
    for statement in template.statements() {
        let (what, label, help) = match statement.effects {
            Effects {
                copy_from_stdin: true,
                ..
            } => (
                "a query has no rows to copy from standard input",
                "waits for rows",
                "insert many rows with one statement: `INSERT INTO … SELECT * FROM unnest($1::int[], $2::text[])`",
            ),
            Effects {
                copy_to_stdout: true,
                ..
            } => (
                "a query gives rows, and this statement copies them to standard output",
                "sends no rows",
                "select the rows, or use `copy_out` of the driver: `db.acquire().await?.as_driver()?`",
            ),
            _ => continue,
        };
        let (start, end) = (statement.start, statement.end);
        sql.report(
            &Diagnostic::error(Code::CopyStream, what, start, end, label).with_help(help),
            report,
        );
    }
}

/// Whether the template shows all the parameters that are meant.
///
/// Nobody knows how many arguments are right when numbers are skipped or wrong, or when something that is not
/// terminated goes on to the end of the SQL.
pub(crate) fn parameters_are_certain(template: &Template<'_>) -> bool {
    let hides_parameters = |diagnostic: &Diagnostic| {
        matches!(
            diagnostic.code,
            Code::MalformedParameter
                | Code::UnterminatedComment
                | Code::UnterminatedIdentifier
                | Code::UnterminatedPlaceholder
                | Code::UnterminatedString
        )
    };
    template.parameters().diagnostics().is_empty()
        && !template.diagnostics().iter().any(hides_parameters)
}

#[cfg(test)]
mod tests {
    use proc_macro2::TokenStream;

    use super::expand;
    use crate::invocation::{Form, Rows, SqlPosition};

    fn expansion(rows: Rows, call: &str) -> String {
        let tokens: TokenStream = call.parse().unwrap_or_default();
        expand(
            Form {
                name: "query",
                rows,
                sql: SqlPosition::Literal,
                checked: false,
            },
            tokens,
        )
        .to_string()
        .replace(' ', "")
    }

    #[test]
    fn the_override_leaves_no_trace_of_the_default_path() {
        for (rows, call) in [
            (
                Rows::Row,
                "crate = db, \"SELECT $1, {{tables.a}}, {{schema}}\", 1",
            ),
            (
                Rows::Row,
                "crate = db, \"SELECT $1, {{indexes.a}}, '{{tables.a}}', $x\"",
            ),
            (Rows::Mapped, "crate = db, User, \"SELECT 1\""),
            (Rows::Scalar, "crate = db, \"SELECT $1\""),
        ] {
            let text = expansion(rows, call);
            assert!(
                text.contains("db::__private::Quer") || text.contains("db::__private::UnboundQuer"),
                "{text}"
            );
            assert!(!text.contains("::pgdbm::"), "{text}");
        }
    }

    #[test]
    fn arguments_decide_whether_a_query_is_bound() {
        for (call, bound) in [
            ("\"SELECT 1\"", true),
            ("\"SELECT $1\"", false),
            ("\"SELECT $1\", 1", true),
            ("\"SELECT $x\"", true),
            ("\"SELECT $1, $x\", 1", true),
        ] {
            let text = expansion(Rows::Row, call);
            assert!(!text.contains("compile_error"), "{text}");
            assert_eq!(text.contains("__private::Query::"), bound, "{call}");
            assert_eq!(
                text.contains("__private::UnboundQuery::<1usize,"),
                !bound,
                "{call}"
            );
        }
    }

    #[test]
    fn after_a_mistake_the_type_is_still_there_and_so_are_the_arguments() {
        let text = expansion(
            Rows::Mapped,
            "User, \"SELECT {{tabels.a}}, $1\", first, second",
        );
        assert_eq!(text.matches("compile_error").count(), 2, "{text}");
        for part in [
            "(first,second,)",
            "argument(&__pgdbm_tuple.1)",
            "from_row::<User>",
            "site!(\"\"\"\")",
        ] {
            assert!(text.contains(part), "no `{part}` in {text}");
        }
    }

    #[test]
    fn no_call_makes_the_macro_panic() {
        for call in [
            "",
            ",",
            "crate",
            "crate =",
            "crate = x",
            "1",
            "\"\"",
            "\"$x\", =",
            "\"SELECT\" \"1\"",
            "x!()",
            "\"$_\"",
        ] {
            for rows in [Rows::Row, Rows::Mapped, Rows::Scalar] {
                let text = expansion(rows, call);
                assert!(
                    text.contains("compile_error"),
                    "{call} is wrong, and is not refused: {text}"
                );
            }
        }
    }
}
