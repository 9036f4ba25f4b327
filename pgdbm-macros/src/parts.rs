//! Queries with optional parts: their arguments, and what the checker says of all their variants.

use pgdbm_check::{Checker, Column, Description, Parameter};
use pgdbm_template::{Code, Diagnostic, Label, OptionalParts, Parameters, Template};

use crate::binding::Value;
use crate::invocation::GivenArguments;
use crate::report::Report;
use crate::sql_source::{SqlSource, variable};

/// The optional parts of a call, and the values that decide on them.
pub(crate) struct Parts<'s> {
    pub(crate) found: OptionalParts<'s>,
    /// The text in which all parameters stand.
    pub(crate) skeleton: String,
}

/// What decides on a part.
pub(crate) enum Toggle {
    /// The parameter at this position: whether it has a value.
    Parameter(usize),
    /// A value that is true or false.
    Flag(Value),
}

impl<'s> Parts<'s> {
    /// Finds the parts of the SQL, if it has any; what is wrong with them is reported.
    pub(crate) fn find(sql: &'s SqlSource, report: &mut Report) -> Option<Self> {
        let found = OptionalParts::parse(sql.text())?;
        for diagnostic in found.diagnostics() {
            sql.report(diagnostic, report);
        }
        let skeleton = found.skeleton();
        Some(Parts { found, skeleton })
    }

    /// What decides on the parts, one for each toggle; flags are taken out of the arguments.
    pub(crate) fn toggles(
        &self,
        arguments: &mut GivenArguments,
        parameters: &Parameters,
        sql: &SqlSource,
        report: &mut Report,
    ) -> Vec<Toggle> {
        let mut toggles = Vec::new();
        for toggle in self.found.toggles() {
            let name = &toggle.name;
            let names = parameters.names().iter();
            let parameter = names.clone().find(|parameter| parameter.name == *name);
            if let Some(parameter) = parameter {
                toggles.push(Toggle::Parameter(parameter.number.saturating_sub(1)));
            } else if let Some(value) = arguments.take(name) {
                toggles.push(Toggle::Flag(value));
            } else if let Some(variable) = variable(name, sql.span_at(toggle.first.start)) {
                toggles.push(Toggle::Flag(Value::Captured(variable)));
            } else {
                let (start, end) = (toggle.first.start, toggle.first.end);
                let message =
                    format!("`${name}` cannot capture a variable: Rust has none named `{name}`");
                let mistake = Diagnostic::error(Code::MalformedParameter, message, start, end, "");
                sql.report(&mistake.with_help("choose another name for it"), report);
            }
        }
        toggles
    }
}

/// What is known of all variants together.
pub(crate) struct Merged {
    /// The parameters of the skeleton.
    pub(crate) parameters: Vec<Option<Parameter>>,
    pub(crate) columns: Option<Vec<Column>>,
    /// See `Description::newest_source`.
    pub(crate) newest_source: Option<String>,
    /// The numbers of those whose arrays go side by side.
    pub(crate) side_by_side: Vec<Vec<u32>>,
}

impl Merged {
    /// Of a query without optional parts.
    pub(crate) fn of(description: Description) -> Self {
        Merged {
            parameters: description.parameters.into_iter().map(Some).collect(),
            columns: description.columns,
            newest_source: description.newest_source,
            side_by_side: description.side_by_side,
        }
    }
}

/// The later of two migrations; they are listed in the order in which they run.
fn newer(one: Option<String>, other: Option<String>, order: &[String]) -> Option<String> {
    let place = |name: &Option<String>| order.iter().position(|known| Some(known) == name.as_ref());
    if place(&other) > place(&one) {
        other
    } else {
        one
    }
}

/// Puts the variants that tell of all to the checker. `accept` reports what is wrong with one of them, in these words for which one
/// it is, and says whether it can be compiled.
pub(crate) fn describe_all(
    parts: &Parts<'_>,
    checker: &Checker,
    order: &[String],
    sql: &SqlSource,
    report: &mut Report,
    accept: impl Fn(&Description, Option<&str>, &mut Report) -> bool,
) -> Option<Merged> {
    let template = Template::parse(&parts.skeleton);
    let names: Vec<_> = template.parameters().names().to_vec();
    let mut merged = Merged {
        parameters: vec![None; names.len()],
        columns: None,
        newest_source: None,
        side_by_side: Vec::new(),
    };
    for (index, given) in parts.found.telling_variants().into_iter().enumerate() {
        let text = parts.found.variant(given);
        let description = checker.describe(&text);
        let wording = parts.found.describe_variant(given);
        // The first one has all parts: what is wrong there needs no more words.
        let wording = (index > 0).then_some(wording.as_str());
        if !accept(&description, wording, report) {
            return None;
        }
        // What stands behind `{{else}}` is not in the variant with all parts.
        let newest = merged.newest_source.take();
        merged.newest_source = newer(newest, description.newest_source, order);
        let columns = description.columns.unwrap_or_default();
        match &mut merged.columns {
            None => merged.columns = Some(columns),
            Some(known) => {
                if let Some(mistake) = merge_columns(known, &columns, wording.unwrap_or_default()) {
                    sql.report(&mistake, report);
                    return None;
                }
            }
        }
        let variant = Template::parse(&text);
        let used = variant.parameters().names();
        let number = |number: &u32| {
            let named = used.get(usize::try_from(*number).ok()?.checked_sub(1)?)?;
            let index = names.iter().position(|name| name.name == named.name)?;
            u32::try_from(index + 1).ok()
        };
        for group in &description.side_by_side {
            let group: Vec<_> = group.iter().filter_map(number).collect();
            if !merged.side_by_side.contains(&group) {
                merged.side_by_side.push(group);
            }
        }
        for (named, parameter) in used.iter().zip(description.parameters) {
            let Some(index) = names.iter().position(|name| name.name == named.name) else {
                continue;
            };
            let Some(slot) = merged.parameters.get_mut(index) else {
                continue;
            };
            match slot {
                None => *slot = Some(parameter),
                Some(known) if known.sql_type != parameter.sql_type => {
                    let place = named.first_use();
                    let before = names.get(index).map_or(place, |name| name.first_use());
                    let shown = |parameter: &Parameter| {
                        let name = parameter.type_name.as_deref();
                        name.unwrap_or("of no known type").to_owned()
                    };
                    let message = format!(
                        "`${}` is {} {}, and {} otherwise",
                        named.name,
                        shown(&parameter),
                        wording.unwrap_or_default(),
                        shown(known)
                    );
                    let mistake = Diagnostic::error(
                        Code::TypeMismatch,
                        message,
                        place.start,
                        place.end,
                        "decides here",
                    );
                    let mistake = mistake
                        .with_label(Label::new(before.start, before.end, "decides otherwise"))
                        .with_help(format!("say which: `${}::{}`", named.name, shown(known)));
                    sql.report(&mistake, report);
                    return None;
                }
                Some(known) => {
                    if parameter.nullable == Some(false) {
                        known.nullable = Some(false);
                    }
                }
            }
        }
    }
    Some(merged)
}

/// The columns are the same with all parts; a proof that one is never NULL must hold without them.
fn merge_columns(known: &mut [Column], found: &[Column], wording: &str) -> Option<Diagnostic> {
    let differs = |(known, found): (&Column, &Column)| {
        known.name != found.name || known.sql_type != found.sql_type
    };
    let same = known.iter().zip(found).position(differs);
    let position = match same {
        Some(position) => Some(position),
        None if known.len() == found.len() => None,
        None => Some(known.len().min(found.len())),
    };
    if let Some(position) = position {
        let column = known.get(position).or_else(|| found.get(position))?;
        let message = format!("the query has other columns {wording}");
        let mistake = Diagnostic::error(
            Code::OptionalPart,
            message,
            column.start,
            column.end,
            "not the same in all variants",
        );
        return Some(
            mistake.with_help("leave the columns as they are; select NULL, or write two queries"),
        );
    }
    for (known, found) in known.iter_mut().zip(found) {
        if found.nullable != Some(false) {
            known.nullable = found.nullable;
        }
    }
    None
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

    use pgdbm_check::{Checker, Options, Source};

    use super::{Parts, describe_all};
    use crate::report::Report;
    use crate::sql_source::SqlSource;

    #[test]
    fn a_migration_is_needed_if_one_of_the_variants_needs_it() {
        let sources = [
            ("2_b.sql", "CREATE TABLE {{tables.b}} (id int);"),
            ("10_a.sql", "CREATE TABLE {{tables.a}} (id int);"),
        ]
        .map(|(name, text)| Source::new(name, text));
        let order = sources.each_ref().map(|source| source.name.clone());
        let checker = Checker::new(&sources, &Options::default().schema("app"));
        for (sql, needed) in [
            ("SELECT 1 AS one {{if $x}} LIMIT 1 {{end}}", None),
            (
                "SELECT id FROM {{tables.b}} {{if $x}} LIMIT 1 {{end}}",
                Some("2_b.sql"),
            ),
            (
                "SELECT id FROM {{tables.b}} WHERE {{if $x}} id IN (SELECT id FROM {{tables.a}}) {{else}} id > 1 {{end}}",
                Some("10_a.sql"),
            ),
            (
                "SELECT id FROM {{tables.b}} WHERE {{if $x}} id > 1 {{else}} id IN (SELECT id FROM {{tables.a}}) {{end}}",
                Some("10_a.sql"),
            ),
            (
                "SELECT id FROM {{tables.a}} WHERE {{if $x}} id > 1 {{else}} id IN (SELECT id FROM {{tables.b}}) {{end}}",
                Some("10_a.sql"),
            ),
        ] {
            let mut report = Report::default();
            let literal = syn::parse_str(&format!("{sql:?}")).unwrap();
            let sql = SqlSource::from_expression(&literal, "pgdbm::sql", &mut report).unwrap();
            let parts = Parts::find(&sql, &mut report).unwrap();
            let merged = describe_all(
                &parts,
                &checker,
                &order,
                &sql,
                &mut report,
                |found, _, _| found.findings.is_empty(),
            );
            assert_eq!(
                merged.unwrap().newest_source.as_deref(),
                needed,
                "{}",
                sql.text()
            );
        }
    }
}
