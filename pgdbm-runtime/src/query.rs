//! Queries as values: what `query!` and its sisters make, with their arguments or without.

use std::fmt;
use std::panic;
use std::sync::{Arc, OnceLock};

use pgdbm_template::{Effects, Segment, Template};
use tokio_postgres::types::ToSql;

use crate::Row;
use crate::arguments::{ArgumentList, Arguments};
use crate::call::{Call, Text};
use crate::compiled::{self, Compiled};
use crate::registry::Head;
use crate::row::Mapper;
use crate::variant::{Variant, Variants};

/// A place in the user's source code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Location {
    /// The file, as the compiler names it.
    pub file: &'static str,
    /// The line, counted from 1.
    pub line: u32,
    /// The column, counted from 1.
    pub column: u32,
}

impl fmt::Display for Location {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}:{}", self.file, self.line, self.column)
    }
}

/// One checked call site: the SQL as written and as split into segments while compiling.
///
/// Each `query!` expands to one `static` of this type.
///
/// What it costs the compiler counts a thousand times in a program, so it holds text alone, and what that says is read once,
/// when the query first runs.
#[doc(hidden)]
#[derive(Debug)]
#[repr(C)]
pub struct QuerySite {
    /// First, for the list of all call sites.
    pub(crate) head: Head,
    /// Where the macro stands.
    pub(crate) location: Location,
    /// The SQL as the user wrote it.
    pub(crate) source: &'static str,
    /// What the migrations say of it, as [`compiled::read`] reads it.
    described: &'static str,
    facts: OnceLock<Facts>,
    /// Of a query with optional parts.
    variants: Variants,
}

/// What the text of a call site says.
#[derive(Debug)]
pub(crate) struct Facts {
    /// The SQL, split at its placeholders.
    pub(crate) segments: Vec<Segment<'static>>,
    /// Whether the statement leaves traces in the session, so that its connection is not given to others.
    pub(crate) changes_session: bool,
    /// Whether the statement begins or ends a transaction.
    pub(crate) controls_transaction: bool,
    /// Nothing for a query that was not checked against the migrations.
    pub(crate) compiled: Option<Compiled>,
}

impl Facts {
    /// Those of a statement of which nothing is known but what it does.
    pub(crate) fn of_effects(effects: Effects) -> Self {
        Facts {
            segments: Vec::new(),
            changes_session: effects.changes_session,
            controls_transaction: effects.controls_transaction,
            compiled: None,
        }
    }
}

impl QuerySite {
    /// Called by generated code, in a `static`.
    #[must_use]
    #[track_caller]
    pub const fn new(source: &'static str, described: &'static str) -> Self {
        let at = panic::Location::caller();
        let location = Location {
            file: at.file(),
            line: at.line(),
            column: at.column(),
        };
        Self::at(location, source, described)
    }

    /// Called by generated code, for a query that is written elsewhere than its macro stands.
    #[must_use]
    pub const fn located(mut self, file: &'static str, line: u32, column: u32) -> Self {
        self.location = Location { file, line, column };
        self
    }

    pub(crate) const fn at(
        location: Location,
        source: &'static str,
        described: &'static str,
    ) -> Self {
        QuerySite {
            head: Head::new(),
            location,
            source,
            described,
            facts: OnceLock::new(),
            variants: Variants::new(),
        }
    }

    pub(crate) fn facts(&self) -> &Facts {
        self.facts.get_or_init(|| {
            let template = Template::parse(self.source);
            Facts {
                segments: template.segments().to_vec(),
                compiled: self.compiled(),
                ..Facts::of_effects(template.effects())
            }
        })
    }

    /// What the query was compiled against, all its parts included.
    pub(crate) fn compiled(&self) -> Option<Compiled> {
        compiled::read(self.described).1
    }

    /// Whether it is no query, but a type that the migrations make.
    pub(crate) fn is_type(&self) -> bool {
        self.facts()
            .compiled
            .as_ref()
            .is_some_and(Compiled::is_type)
    }

    /// The module of the migrations of the package that it stands in; empty for a package without.
    pub(crate) fn module(&self) -> &'static str {
        self.described
            .split(['\0', '\u{1}'])
            .next()
            .unwrap_or_default()
    }

    /// The SQL with the optional parts that hang on these toggles.
    pub(crate) fn variant(&'static self, given: u32) -> Arc<Variant> {
        self.variants.get(self, given)
    }
}

/// A checked query with its arguments, ready to run on any schema.
///
/// `query!("… $1", id)` makes one. It owns its arguments, so it can be kept, returned and cloned:
///
/// ```
/// # use pgdbm_runtime::{DatabaseManager, Error, Query, Row};
/// # async fn example(db: &DatabaseManager, query: Query<(i32,), Row>) -> Result<(), Error> {
/// let row = query.clone().fetch_one(db).await?;
/// let rows = query.fetch_all(db).await?;
/// # Ok(()) }
/// ```
#[must_use = "a query does nothing until one of its `fetch_…` methods or `execute` is awaited"]
pub struct Query<A, O = Row> {
    site: &'static QuerySite,
    /// Which toggles of its optional parts are given, if it has parts.
    given: Option<u32>,
    arguments: A,
    /// How to list the arguments: taken where they are bound, so that an unfit one is an error there and only there.
    append: Append<A>,
    map: Mapper<O>,
}

/// `ArgumentList::append_to` of a list's type.
pub(crate) type Append<A> = for<'a> fn(&'a A, &mut Vec<&'a (dyn ToSql + Sync)>);

/// A checked query whose parameters have no values yet. `N` is the number of its parameters.
///
/// `query!("… $1")` with no arguments makes one. It can be a `const` or a `static`:
/// give it values with [`bind`](Self::bind), or prepare it with
/// [`DatabaseManager::prepare`](crate::DatabaseManager::prepare).
#[must_use = "a query does nothing until it is bound and run"]
pub struct UnboundQuery<const N: usize, O = Row> {
    site: &'static QuerySite,
    map: Mapper<O>,
}

impl<A, O> Query<A, O> {
    /// Called by generated code.
    #[doc(hidden)]
    pub const fn __new(
        site: &'static QuerySite,
        arguments: A,
        append: Append<A>,
        map: Mapper<O>,
    ) -> Self {
        Query {
            site,
            given: None,
            arguments,
            append,
            map,
        }
    }

    /// Called by generated code: the query with the optional parts that hang on these toggles.
    #[doc(hidden)]
    pub const fn __with_parts(mut self, given: u32) -> Self {
        self.given = Some(given);
        self
    }

    /// The SQL as it was written, placeholders included.
    pub fn source(&self) -> &'static str {
        self.site.source
    }
}

/// Called by generated code: a query with arguments.
#[doc(hidden)]
pub const fn query<A: ArgumentList, O>(
    site: &'static QuerySite,
    arguments: A,
    map: Mapper<O>,
) -> Query<A, O> {
    Query {
        site,
        given: None,
        arguments,
        append: A::append_to,
        map,
    }
}

/// Called by generated code: a query without.
#[doc(hidden)]
pub const fn ask<O>(site: &'static QuerySite, map: Mapper<O>) -> Query<(), O> {
    query(site, (), map)
}

impl<const N: usize, O> UnboundQuery<N, O> {
    /// Called by generated code.
    #[doc(hidden)]
    pub const fn __new(site: &'static QuerySite, map: Mapper<O>) -> Self {
        UnboundQuery { site, map }
    }

    /// The SQL as it was written, placeholders included.
    pub fn source(&self) -> &'static str {
        self.site.source
    }

    /// Gives the parameters their values: a tuple of exactly `N`, checked while compiling.
    pub fn bind<A: Arguments<N>>(&self, arguments: A) -> Query<A, O> {
        Query {
            site: self.site,
            given: None,
            arguments,
            append: A::append_to,
            map: self.map,
        }
    }

    pub(crate) fn site(&self) -> &'static QuerySite {
        self.site
    }

    pub(crate) fn mapper(&self) -> Mapper<O> {
        self.map
    }
}

/// A query that can run: everything that has values for all its parameters.
///
/// [`Query`] (from `query!` and its sisters), [`Sql`](crate::Sql) (text made while the program runs) and,
/// for SQL without parameters, `&str` and `String`. Sealed.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot run: it is a query whose parameters have no values, or no query at all",
    label = "not a query that can run",
    note = "give the values in the macro, `query!(\"… $1\", id)`, or to the finished query, `QUERY.bind((id,))`"
)]
pub trait Runnable: sealed::Sealed {
    /// What a row becomes.
    type Output;

    #[doc(hidden)]
    fn into_call<'q>(self) -> Call<'q, Self::Output>
    where
        Self: 'q;
}

pub(crate) mod sealed {
    pub trait Sealed {}
    impl<A, O> Sealed for super::Query<A, O> {}
    impl<O> Sealed for crate::Sql<'_, O> {}
    impl Sealed for &str {}
    impl Sealed for String {}
    impl Sealed for &String {}
}

/// A list that knows how to list itself, whatever its type.
struct Bound<A> {
    arguments: A,
    append: Append<A>,
}

impl<A: Send + Sync> ArgumentList for Bound<A> {
    fn append_to<'a>(&'a self, list: &mut Vec<&'a (dyn ToSql + Sync)>) {
        (self.append)(&self.arguments, list);
    }
}

impl<A: Send + Sync, O> Runnable for Query<A, O> {
    type Output = O;

    fn into_call<'q>(self) -> Call<'q, O>
    where
        Self: 'q,
    {
        let Query {
            site,
            given,
            arguments,
            append,
            map,
        } = self;
        Call {
            text: Text::Site(site, given.map(|given| site.variant(given))),
            arguments: Box::new(Bound { arguments, append }),
            map,
        }
    }
}

impl<A: Send + Sync, O> Query<A, O> {
    crate::fetch::fetch_methods!(O; );
}

impl<const N: usize, O> UnboundQuery<N, O> {
    // These exist for the message that the bound gives: nothing implements it for this type.
    crate::fetch::fetch_methods!(O; Self: Runnable<Output = O>,);
}

impl<A: Clone, O> Clone for Query<A, O> {
    fn clone(&self) -> Self {
        Query {
            site: self.site,
            given: self.given,
            arguments: self.arguments.clone(),
            append: self.append,
            map: self.map,
        }
    }
}

impl<const N: usize, O> Clone for UnboundQuery<N, O> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<const N: usize, O> Copy for UnboundQuery<N, O> {}

impl<A, O> fmt::Debug for Query<A, O> {
    /// The SQL and its place; the arguments stay out of logs.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Query")
            .field("sql", &self.site.source)
            .field("location", &format_args!("{}", self.site.location))
            .finish_non_exhaustive()
    }
}

impl<const N: usize, O> fmt::Debug for UnboundQuery<N, O> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("UnboundQuery")
            .field("sql", &self.site.source)
            .field("location", &format_args!("{}", self.site.location))
            .field("parameters", &N)
            .finish()
    }
}

#[cfg(test)]
mod tests {
    use super::QuerySite;

    #[test]
    fn what_a_statement_does_to_the_session_is_known_before_it_runs() {
        for (sql, changes_session, controls_transaction) in [
            ("SELECT 1", false, false),
            ("SET work_mem = '1MB'", true, false),
            ("BEGIN", false, true),
        ] {
            let site = QuerySite::new(sql, "");
            let facts = site.facts();
            assert_eq!(facts.changes_session, changes_session, "{sql}");
            assert_eq!(facts.controls_transaction, controls_transaction, "{sql}");
            assert!(facts.compiled.is_none(), "{sql}");
        }
    }

    #[test]
    fn a_call_site_is_where_it_is_made() {
        let site = QuerySite::new("SELECT 1", "");
        assert!(site.location.file.ends_with("query.rs"));
        assert!(site.location.line > 1 && site.location.column > 1);
    }
}
