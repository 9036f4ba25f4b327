//! A query on its way to a connection, with its types erased.

use std::borrow::Cow;
use std::sync::Arc;

use pgdbm_template::{Effects, SchemaName, Segment, Template, TokenKind, lex, render};

use crate::arguments::ArgumentList;
use crate::error::{Error, Kind, QueryContext};
use crate::query::QuerySite;
use crate::row::Mapper;

/// The SQL of a query: of a call site that the compiler checked, or text made while the program runs.
#[derive(Clone, Debug)]
pub(crate) enum Text {
    Site(&'static QuerySite),
    Dynamic(Arc<str>),
}

/// The SQL of a query for one schema, as the server gets it.
pub(crate) struct Rendered {
    pub(crate) sql: String,
    /// Whether it leaves traces in the session.
    pub(crate) changes_session: bool,
    /// Whether it begins or ends a transaction.
    pub(crate) controls_transaction: bool,
}

impl Text {
    /// Text that is made while the program runs. A byte order mark, which editors put before files, is no part of it.
    pub(crate) fn dynamic(sql: &str) -> Text {
        Text::Dynamic(Arc::from(sql.strip_prefix('\u{feff}').unwrap_or(sql)))
    }

    pub(crate) fn source(&self) -> &str {
        match self {
            Text::Site(site) => site.source,
            Text::Dynamic(sql) => sql,
        }
    }

    /// The SQL for `schema`; text made while the program runs is checked here as macros check theirs.
    pub(crate) fn for_schema(&self, schema: &SchemaName) -> Result<Rendered, Error> {
        match self {
            Text::Site(site) => {
                let sql = render(site.segments, schema).sql;
                let QuerySite {
                    changes_session,
                    controls_transaction,
                    ..
                } = **site;
                Ok(Rendered {
                    sql,
                    changes_session,
                    controls_transaction,
                })
            }
            Text::Dynamic(source) => {
                let template = checked(source)?;
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
            Text::Site(site) => Cow::Borrowed(site.segments),
            Text::Dynamic(source) => Cow::Owned(Template::parse(source).segments().to_vec()),
        }
    }

    /// A parameter as it is written: `$2`, or `$email` when it has a name.
    pub(crate) fn parameter(&self, number: usize) -> String {
        let template = Template::parse(self.source());
        let mut names = template.parameters().names().iter();
        match names.find(|named| named.number == number) {
            Some(named) => format!("${}", named.name),
            None => format!("${number}"),
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
        let template = Template::parse(self.source());
        let [statement] = template.statements() else {
            return self.clone();
        };
        if returns_something(self.source()) {
            return self.clone();
        }
        let (head, tail) = self.source().split_at(statement.end);
        Text::dynamic(&format!("{head}\nRETURNING id{tail}"))
    }
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
