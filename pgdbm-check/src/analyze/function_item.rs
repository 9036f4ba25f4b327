//! Functions in FROM, with the columns that they give. After `transformRangeFunction`.

use pgdbm_template::Code;

use super::Analyzer;
use super::coerce::is_complex;
use super::scope::{Item, Place};
use super::target::column_name;
use crate::catalog::{TypeKind, format_type, oid};
use crate::failure::{Failure, Result};
use crate::syntax::ast::{self, Span};
use crate::tree::{Expr, ExprKind, RangeColumn, RangeFunction, RangeKind};

impl Analyzer<'_> {
    /// Functions in FROM. After `transformRangeFunction` and `addRangeTableEntryForFunction`.
    pub(super) fn function_item(
        &mut self,
        functions: &[ast::FromFunction],
        ordinality: bool,
        alias: Option<&ast::Alias>,
        definitions: &[ast::ColumnDefinition],
        span: Span,
    ) -> Result<Item> {
        // A function sees what stands before it even without LATERAL.
        let before = self.level().lateral;
        self.level().lateral = true;
        let analyzed = self.function_calls(functions);
        self.level().lateral = before;
        let calls = analyzed?;
        let mut columns: Vec<RangeColumn> = Vec::new();
        let mut range = Vec::with_capacity(calls.len());
        let single = calls.len() == 1;
        let mut scalar_item = single && !ordinality;
        let mut row_type = oid::RECORD;
        for (call, written, own) in calls {
            let definitions = if own.is_empty() && single {
                definitions
            } else {
                own
            };
            let (added, scalar) =
                self.function_columns(&call, written, definitions, alias, single)?;
            scalar_item &= scalar;
            if single && !ordinality && is_complex(self.catalog, call.type_id) {
                row_type = call.type_id;
            }
            let returns_set = match &call.kind {
                ExprKind::Function(call) => call.function.returns_set,
                _ => false,
            };
            range.push(RangeFunction {
                columns: added.len(),
                call,
                scalar: !returns_set,
            });
            columns.extend(added);
        }
        if ordinality {
            if !definitions.is_empty() {
                return Err(Failure::error(
                    Code::MisplacedClause,
                    span,
                    "WITH ORDINALITY cannot be used with a column definition list",
                )
                .help("put the list inside ROWS FROM"));
            }
            columns.push(RangeColumn {
                name: "ordinality".to_owned(),
                type_id: oid::INT8,
                modifier: -1,
            });
        }
        let name = functions.first().map_or_else(
            || "rows".to_owned(),
            |function| column_name(self.catalog.builtin.major, &function.call),
        );
        let mut item = self.derived(
            RangeKind::Functions {
                functions: range,
                ordinality,
            },
            columns,
            alias,
            &name,
        )?;
        item.row_type = row_type;
        item.scalar = scalar_item;
        Ok(item)
    }

    fn function_calls<'b>(
        &mut self,
        functions: &'b [ast::FromFunction],
    ) -> Result<Vec<(Expr, &'b ast::Expr, &'b [ast::ColumnDefinition])>> {
        let mut calls = Vec::with_capacity(functions.len());
        for function in functions {
            // `ROWS FROM (unnest(a, b))` and `FROM unnest(a, b)` are one unnest for each array.
            if let ast::ExprKind::Call(call) = &function.call.kind
                && call.name.name() == "unnest"
                && call
                    .name
                    .schema()
                    .is_none_or(|schema| schema == "pg_catalog")
                && call.arguments.len() > 1
                && call
                    .arguments
                    .iter()
                    .all(|argument| argument.name.is_none())
                && !call.variadic
                && call.order_by.is_empty()
                && !call.star
                && !call.distinct
                && call.filter.is_none()
                && call.over.is_none()
                && function.columns.is_empty()
            {
                for argument in &call.arguments {
                    let before = self.set_returning_calls;
                    let expr = self.at(Place::FromFunction, |this| {
                        let value = this.expr(&argument.value)?;
                        this.no_set_returning(
                            before,
                            "an argument of a function of FROM",
                            argument.value.span,
                        )?;
                        this.builtin_call("unnest", vec![value], function.call.span)
                    })?;
                    calls.push((expr, &function.call, function.columns.as_slice()));
                }
                continue;
            }
            let before = self.set_returning_calls;
            let expr = self.at(Place::FromFunction, |this| this.expr(&function.call))?;
            let inside = self.set_returning_calls - before;
            let top = match &expr.kind {
                ExprKind::Function(call) => usize::from(call.function.returns_set),
                _ => 0,
            };
            if inside > top {
                return Err(Failure::error(
                    Code::MisplacedCall,
                    function.call.span,
                    "a set-returning function stands in FROM only by itself, not inside another expression",
                ));
            }
            calls.push((expr, &function.call, function.columns.as_slice()));
        }
        // FROM is no select list.
        self.level().has_set_returning = false;
        Ok(calls)
    }

    /// The columns that a function in FROM gives, and whether it is one plain value.
    fn function_columns(
        &mut self,
        call: &Expr,
        written: &ast::Expr,
        definitions: &[ast::ColumnDefinition],
        alias: Option<&ast::Alias>,
        single: bool,
    ) -> Result<(Vec<RangeColumn>, bool)> {
        let outputs = match &call.kind {
            ExprKind::Function(function) if !function.function.outputs.is_empty() => {
                self.call_outputs(function)
            }
            _ => None,
        };
        if !definitions.is_empty() {
            if outputs.as_ref().is_some_and(|outputs| outputs.len() > 1) {
                return Err(Failure::error(
                    Code::MisplacedClause,
                    written.span,
                    "a column definition list is redundant: the function has OUT parameters",
                ));
            }
            if call.type_id != oid::RECORD {
                return Err(Failure::error(
                    Code::MisplacedClause,
                    written.span,
                    format!(
                        "a column definition list is for functions that return `record`, and this returns `{}`",
                        format_type(self.catalog, call.type_id)
                    ),
                ));
            }
            let mut columns = Vec::with_capacity(definitions.len());
            for definition in definitions {
                let (type_id, modifier) = super::resolve_type(self.catalog, &definition.type_name)?;
                if columns
                    .iter()
                    .any(|column: &RangeColumn| column.name == definition.name.text)
                {
                    return Err(Failure::error(
                        Code::AlreadyExists,
                        definition.name.span,
                        format!("the column `{}` stands twice", definition.name.text),
                    ));
                }
                columns.push(RangeColumn {
                    name: definition.name.text.clone(),
                    type_id,
                    modifier,
                });
            }
            return Ok((columns, false));
        }
        if let Some(outputs) = outputs
            && outputs.len() > 1
        {
            return Ok((
                outputs
                    .into_iter()
                    .map(|(name, type_id)| RangeColumn {
                        name,
                        type_id,
                        modifier: -1,
                    })
                    .collect(),
                false,
            ));
        }
        if is_complex(self.catalog, call.type_id) {
            let attributes = self.composite_attributes(call.type_id).unwrap_or_default();
            return Ok((
                attributes
                    .into_iter()
                    .map(|attribute| RangeColumn {
                        name: attribute.name,
                        type_id: attribute.type_id,
                        modifier: attribute.modifier,
                    })
                    .collect(),
                false,
            ));
        }
        if call.type_id == oid::RECORD {
            return match self.record_fields(call) {
                Some(fields) => Ok((
                    fields
                        .into_iter()
                        .map(|field| RangeColumn {
                            name: field.name,
                            type_id: field.type_id,
                            modifier: field.modifier,
                        })
                        .collect(),
                    false,
                )),
                None => Err(Failure::error(
                    Code::MisplacedClause,
                    written.span,
                    "a function that returns `record` needs a column definition list",
                )
                .help("write `AS name(column type, …)` behind it")),
            };
        }
        if matches!(self.catalog.type_(call.type_id).kind, TypeKind::Pseudo)
            && call.type_id != oid::VOID
            && call.type_id != oid::CSTRING
        {
            return Err(Failure::error(
                Code::WrongKind,
                written.span,
                format!(
                    "a function that returns `{}` cannot stand in FROM",
                    format_type(self.catalog, call.type_id)
                ),
            ));
        }
        // One plain value: named for its OUT parameter, else for the alias, else for the function.
        let output = match &call.kind {
            ExprKind::Function(function) => match function.function.outputs.as_slice() {
                [(name, _)] if !name.is_empty() => Some(name.clone()),
                _ => None,
            },
            _ => None,
        };
        let name = output
            .or_else(|| {
                alias
                    .filter(|_| single)
                    .map(|alias| alias.name.text.clone())
            })
            .unwrap_or_else(|| column_name(self.catalog.builtin.major, written));
        Ok((
            vec![RangeColumn {
                name,
                type_id: call.type_id,
                modifier: call.modifier,
            }],
            true,
        ))
    }
}
