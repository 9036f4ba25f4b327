//! A query on its way to a connection, with its types erased.

use std::borrow::Cow;
use std::collections::HashMap;
use std::panic;
use std::sync::{Arc, LazyLock, Mutex, PoisonError};

use pgdbm_template::{Effects, SchemaName, Segment, Template, TokenKind, lex, render_into};

use crate::arguments::ArgumentList;
use crate::compiled::Compiled;
use crate::error::{Error, Kind, QueryContext};
use crate::query::{Facts, Location, QuerySite};
use crate::row::Mapper;
use crate::variant::Variant;

/// The SQL of a query: of a call site that the compiler checked, or text made while the program runs.
#[derive(Clone, Debug)]
pub(crate) enum Text {
    /// With those of its optional parts that are there, if it has any.
    Site(&'static QuerySite, Option<Arc<Variant>>),
    Dynamic(Written),
}

/// Text that is made while the program runs, and where, if somebody noted it.
#[derive(Clone, Debug)]
pub(crate) struct Written {
    sql: Arc<str>,
    at: Option<&'static panic::Location<'static>>,
}

/// The SQL of a query for one schema, as the server gets it.
pub(crate) struct Rendered {
    pub(crate) sql: String,
    /// Whether it leaves traces in the session.
    pub(crate) changes_session: bool,
    /// Whether it begins or ends a transaction.
    pub(crate) controls_transaction: bool,
}

impl Rendered {
    fn of(facts: &Facts, schema: &SchemaName) -> Self {
        let mut sql = String::new();
        render_into(&facts.segments, schema, &mut sql);
        Rendered {
            sql,
            changes_session: facts.changes_session,
            controls_transaction: facts.controls_transaction,
        }
    }
}

impl Text {
    /// Text that is made while the program runs. A byte order mark, which editors put before files, is no part of it.
    pub(crate) fn dynamic(sql: &str) -> Text {
        Text::Dynamic(Written {
            sql: Arc::from(sql.strip_prefix('\u{feff}').unwrap_or(sql)),
            at: None,
        })
    }

    /// The same, with the place that made it.
    pub(crate) fn dynamic_at(sql: &str, at: &'static panic::Location<'static>) -> Text {
        Text::dynamic(sql).noted_at(Some(at))
    }

    fn noted_at(mut self, at: Option<&'static panic::Location<'static>>) -> Text {
        if let Text::Dynamic(written) = &mut self {
            written.at = at;
        }
        self
    }

    /// Where it stands in the program: the macro, or the call of `sql(…)`; not known of other text.
    pub(crate) fn location(&self) -> Option<Location> {
        match self {
            Text::Site(site, _) => Some(site.location),
            Text::Dynamic(Written { at, .. }) => at.map(|at| Location {
                file: at.file(),
                line: at.line(),
                column: at.column(),
            }),
        }
    }

    /// What it was compiled against.
    pub(crate) fn compiled(&self) -> Option<&Compiled> {
        match self {
            Text::Site(site, None) => site.facts().compiled.as_ref(),
            Text::Site(_, Some(variant)) => variant.facts.compiled.as_ref(),
            Text::Dynamic(_) => None,
        }
    }

    /// The SQL as it was written.
    pub(crate) fn source(&self) -> &str {
        match self {
            Text::Site(site, _) => site.source,
            Text::Dynamic(written) => &written.sql,
        }
    }

    /// The SQL for `schema`; text made while the program runs is checked here as macros check theirs.
    pub(crate) fn for_schema(&self, schema: &SchemaName) -> Result<Rendered, Error> {
        match self {
            Text::Site(site, None) => Ok(Rendered::of(site.facts(), schema)),
            Text::Site(_, Some(variant)) => Ok(Rendered::of(&variant.facts, schema)),
            Text::Dynamic(written) => {
                let template = checked(&written.sql)?;
                let sql = template.render(schema).sql;
                let Effects {
                    changes_session,
                    controls_transaction,
                    ..
                } = template.effects();
                Ok(Rendered {
                    sql,
                    changes_session,
                    controls_transaction,
                })
            }
        }
    }

    /// The segments, for a position in an error: only computed when there is one.
    pub(crate) fn segments(&self) -> Cow<'_, [Segment<'_>]> {
        match self {
            Text::Site(site, None) => Cow::Borrowed(&site.facts().segments),
            Text::Site(_, Some(variant)) => Cow::Borrowed(&variant.facts.segments),
            Text::Dynamic(written) => Cow::Owned(Template::parse(&written.sql).segments().to_vec()),
        }
    }

    /// A parameter as it is written: `$2`, or `$email` when it has a name.
    pub(crate) fn parameter(&self, number: usize) -> String {
        let template = Template::parse(match self {
            Text::Site(_, Some(variant)) => &variant.source,
            _ => self.source(),
        });
        let mut names = template.parameters().names().iter();
        match names.find(|named| named.number == number) {
            Some(named) => format!("${}", named.name),
            None => format!("${number}"),
        }
    }

    /// The arguments that the statement has parameters for: all, unless optional parts are missing.
    pub(crate) fn select<T: Copy>(&self, all: Vec<T>) -> Vec<T> {
        match self {
            Text::Site(_, Some(variant)) => variant.select(&all),
            Text::Site(_, None) | Text::Dynamic(_) => all,
        }
    }

    pub(crate) fn context(&self, schema: &SchemaName) -> QueryContext {
        QueryContext {
            text: self.clone(),
            schema: schema.clone(),
        }
    }

    /// The same statement with `RETURNING id`, unless it says already what it returns.
    pub(crate) fn returning_id(&self) -> Text {
        match self {
            Text::Site(site, None) => Text::Site(site_returning_id(site), None),
            Text::Site(site, Some(variant)) => match with_returning_id(&variant.source) {
                Some(sql) => Text::Site(site, Some(Arc::new(variant.with_source(sql)))),
                None => self.clone(),
            },
            Text::Dynamic(written) => match with_returning_id(&written.sql) {
                Some(sql) => Text::dynamic(&sql).noted_at(written.at),
                None => self.clone(),
            },
        }
    }
}

/// A call site with `RETURNING id`. It keeps its place in the program for errors and logs; made once for each call site
/// and kept for good, as call sites are.
fn site_returning_id(site: &'static QuerySite) -> &'static QuerySite {
    static MADE: LazyLock<Mutex<HashMap<usize, &'static QuerySite>>> =
        LazyLock::new(Mutex::default);
    // A static has its address for itself and for good.
    let key = std::ptr::from_ref(site).addr();
    let mut made = MADE.lock().unwrap_or_else(PoisonError::into_inner);
    made.entry(key).or_insert_with(|| {
        let Some(sql) = with_returning_id(site.source) else {
            return site;
        };
        let source: &'static str = Box::leak(sql.into_boxed_str());
        // What is known of its columns no longer holds: it has another one now.
        Box::leak(Box::new(QuerySite::at(site.location, source, "")))
    })
}

fn with_returning_id(source: &str) -> Option<String> {
    let template = Template::parse(source);
    let [statement] = template.statements() else {
        return None;
    };
    if returns_something(source) {
        return None;
    }
    let (head, tail) = source.split_at(statement.end);
    Some(format!("{head}\nRETURNING id{tail}"))
}

/// Whether a statement has a RETURNING clause: the word, in code, outside of parentheses.
fn returns_something(source: &str) -> bool {
    let mut depth = 0_usize;
    for token in lex(source) {
        match token.kind {
            TokenKind::OpenParenthesis => depth += 1,
            TokenKind::CloseParenthesis => depth = depth.saturating_sub(1),
            TokenKind::Identifier if depth == 0 => {
                let word = source.get(token.start..token.end).unwrap_or_default();
                if word.eq_ignore_ascii_case("returning") {
                    return true;
                }
            }
            _ => {}
        }
    }
    false
}

/// Parses SQL made while the program runs and refuses what a macro would have refused.
fn checked(source: &str) -> Result<Template<'_>, Error> {
    let template = Template::parse(source);
    let mut diagnostics = template.diagnostics().to_vec();
    diagnostics.extend(template.parameters().diagnostics());
    diagnostics.extend(template.check_single_statement());
    diagnostics.retain(pgdbm_template::Diagnostic::is_error);
    if !diagnostics.is_empty() {
        return Err(Error::template(source, diagnostics));
    }
    let effects = template.effects();
    if effects.copy_from_stdin || effects.copy_to_stdout {
        // The server would wait for rows that never come, and the connection with it.
        return Err(Error::new(Kind::Copy));
    }
    Ok(template)
}

/// A query with its arguments and what its rows become.
pub struct Call<'q, O> {
    pub(crate) text: Text,
    pub(crate) arguments: Box<dyn ArgumentList + 'q>,
    pub(crate) map: Mapper<O>,
}
