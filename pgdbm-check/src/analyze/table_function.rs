//! XMLTABLE and JSON_TABLE. After `transformRangeTableFunc` and `parse_jsontable.c`.

use super::Analyzer;
use super::scope::{Item, Place};
use crate::catalog::{CastContext, oid};
use crate::failure::Result;
use crate::syntax::ast::{self, JsonBehavior, JsonTableColumn};
use crate::tree::{Expr, RangeColumn, RangeKind};

impl Analyzer<'_> {
    pub(super) fn xml_table(&mut self, table: &ast::XmlTable) -> Result<Item> {
        let before = std::mem::replace(&mut self.level().lateral, true);
        let parts = self.at(Place::FromFunction, |this| this.xml_table_parts(table));
        self.level().lateral = before;
        let (operands, columns, not_null) = parts?;
        self.derived(
            RangeKind::TableFunction { operands, not_null },
            columns,
            table.alias.as_ref(),
            "xmltable",
        )
    }

    fn xml_table_parts(
        &mut self,
        table: &ast::XmlTable,
    ) -> Result<(Vec<Expr>, Vec<RangeColumn>, Vec<bool>)> {
        let mut operands = Vec::new();
        let row = self.expr(&table.row)?;
        operands.push(self.coerce_to_specific(row, oid::TEXT, "XMLTABLE")?);
        let document = self.expr(&table.document)?;
        operands.push(self.coerce_to_specific(document, oid::XML, "XMLTABLE")?);
        for namespace in &table.namespaces {
            let value = self.expr(namespace)?;
            operands.push(self.coerce_to_specific(value, oid::TEXT, "XMLNAMESPACES")?);
        }
        let mut columns = Vec::with_capacity(table.columns.len());
        let mut not_null = Vec::with_capacity(table.columns.len());
        for column in &table.columns {
            let (type_id, modifier) = match &column.type_name {
                Some(type_name) => super::resolve_type(self.catalog, type_name)?,
                None => (oid::INT4, -1),
            };
            if let Some(path) = &column.path {
                let value = self.expr(path)?;
                operands.push(self.coerce_to_specific(value, oid::TEXT, "PATH")?);
            }
            if let Some(default) = &column.default {
                let value = self.expr(default)?;
                operands.push(self.coerce_to_specific(value, type_id, "DEFAULT")?);
            }
            not_null.push(column.not_null || column.type_name.is_none());
            columns.push(RangeColumn {
                name: column.name.text.clone(),
                type_id,
                modifier,
            });
        }
        Ok((operands, columns, not_null))
    }

    pub(super) fn json_table(&mut self, table: &ast::JsonTable) -> Result<Item> {
        let before = std::mem::replace(&mut self.level().lateral, true);
        let mut columns = Vec::new();
        let mut not_null = Vec::new();
        let operands: Result<Vec<Expr>> = self.at(Place::FromFunction, |this| {
            let mut operands = this.json_path(&table.source, oid::JSONB, table.span)?;
            this.json_columns(&table.columns, &mut operands, &mut columns, &mut not_null)?;
            Ok(operands)
        });
        self.level().lateral = before;
        self.derived(
            RangeKind::TableFunction {
                operands: operands?,
                not_null,
            },
            columns,
            table.alias.as_ref(),
            "json_table",
        )
    }

    fn json_columns(
        &mut self,
        definitions: &[JsonTableColumn],
        operands: &mut Vec<Expr>,
        columns: &mut Vec<RangeColumn>,
        not_null: &mut Vec<bool>,
    ) -> Result<()> {
        // Nested columns come behind the plain ones of their level, wherever they stand.
        let is_nested =
            |definition: &&JsonTableColumn| matches!(definition, JsonTableColumn::Nested(_));
        let plain = definitions
            .iter()
            .filter(|definition| !is_nested(definition));
        for definition in plain.chain(definitions.iter().filter(is_nested)) {
            match definition {
                JsonTableColumn::Ordinality(name) => {
                    columns.push(RangeColumn {
                        name: name.text.clone(),
                        type_id: oid::INT4,
                        modifier: -1,
                    });
                    not_null.push(false);
                }
                JsonTableColumn::Value {
                    name,
                    returning,
                    on_empty,
                    on_error,
                    ..
                } => {
                    let (type_id, modifier) = super::resolve_type(self.catalog, &returning.target)?;
                    for behavior in on_empty.iter().chain(on_error) {
                        if let JsonBehavior::Default(expr) = behavior {
                            let value = self.expr(expr)?;
                            let (from, place) = (value.type_id, value.span);
                            operands.push(
                                self.coerce_to(value, type_id, modifier, CastContext::Explicit)?
                                    .ok_or_else(|| self.no_cast(from, type_id, place))?,
                            );
                        }
                    }
                    columns.push(RangeColumn {
                        name: name.text.clone(),
                        type_id,
                        modifier,
                    });
                    not_null.push(false);
                }
                JsonTableColumn::Nested(inner) => {
                    self.json_columns(inner, operands, columns, not_null)?;
                }
            }
        }
        Ok(())
    }
}
