//! What came of it: what fits, and everything that does not, said once.

use std::collections::BTreeMap;
use std::error::Error as StdError;
use std::fmt;

use super::CallSite;
use crate::Error;
use crate::query::QuerySite;

/// Every query that was asked about fits.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Verified {
    call_sites: usize,
    types: usize,
    schemas: usize,
    left_out: BTreeMap<String, usize>,
}

impl Verified {
    /// How many call sites were verified: in each schema, or, where schemas have different modules, at most.
    pub fn call_sites(&self) -> usize {
        self.call_sites
    }

    /// How many types that `#[pgdbm::migrations] mod schema {}` made were held against the server's, counted alike.
    pub fn types(&self) -> usize {
        self.types
    }

    /// How many schemas.
    pub fn schemas(&self) -> usize {
        self.schemas
    }

    /// The modules whose queries were not asked about in any schema, because no history has them, and how many queries each has.
    pub fn left_out(&self) -> impl Iterator<Item = (&str, usize)> {
        self.left_out
            .iter()
            .map(|(module, sites)| (module.as_str(), *sites))
    }
}

/// Queries that do not fit, or why nobody could be asked.
///
/// `Display`, and `Debug`, so that `unwrap` in a test shows it readably, have everything: each query with its place, what the server
/// says of it, and in which schemas.
pub struct VerifyError(Box<Inner>);

struct Inner {
    disagreements: Vec<Disagreement>,
    /// The schemas that are not there.
    missing: Vec<String>,
    /// How many queries need them, at most.
    needed_by: usize,
    /// What is known of the schemas by their histories, with their names.
    standing: Vec<(Standing, Vec<String>)>,
    verified: Verified,
    /// Why it ended before all was asked.
    failure: Option<Error>,
}

/// A query that does not fit, or a type, in the same way in each of these schemas.
pub struct Disagreement {
    site: &'static QuerySite,
    error: Error,
    schemas: Vec<String>,
}

impl Disagreement {
    /// The query; of a type the module that it was made for, with a query for a value of it.
    pub fn call_site(&self) -> CallSite {
        CallSite(self.site)
    }

    /// What does not fit: the server's error, or a drift ([`Error::is_schema_drift`]). Of several schemas that of the first.
    pub fn error(&self) -> &Error {
        &self.error
    }

    /// The schemas, in the order in which they were named.
    pub fn schemas(&self) -> &[String] {
        &self.schemas
    }
}

impl VerifyError {
    pub(super) fn failed(error: Error) -> Self {
        VerifyError(Box::new(Inner {
            disagreements: Vec::new(),
            missing: Vec::new(),
            needed_by: 0,
            standing: Vec::new(),
            verified: Verified::default(),
            failure: Some(error),
        }))
    }

    /// The queries that do not fit, by their places.
    pub fn disagreements(&self) -> &[Disagreement] {
        &self.0.disagreements
    }

    /// The schemas that are not there, in the order in which they were named. What queries say of nothing else is not among the
    /// disagreements.
    pub fn missing_schemas(&self) -> &[String] {
        &self.0.missing
    }

    /// Why not everything was asked: a connection that broke or could not be had, a limit of time, a platform without a list of
    /// queries; or why nothing was: no query is meant. None when everything was asked.
    pub fn failure(&self) -> Option<&Error> {
        self.0.failure.as_ref()
    }

    /// How many call sites were asked about: see [`Verified::call_sites`].
    pub fn call_sites(&self) -> usize {
        self.0.verified.call_sites
    }
}

/// What is found in one schema.
pub(super) struct Found {
    pub(super) schema: String,
    pub(super) standing: Vec<Standing>,
    pub(super) verified: usize,
    pub(super) types: usize,
    /// How many queries failed because the schema is not there: none if it is.
    pub(super) needed_by: usize,
    pub(super) left_out: BTreeMap<&'static str, usize>,
    pub(super) disagreements: Vec<(&'static QuerySite, Error)>,
}

/// A schema whose migrations are not those that the queries were compiled with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Standing {
    Behind {
        module: String,
        lacks: String,
    },
    Ahead {
        module: String,
        compiled: String,
        applied: String,
    },
}

/// Puts together what was found in all schemas.
pub(super) fn judged(
    schemas: impl Iterator<Item = Found>,
    failure: Option<Error>,
) -> Result<Verified, VerifyError> {
    let mut verified = Verified::default();
    let mut standing: Vec<(Standing, Vec<String>)> = Vec::new();
    let mut groups: BTreeMap<(Place, String), Disagreement> = BTreeMap::new();
    let (mut missing, mut needed_by) = (Vec::new(), 0);
    let mut anywhere: Option<BTreeMap<&'static str, usize>> = None;
    for found in schemas {
        verified.schemas += 1;
        verified.call_sites = verified.call_sites.max(found.verified);
        verified.types = verified.types.max(found.types);
        if found.needed_by > 0 {
            missing.push(found.schema.clone());
            needed_by = needed_by.max(found.needed_by);
        }
        // A module is left out if every schema leaves it out.
        anywhere = Some(match anywhere.take() {
            None => found.left_out,
            Some(mut before) => {
                before.retain(|module, _| found.left_out.contains_key(module));
                before
            }
        });
        for one in found.standing {
            match standing.iter_mut().find(|(known, _)| *known == one) {
                Some((_, schemas)) => schemas.push(found.schema.clone()),
                None => standing.push((one, vec![found.schema.clone()])),
            }
        }
        for (site, error) in found.disagreements {
            let said = without_schema(&error.reason(), &found.schema);
            groups
                .entry((place(site), said))
                .or_insert_with(|| Disagreement {
                    site,
                    error,
                    schemas: Vec::new(),
                })
                .schemas
                .push(found.schema.clone());
        }
    }
    for (module, sites) in anywhere.unwrap_or_default() {
        verified.left_out.insert(module.to_owned(), sites);
    }
    if groups.is_empty() && missing.is_empty() && failure.is_none() {
        return Ok(verified);
    }
    Err(VerifyError(Box::new(Inner {
        disagreements: groups.into_values().collect(),
        missing,
        needed_by,
        standing,
        verified,
        failure,
    })))
}

/// Where a site stands, and which of several at one place it is: the types of one module are told by their SQL.
type Place = (&'static str, u32, u32, &'static str, usize);

fn place(site: &'static QuerySite) -> Place {
    let at = site.location;
    let address = std::ptr::from_ref(site).addr();
    (at.file, at.line, at.column, site.source, address)
}

/// Whether a text is about this schema.
pub(super) fn names_schema(text: &str, schema: &str) -> bool {
    without_schema(text, schema) != text
}

/// The same text for every schema: with its name left out, where it stands as a name.
fn without_schema(text: &str, schema: &str) -> String {
    let mut left = String::new();
    let mut rest = text;
    while let Some(at) = rest.find(schema) {
        let (before, from) = rest.split_at(at);
        let (_, behind) = from.split_at(schema.len());
        let word = |c: char| c.is_alphanumeric() || c == '_';
        let goes_on = before.ends_with(word) || before.is_empty() && left.ends_with(word);
        let is_name = !goes_on && (behind.starts_with('.') || behind.starts_with('"'));
        left.push_str(before);
        left.push_str(if is_name { "\0" } else { schema });
        rest = behind;
    }
    left.push_str(rest);
    left
}

/// Names for a message: the first few, and how many more.
fn named(schemas: &[String]) -> String {
    const SHOWN: usize = 5;
    let shown: Vec<String> = schemas
        .iter()
        .take(SHOWN)
        .map(|schema| format!("\"{schema}\""))
        .collect();
    let shown = shown.join(", ");
    match schemas.len().saturating_sub(SHOWN) {
        0 => shown,
        more => format!("{shown} and {more} more"),
    }
}

fn counted(count: usize, one: &str, many: &str) -> String {
    match count {
        1 => format!("1 {one}"),
        _ => format!("{count} {many}"),
    }
}

impl fmt::Display for VerifyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Inner {
            disagreements,
            missing,
            needed_by,
            standing,
            verified,
            failure,
        } = &*self.0;
        let mut before = "";
        if let Some(failure) = failure {
            write!(f, "the queries could not be verified: {failure}")?;
            before = "\n\n";
        }
        if !missing.is_empty() {
            let (what, verb, there) = match missing.len() {
                1 => ("schema", "does", "it"),
                _ => ("schemas", "do", "them"),
            };
            let need = match needed_by {
                1 => "1 query needs",
                many => &format!("{many} queries need"),
            };
            write!(
                f,
                "{before}the {what} {} {verb} not exist, and {need} what is in {there}\n  help: apply the migrations there, or correct \
                 the name",
                named(missing)
            )?;
            before = "\n\n";
        }
        if disagreements.is_empty() {
            return Ok(());
        }
        f.write_str(before)?;
        let queries = counted(verified.call_sites, "query", "queries");
        let found = counted(disagreements.len(), "disagreement", "disagreements");
        let schemas = counted(verified.schemas, "schema", "schemas");
        let program = match verified.types {
            0 => queries,
            types => format!("{queries}, {}", counted(types, "type", "types")),
        };
        write!(f, "{found} between {program} and {schemas}")?;
        for (standing, schemas) in standing {
            write!(f, "\n{standing}: in {}", named(schemas))?;
        }
        for (number, disagreement) in (1..).zip(disagreements) {
            write!(f, "\n\n{number}. {disagreement}")?;
        }
        Ok(())
    }
}

impl fmt::Display for Standing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Standing::Behind { module, lacks } => write!(
                f,
                "the migration `{lacks}` of `{module}`, with which the queries were compiled, is not applied"
            ),
            Standing::Ahead {
                module,
                compiled,
                applied,
            } => write!(
                f,
                "the migrations of `{module}` went on to `{applied}`, and the queries were compiled with those up to `{compiled}`"
            ),
        }
    }
}

impl fmt::Display for Disagreement {
    /// As the error is shown where it arises, and in which other schemas it does.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.error)?;
        match self.schemas.split_first() {
            Some((_, others)) if !others.is_empty() => {
                let count = counted(others.len(), "other schema", "other schemas");
                write!(f, "\n  the same in {count}: {}", named(others))
            }
            _ => Ok(()),
        }
    }
}

impl fmt::Debug for Disagreement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl fmt::Debug for VerifyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl StdError for VerifyError {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        let failure = self.0.failure.as_ref();
        failure.map(|failure| failure as &(dyn StdError + 'static))
    }
}

impl From<VerifyError> for Error {
    /// For functions that return [`Error`]: the failure, or an error that shows all disagreements.
    fn from(error: VerifyError) -> Self {
        match *error.0 {
            Inner {
                disagreements,
                missing,
                failure: Some(failure),
                ..
            } if disagreements.is_empty() && missing.is_empty() => failure,
            inner => Error::verification(&VerifyError(Box::new(inner))),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{named, without_schema};

    #[test]
    fn a_schema_is_left_out_where_it_is_a_name() {
        for (text, expected) in [
            (
                "relation \"a.users\" does not exist",
                "relation \"\0.users\" does not exist",
            ),
            (
                "in schema \"a\", query at a.rs",
                "in schema \"\0\", query at \0.rs",
            ),
            ("data.x aa.x a a_b.x", "data.x aa.x a a_b.x"),
            ("", ""),
        ] {
            assert_eq!(without_schema(text, "a"), expected);
        }
    }

    #[test]
    fn of_many_schemas_the_first_are_named() {
        let many: Vec<String> = (1..=7).map(|n| format!("t{n}")).collect();
        assert_eq!(
            named(&many),
            "\"t1\", \"t2\", \"t3\", \"t4\", \"t5\" and 2 more"
        );
        assert_eq!(named(&many[..1]), "\"t1\"");
    }
}
