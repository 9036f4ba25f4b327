//! Parameters that are rows of no type that has a name: `home = $1`, where `home` is of a composite type, compares any two rows, and
//! the server prepares it, but takes no value for `record`.

use pgdbm_check::{Parameter, SqlTypeKind};
use pgdbm_template::{Code, Diagnostic, Parameters, Span};

use crate::report::Report;
use crate::sql_source::SqlSource;

/// Reports each. Whether there is none.
pub(crate) fn refuse(
    described: &[Option<Parameter>],
    parameters: &Parameters,
    sql: &SqlSource,
    report: &mut Report,
) -> bool {
    let mut none = true;
    for (number, parameter) in (1..).zip(described) {
        let ty = parameter
            .as_ref()
            .and_then(|parameter| parameter.sql_type.as_ref());
        let Some(ty) = ty.filter(|ty| {
            ty.kind == SqlTypeKind::Pseudo && matches!(&*ty.name, "record" | "_record")
        }) else {
            continue;
        };
        none = false;
        let (written, Span { start, end }) = place(parameters, number);
        let many = if ty.name == "record" { "" } else { "[]" };
        let mistake = Diagnostic::error(
            Code::UndeterminedType,
            format!(
                "nothing says which row type `{written}` has: any would do here, and the server takes no value for `record{many}`"
            ),
            start,
            end,
            format!("this is `record{many}`"),
        );
        let help = format!(
            "name the composite type or the table: `{written}::{{{{types.name}}}}{many}`, `{written}::{{{{tables.name}}}}{many}`"
        );
        sql.report(&mistake.with_help(help), report);
    }
    none
}

/// How a parameter is written, and where it first stands.
fn place(parameters: &Parameters, number: usize) -> (String, Span) {
    if let Some(name) = parameters.names().iter().find(|name| name.number == number) {
        return (format!("${}", name.name), name.first_use());
    }
    let mut uses = parameters.positional().iter();
    let first = uses.find(|parameter| parameter.number == number);
    let span = first.map_or(Span { start: 0, end: 0 }, |first| first.span);
    (format!("${number}"), span)
}
