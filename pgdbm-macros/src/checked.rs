//! A query against the migrations: what is wrong with it, and the types of its parameters and columns.

use std::sync::Arc;

use pgdbm_check::{Column, Description, Home, Parameter, SqlType, SqlTypeKind};
use pgdbm_template::{Code, Diagnostic, Template};
use proc_macro2::{Ident, Span, TokenStream};

use crate::anonymous;
use crate::crate_path::Private;
use crate::migrated::Migrated;
use crate::package::Settings;
use crate::parts::{Merged, Parts, describe_all};
use crate::report::Report;
use crate::rust_type::Mapping;
use crate::site::Package;
use crate::spelled::Spelled;
use crate::sql_source::{SqlSource, variable};

/// What is known of a query that nothing is wrong with.
pub(crate) struct Checked {
    /// The type of each parameter that has one of Rust, `$1` first.
    pub(crate) parameters: Vec<Option<CheckedParameter>>,
    /// What a parameter with a name is called, `$1` first; nothing for one with a number.
    pub(crate) names: Vec<Option<Ident>>,
    /// The parameters as the checker describes them.
    pub(crate) parameters_described: Vec<Option<Parameter>>,
    pub(crate) columns: Vec<Column>,
    /// The description for the comparison with the server's, as the runtime reads it.
    pub(crate) described: String,
    /// Items that the expansion has to hold, so that it is made anew when a migration changes.
    pub(crate) watch: TokenStream,
    /// The module with the types that the migrations make.
    types: Option<syn::Path>,
    /// Whether domains are types of that module.
    domains: bool,
    /// What is known of the migrations.
    pub(crate) migrated: Arc<Migrated>,
}

/// What is asked of the argument for a parameter.
pub(crate) enum CheckedParameter {
    Known {
        /// The marker of its PostgreSQL type, as generated code spells it.
        sql: Spelled,
        demand: Demand,
    },
    /// It is of a type that the migrations make, and nothing says which type of Rust stands for it.
    Own { demand: Demand },
}

/// What is asked of an argument besides its type, and said of one of another type.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Demand {
    Nothing,
    /// It goes where NULL is refused.
    Value,
    /// It stands alone in an `IN ($1)`, where many mean a list: that is said, and nothing else asked.
    NoList,
}

impl Checked {
    /// Puts a query to the checker; what is wrong with it is reported.
    pub(crate) fn of(
        sql: &SqlSource,
        template: &Template<'_>,
        parts: Option<&Parts<'_>>,
        private: &Private,
        report: &mut Report,
    ) -> Option<Self> {
        let near = sql.span_at(0);
        let settings = Settings::read(near, report);
        let migrated = Migrated::of_package(&settings, near, report);
        let checker = &migrated.checker;
        // What the package's files lack, after a mistake in them, is no mistake of the query.
        let lacking = !migrated.is_whole() || !report.is_clean();
        let accept = |description: &Description, variant: Option<&str>, report: &mut Report| {
            accept(description, variant, (&migrated, lacking), sql, report)
        };
        let merged = match parts {
            Some(parts) => describe_all(parts, checker, &migrated.order, sql, report, accept)?,
            None => {
                let description = checker.describe_template(template);
                accept(&description, None, report).then(|| Merged::of(description))?
            }
        };
        let (parameters, columns) = (merged.parameters, merged.columns?);
        if !anonymous::refuse(&parameters, template.parameters(), sql, report) {
            return None;
        }
        let types = settings.types.as_deref().map(syn::parse_str::<syn::Path>);
        let types = types.and_then(Result::ok);
        let mapping = Mapping {
            private,
            types: types.as_ref(),
            overrides: &migrated.overrides,
            domains: settings.domains,
            migrated: &migrated,
        };
        Some(Checked {
            names: names(template),
            parameters: parameters
                .iter()
                .enumerate()
                .map(|(index, parameter)| {
                    let alone = || stands_alone_in_a_list(index + 1, template);
                    checked_parameter(parameter.as_ref()?, alone, &mapping)
                })
                .collect(),
            described: described(
                &Package::of(&settings, &migrated, merged.newest_source),
                &parameters,
                &columns,
                &merged.side_by_side,
            ),
            parameters_described: parameters,
            columns,
            types,
            watch: migrated.watch(&settings),
            domains: settings.domains,
            migrated,
        })
    }

    /// Which types of Rust stand for those of the query.
    pub(crate) fn mapping<'m>(&'m self, private: &'m Private) -> Mapping<'m> {
        Mapping {
            private,
            types: self.types.as_ref(),
            overrides: &self.migrated.overrides,
            domains: self.domains,
            migrated: &self.migrated,
        }
    }
}

/// Whether the query can be compiled. What fails each time that it runs cannot, although the server would prepare it.
fn accept(
    description: &Description,
    variant: Option<&str>,
    (migrated, lacking): (&Migrated, bool),
    sql: &SqlSource,
    report: &mut Report,
) -> bool {
    let known = description.columns.is_some();
    let mut accepted = true;
    for finding in &description.findings {
        if finding.code == Code::CannotCheck && known {
            continue;
        }
        accepted = false;
        if lacking && finding.code.as_str().starts_with("unknown-") {
            report.leave_to_others();
            continue;
        }
        let mut finding = finding.clone();
        if let Some(variant) = variant {
            finding.message = format!("{variant}: {}", finding.message);
        }
        if finding.code == Code::CannotCheck {
            let way_out = "use `query_unchecked!`, which leaves it to the server";
            finding.help = Some(match finding.help {
                Some(help) => format!("{help}; or {way_out}"),
                None => way_out.to_owned(),
            });
        } else if finding.code == Code::UnknownRelation && !migrated.any && finding.help.is_none() {
            finding.help = Some(
                "this package has no migrations: put their SQL files into the directory `migrations`, name another with \
                 `[package.metadata.pgdbm]` in Cargo.toml, or use `query_unchecked!`"
                    .to_owned(),
            );
        }
        sql.report(&finding, report);
    }
    if accepted && !known {
        let finding = Diagnostic::error(
            Code::CannotCheck,
            "nobody knows here which columns this has",
            0,
            sql.text().len(),
            "",
        );
        sql.report(
            &finding.with_help("use `query_unchecked!`, which leaves it to the server"),
            report,
        );
        return false;
    }
    accepted
}

fn checked_parameter(
    parameter: &Parameter,
    stands_alone_in_a_list: impl FnOnce() -> bool,
    mapping: &Mapping<'_>,
) -> Option<CheckedParameter> {
    let ty = parameter.sql_type.as_ref()?;
    let demand = match parameter.nullable {
        Some(false) => Demand::Value,
        _ if stands_alone_in_a_list() => Demand::NoList,
        _ => Demand::Nothing,
    };
    match mapping.of(ty).ok().and_then(|known| known.sql) {
        Some(sql) => Some(CheckedParameter::Known { sql, demand }),
        None => is_made(ty).then_some(CheckedParameter::Own { demand }),
    }
}

/// The names of the parameters by their numbers, those that a type can have.
fn names(template: &Template<'_>) -> Vec<Option<Ident>> {
    let parameters = template.parameters();
    if parameters.names().is_empty() {
        return Vec::new();
    }
    let mut names = vec![None; parameters.count()];
    for parameter in parameters.names() {
        let place = parameter.number.checked_sub(1);
        if let Some(slot) = place.and_then(|place| names.get_mut(place)) {
            *slot = variable(&parameter.name, Span::call_site()).filter(|name| name != "self");
        }
    }
    names
}

/// Whether the parameter of this number is all that stands in the list of an `IN (…)`.
fn stands_alone_in_a_list(number: usize, template: &Template<'_>) -> bool {
    let parameters = template.parameters();
    let positional = parameters.positional().iter();
    let named = parameters.names().iter();
    let place = positional
        .filter(|parameter| parameter.number == number)
        .map(|parameter| parameter.span)
        .chain(
            named
                .filter(|name| name.number == number)
                .map(|name| name.first_use()),
        )
        .next();
    let Some(place) = place else {
        return false;
    };
    let sql = template.source();
    let before = sql.get(..place.start).unwrap_or_default().trim_end();
    let behind = sql.get(place.end..).unwrap_or_default().trim_start();
    let list = before.strip_suffix('(').filter(|_| behind.starts_with(')'));
    let word = list.and_then(|before| {
        before
            .trim_end()
            .rsplit(|c: char| c.is_whitespace() || c == ')')
            .next()
    });
    word.is_some_and(|word| word.eq_ignore_ascii_case("in"))
}

/// Whether the migrations make the type, or what it is an array or a domain of.
fn is_made(ty: &SqlType) -> bool {
    match &ty.kind {
        SqlTypeKind::Array(within) | SqlTypeKind::Domain(within) => is_made(within),
        SqlTypeKind::Enum | SqlTypeKind::Composite => ty.home != Home::Server,
        _ => false,
    }
}

/// The description as text: see `Compiled::read` of the runtime.
fn described(
    package: &Package,
    parameters: &[Option<Parameter>],
    columns: &[Column],
    side_by_side: &[Vec<u32>],
) -> String {
    let mut text = package.text();
    // What is checked has the first, even if there is nothing to describe.
    text.push('\0');
    let first = text.len();
    let mut part = |words: &[&str]| {
        if text.len() > first {
            text.push('\0');
        }
        text.extend(words.iter().copied());
    };
    for parameter in parameters {
        let known = parameter.as_ref();
        let ty = known.and_then(|parameter| parameter.sql_type.as_ref());
        part(&["$", &described_type(ty)]);
    }
    for column in columns {
        let base = column.sql_type.as_ref().map(SqlType::base);
        let origin = column.origin.as_ref();
        let declared = origin.and_then(|origin| origin.declared.as_deref());
        let declared = declared.unwrap_or_default();
        part(&[
            "|",
            &column.name,
            "\0",
            &described_type(base),
            "\0",
            declared,
        ]);
    }
    for together in side_by_side {
        let numbers: Vec<_> = together.iter().map(ToString::to_string).collect();
        part(&["=", &numbers.join(",")]);
    }
    text
}

pub(crate) fn described_type(ty: Option<&SqlType>) -> String {
    let Some(ty) = ty else {
        return String::new();
    };
    if let Some(oid) = ty.oid {
        return match ty.kind {
            // A row that nobody named is no more than that.
            SqlTypeKind::Pseudo if ty.name == "record" => String::new(),
            _ => oid.to_string(),
        };
    }
    let name = &ty.name;
    match (&ty.kind, &ty.home) {
        (SqlTypeKind::Array(element), _) => format!("a{}", described_type(Some(element))),
        (SqlTypeKind::Base, _) => format!("n{name}"),
        (_, Home::Schema(schema)) => format!("s{schema}\u{1}{name}"),
        _ => format!("o{name}"),
    }
}
