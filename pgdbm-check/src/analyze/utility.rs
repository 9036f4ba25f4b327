//! A whole statement: what it takes and what it gives.

use pgdbm_template::Code;

use super::Analyzer;
use super::query::finish;
use super::set_operation::{first_into, no_into};
use crate::catalog::{Catalog, TypeId, oid};
use crate::failure::{Failure, Result};
use crate::syntax::ast::{ExplainFormat, Span, Statement, StatementKind};
use crate::tree::{Expr, Node, Query};

/// What is known of a statement.
#[derive(Debug)]
pub(crate) struct Analysis {
    /// The types of the parameters, by number from 1.
    pub(crate) parameters: Vec<(TypeId, Span)>,
    pub(crate) output: Output,
    /// The typed tree of a query or a data-changing statement.
    pub(crate) query: Option<Query>,
    /// What will go wrong when it runs.
    pub(crate) warnings: Vec<Failure>,
}

/// The rows that a statement gives.
#[derive(Debug)]
pub(crate) enum Output {
    /// None at all, not even an empty description.
    Nothing,
    /// The targets of the query.
    Targets,
    /// Columns that are known without a query.
    Columns(Vec<OutputColumn>),
    /// Nobody can tell here.
    Unknown,
}

#[derive(Debug)]
pub(crate) struct OutputColumn {
    pub(crate) name: String,
    pub(crate) type_id: TypeId,
    pub(crate) not_null: bool,
}

/// Analyzes one statement.
pub(crate) fn statement(catalog: &Catalog, statement: &Statement) -> Result<Analysis> {
    let mut analyzer = Analyzer::new(catalog);
    let (query, output) = analyzer.statement(statement)?;
    if let Some(query) = &query {
        analyzer.settled_in_query(query)?;
    }
    let mut parameters = Vec::new();
    for (index, (type_id, span)) in analyzer.parameters.types().into_iter().enumerate() {
        let number = index + 1;
        match type_id {
            Some(type_id) if type_id != oid::UNKNOWN => parameters.push((type_id, span)),
            Some(_) => return Err(undetermined(number, span)),
            None => {
                return Err(Failure::error(
                    Code::ParameterGap,
                    statement.span,
                    format!("the parameter ${number} is skipped"),
                )
                .help("number the parameters without gaps"));
            }
        }
    }
    Ok(Analysis {
        parameters,
        output,
        query,
        warnings: analyzer.warnings,
    })
}

fn undetermined(number: usize, span: Span) -> Box<Failure> {
    Failure::error(
        Code::UndeterminedType,
        span,
        format!("nothing says of which type the parameter ${number} is"),
    )
    .help(format!("write a cast: `${number}::type`"))
}

impl Analyzer<'_> {
    fn statement(&mut self, statement: &Statement) -> Result<(Option<Query>, Output)> {
        let span = statement.span;
        self.push_level();
        let result = match &statement.kind {
            StatementKind::Query(query) => self.query(query),
            StatementKind::Insert(insert) => self.insert(insert),
            StatementKind::Update(update) => self.update(update),
            StatementKind::Delete(delete) => self.delete(delete),
            StatementKind::Merge(merge) => self.merge(merge),
            _ => {
                self.pop_level();
                return self.utility(statement, span);
            }
        };
        let level = self.pop_level();
        let query = finish(result?, level)?;
        let into = match &statement.kind {
            StatementKind::Query(query) => first_into(&query.body).is_some(),
            _ => false,
        };
        let output = if query.returns_rows && !into && self.gives_rows(&query) {
            Output::Targets
        } else {
            Output::Nothing
        };
        Ok((Some(query), output))
    }

    fn utility(&mut self, statement: &Statement, span: Span) -> Result<(Option<Query>, Output)> {
        let text = |name: &str| {
            Output::Columns(vec![OutputColumn {
                name: name.to_owned(),
                type_id: oid::TEXT,
                not_null: true,
            }])
        };
        match &statement.kind {
            StatementKind::Call(call) => {
                self.push_level();
                let expr = self.procedure_call(&call.call, call.span);
                self.pop_level();
                let expr = expr?;
                self.settled(&expr)?;
                let crate::tree::ExprKind::Function(function) = &expr.kind else {
                    return Ok((None, Output::Unknown));
                };
                let outputs = self.call_outputs(function).unwrap_or_default();
                if outputs.is_empty() {
                    return Ok((None, Output::Nothing));
                }
                Ok((
                    None,
                    Output::Columns(
                        outputs
                            .into_iter()
                            .map(|(name, type_id)| OutputColumn {
                                name,
                                type_id,
                                not_null: false,
                            })
                            .collect(),
                    ),
                ))
            }
            StatementKind::Explain { statement, format } => {
                let (query, _) = self.statement(statement)?;
                if let Some(query) = &query {
                    self.settled_in_query(query)?;
                }
                let type_id = match format {
                    ExplainFormat::Text | ExplainFormat::Yaml => oid::TEXT,
                    ExplainFormat::Xml => oid::XML,
                    ExplainFormat::Json => oid::JSON,
                };
                Ok((
                    None,
                    Output::Columns(vec![OutputColumn {
                        name: "QUERY PLAN".to_owned(),
                        type_id,
                        not_null: true,
                    }]),
                ))
            }
            StatementKind::Show(name) => match name.as_slice() {
                [only] if only.text == "all" => Ok((
                    None,
                    Output::Columns(
                        ["name", "setting", "description"]
                            .into_iter()
                            .map(|name| OutputColumn {
                                name: name.to_owned(),
                                type_id: oid::TEXT,
                                not_null: false,
                            })
                            .collect(),
                    ),
                )),
                parts => {
                    let name = parts
                        .iter()
                        .map(|part| part.text.as_str())
                        .collect::<Vec<_>>()
                        .join(".");
                    Ok((None, text(canonical_setting(&name))))
                }
            },
            StatementKind::CreateTableAs(create) => {
                let Some(query) = &create.query else {
                    return Ok((None, Output::Unknown));
                };
                no_into(query)?;
                self.push_level();
                let result = self.query(query);
                let level = self.pop_level();
                let query = finish(result?, level)?;
                Ok((Some(query), Output::Nothing))
            }
            StatementKind::DeclareCursor { query } => {
                no_into(query)?;
                self.push_level();
                let result = self.query(query);
                let level = self.pop_level();
                let query = finish(result?, level)?;
                Ok((Some(query), Output::Nothing))
            }
            StatementKind::Opaque(words) => Err(Failure::cannot_check(
                span,
                format!("what {words} gives is known only when it runs"),
            )),
            _ => Ok((None, Output::Nothing)),
        }
    }

    /// Every mention of a parameter has the type that the parameter has in the end. After
    /// `check_variable_parameters`.
    fn settled_in_query(&self, query: &Query) -> Result<()> {
        let mut result = Ok(());
        query.children(&mut |node| {
            if result.is_ok() {
                result = match node {
                    Node::Expr(expr) => self.settled(expr),
                    Node::Query(query) => self.settled_in_query(query),
                };
            }
        });
        result
    }

    fn settled(&self, expr: &Expr) -> Result<()> {
        if let crate::tree::ExprKind::Parameter(number) = &expr.kind {
            let known = self.parameters.type_of(*number);
            if known == oid::UNKNOWN {
                return Err(undetermined(
                    usize::try_from(*number).unwrap_or_default(),
                    expr.span,
                ));
            }
            if known != expr.type_id {
                let number = usize::try_from(*number).unwrap_or_default();
                return Err(undetermined(number, expr.span).help(format!(
                    "its type is told only later in the statement: write `${number}::{}` here",
                    crate::catalog::format_type(self.catalog, known)
                )));
            }
            return Ok(());
        }
        let mut result = Ok(());
        expr.children(&mut |node| {
            if result.is_ok() {
                result = match node {
                    Node::Expr(expr) => self.settled(expr),
                    Node::Query(query) => self.settled_in_query(query),
                };
            }
        });
        result
    }
}

/// Some settings have a spelling of their own in the description.
fn canonical_setting(name: &str) -> &str {
    match name {
        "timezone" => "TimeZone",
        "datestyle" => "DateStyle",
        "intervalstyle" => "IntervalStyle",
        other => other,
    }
}
