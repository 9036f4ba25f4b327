//! FROM: relations, subqueries, functions and joins. After `parse_clause.c` and `parse_relation.c`.

use std::sync::Arc;

use pgdbm_template::Code;

use super::Analyzer;
use super::coerce::count;
use super::scope::{Item, Place};
use crate::catalog::{Relation, RelationKind, oid};
use crate::failure::{Failure, Result};
use crate::syntax::ast::{self, Span};
use crate::tree::{FromNode, RangeColumn, RangeEntry, RangeKind, Version};

impl Analyzer<'_> {
    /// A FROM clause: every item sees the ones before it, if it is LATERAL.
    pub(super) fn from(&mut self, items: &[ast::FromItem]) -> Result<Vec<FromNode>> {
        let mut nodes = Vec::with_capacity(items.len());
        for item in items {
            let (node, mut added) = self.table_ref(item)?;
            self.no_conflict(&added, item.span())?;
            for item in &mut added {
                item.lateral_only = true;
                item.lateral_ok = true;
            }
            self.level().items.extend(added);
            nodes.push(node);
        }
        for item in &mut self.level().items {
            item.lateral_only = false;
            item.lateral_ok = true;
        }
        Ok(nodes)
    }

    /// Two items of one FROM cannot have the same name. After `checkNameSpaceConflicts`.
    pub(super) fn no_conflict(&mut self, added: &[Item], span: Span) -> Result<()> {
        no_conflict_between(&self.level().items, added, span)
    }

    pub(super) fn table_ref(&mut self, item: &ast::FromItem) -> Result<(FromNode, Vec<Item>)> {
        match item {
            ast::FromItem::Relation {
                name,
                alias,
                sample,
                ..
            } => {
                let item = self.relation_item(name, alias.as_ref())?;
                if let Some(sample) = sample {
                    self.sample(sample, item.entry)?;
                }
                Ok(one(item))
            }
            ast::FromItem::Subquery {
                lateral,
                query,
                alias,
                span,
            } => {
                if alias.is_none() && self.catalog.builtin.major < crate::catalog::Major::V16 {
                    return Err(Failure::error(
                        Code::SyntaxError,
                        *span,
                        "before PostgreSQL 16 a subquery in FROM needs an alias",
                    )
                    .help("write `AS` and a name behind it"));
                }
                let before = self.level().lateral;
                self.level().lateral = *lateral;
                let query = self.at(Place::FromSubquery, |this| this.subquery(query, true));
                self.level().lateral = before;
                let query = query?;
                let columns = query
                    .targets
                    .iter()
                    .map(|target| RangeColumn {
                        name: target.name.clone(),
                        type_id: target.expr.type_id,
                        modifier: target.expr.modifier,
                    })
                    .collect();
                let item = self.derived(
                    RangeKind::Subquery(Box::new(query)),
                    columns,
                    alias.as_ref(),
                    "unnamed_subquery",
                )?;
                Ok(one(item))
            }
            ast::FromItem::Functions {
                functions,
                ordinality,
                alias,
                columns,
                span,
                ..
            } => {
                let item =
                    self.function_item(functions, *ordinality, alias.as_ref(), columns, *span)?;
                Ok(one(item))
            }
            ast::FromItem::Join(join) => self.join(join),
            ast::FromItem::XmlTable(table) => Ok(one(self.xml_table(table)?)),
            ast::FromItem::JsonTable(table) => Ok(one(self.json_table(table)?)),
        }
    }

    /// A table, a view or a common table.
    fn relation_item(
        &mut self,
        name: &ast::ObjectName,
        alias: Option<&ast::Alias>,
    ) -> Result<Item> {
        if name.parts.len() == 1
            && let Some((level, index)) = self.find_common_table(name.name())
        {
            return self.common_table_item(name, level, index, alias);
        }
        let relation = match super::relation(self.catalog, name) {
            Ok(relation) => relation,
            Err(failure) => {
                // A table of the same WITH that comes later?
                let later = self
                    .levels
                    .iter()
                    .any(|level| level.later_tables.iter().any(|later| later == name.name()));
                return Err(if later && name.parts.len() == 1 {
                    failure.help(format!(
                        "`{}` is declared later in the same WITH: move it up, or write WITH RECURSIVE",
                        name.name()
                    ))
                } else {
                    failure
                });
            }
        };
        self.relation_entry(&relation, alias, name.name_span())
    }

    pub(super) fn relation_entry(
        &mut self,
        relation: &Arc<Relation>,
        alias: Option<&ast::Alias>,
        span: Span,
    ) -> Result<Item> {
        if relation.kind == RelationKind::CompositeType {
            return Err(Failure::error(
                Code::WrongKind,
                span,
                format!("`{}` is a composite type, not a relation", relation.name),
            ));
        }
        if relation.unknown_columns {
            return Err(Failure::cannot_check(
                span,
                format!("the columns of `{}` are not known", relation.name),
            )
            .help("declare it with `-- pgdbm:declare CREATE TABLE …` in a migration"));
        }
        let mut columns: Vec<RangeColumn> = relation
            .attributes
            .iter()
            .map(|attribute| RangeColumn {
                name: attribute.name.clone(),
                type_id: attribute.type_id,
                modifier: attribute.modifier,
            })
            .collect();
        rename(&mut columns, alias, &relation.name)?;
        let entry = self.add_entry(RangeEntry {
            kind: RangeKind::Relation(without_query(relation)),
            alias: alias.map_or_else(|| relation.name.clone(), |alias| alias.name.text.clone()),
            columns,
        });
        let mut item = self.item_of(entry, Version::Current);
        if alias.is_some() {
            item.relation = None;
        }
        Ok(item)
    }

    fn common_table_item(
        &mut self,
        name: &ast::ObjectName,
        level: u32,
        index: usize,
        alias: Option<&ast::Alias>,
    ) -> Result<Item> {
        let table = self
            .levels
            .len()
            .checked_sub(1 + level as usize)
            .and_then(|depth| self.levels.get(depth))
            .and_then(|level| level.common_tables.get(index));
        let Some(table) = table else {
            return Err(Failure::cannot_check(
                name.span,
                "a common table that is not there",
            ));
        };
        if table
            .query
            .as_ref()
            .is_some_and(|query| !query.returns_rows)
        {
            return Err(Failure::error(
                Code::WrongKind,
                name.span,
                format!("the WITH query `{}` gives no rows", name.name()),
            )
            .help("add RETURNING to it"));
        }
        let columns = table.columns.clone();
        let added_columns = table.added_columns;
        if self.unfinished_table(level, index) {
            // A recursive table that refers to itself in a place where its columns are not known yet.
            self.recursive_reference(name)?;
        }
        let mut item = self.derived(
            RangeKind::CommonTable { level, index },
            columns,
            alias,
            name.name(),
        )?;
        if level > 0 {
            for column in item.columns.iter_mut().rev().take(added_columns) {
                column.spreads = false;
            }
        }
        Ok(item)
    }

    /// An entry with columns of its own, and its item.
    pub(super) fn derived(
        &mut self,
        kind: RangeKind,
        mut columns: Vec<RangeColumn>,
        alias: Option<&ast::Alias>,
        default_name: &str,
    ) -> Result<Item> {
        rename(&mut columns, alias, default_name)?;
        let unnamed = alias.is_none() && default_name == "unnamed_subquery";
        let entry = self.add_entry(RangeEntry {
            kind,
            alias: alias.map_or_else(|| default_name.to_owned(), |alias| alias.name.text.clone()),
            columns,
        });
        let mut item = self.item_of(entry, Version::Current);
        if unnamed {
            item.name = None;
            item.relation_visible = false;
        }
        Ok(item)
    }

    // ---- functions ----

    fn sample(&mut self, sample: &ast::Sample, entry: Option<u32>) -> Result<()> {
        let relation = entry
            .and_then(|entry| self.level().range.get(entry as usize))
            .and_then(|entry| match &entry.kind {
                RangeKind::Relation(relation) => Some(Arc::clone(relation)),
                _ => None,
            });
        if !relation.is_some_and(|relation| {
            matches!(
                relation.kind,
                RelationKind::Table
                    | RelationKind::PartitionedTable
                    | RelationKind::MaterializedView
            )
        }) {
            return Err(Failure::error(
                Code::WrongKind,
                sample.method.span,
                "TABLESAMPLE is for tables and materialized views",
            ));
        }
        let target = match sample.method.name() {
            "bernoulli" | "system" => oid::FLOAT4,
            "system_rows" => oid::INT8,
            "system_time" => oid::FLOAT8,
            other => {
                return Err(Failure::error(
                    Code::UnknownFunction,
                    sample.method.span,
                    format!("there is no sampling method `{other}`"),
                ));
            }
        };
        if sample.arguments.len() != 1 {
            return Err(Failure::error(
                Code::ColumnCount,
                sample.method.span,
                format!(
                    "`{}` takes 1 argument, not {}",
                    sample.method.name(),
                    sample.arguments.len()
                ),
            ));
        }
        let before = self.level().lateral;
        self.level().lateral = true;
        let result = (|| {
            for argument in &sample.arguments {
                let value = self.at(Place::FromFunction, |this| this.expr(argument))?;
                self.coerce_to_specific(value, target, "TABLESAMPLE")?;
            }
            if let Some(seed) = &sample.repeatable {
                let value = self.at(Place::FromFunction, |this| this.expr(seed))?;
                self.coerce_to_specific(value, oid::FLOAT8, "REPEATABLE")?;
            }
            Ok(())
        })();
        self.level().lateral = before;
        result
    }
}

pub(super) fn one(item: Item) -> (FromNode, Vec<Item>) {
    (FromNode::Entry(item.entry.unwrap_or(0)), vec![item])
}

/// Gives the columns the names of an alias.
fn rename(columns: &mut [RangeColumn], alias: Option<&ast::Alias>, name: &str) -> Result<()> {
    let Some(alias) = alias else {
        return Ok(());
    };
    if alias.columns.len() > columns.len() {
        return Err(too_many_aliases(alias, name, columns.len()));
    }
    for (column, name) in columns.iter_mut().zip(&alias.columns) {
        column.name.clone_from(&name.text);
    }
    Ok(())
}

/// A relation as it stands in a query. Views over views are no chain of trees that way, to be dropped one inside the other.
fn without_query(relation: &Arc<Relation>) -> Arc<Relation> {
    if relation.view.is_none() {
        return Arc::clone(relation);
    }
    Arc::new(Relation {
        view: None,
        ..Relation::clone(relation)
    })
}

pub(super) fn too_many_aliases(alias: &ast::Alias, name: &str, there: usize) -> Box<Failure> {
    Failure::error(
        Code::ColumnCount,
        alias
            .columns
            .get(there)
            .map_or(alias.name.span, |name| name.span),
        format!(
            "`{name}` has {}, and {} names are given",
            count(there, "column"),
            alias.columns.len()
        ),
    )
}

/// Whether names that are there already stand among the new ones. After `checkNameSpaceConflicts`.
pub(super) fn no_conflict_between(known: &[Item], added: &[Item], span: Span) -> Result<()> {
    for new in added.iter().filter(|item| item.relation_visible) {
        for old in known.iter().filter(|item| item.relation_visible) {
            if let (Some(new_name), Some(old_name)) = (&new.name, &old.name)
                && new_name == old_name
                // The same name in two schemas is no conflict as long as both go by their own names.
                && !(new.relation.is_some()
                    && old.relation.is_some()
                    && new.relation != old.relation)
            {
                return Err(Failure::error(
                    Code::AmbiguousName,
                    span,
                    format!("the name `{new_name}` stands twice in FROM"),
                )
                .help("give one of them another alias"));
            }
        }
    }
    Ok(())
}
