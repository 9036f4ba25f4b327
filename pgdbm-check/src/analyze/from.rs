//! FROM: relations, subqueries, functions and joins. After `parse_clause.c` and `parse_relation.c`.

use std::sync::Arc;

use pgdbm_template::Code;

use super::Analyzer;
use super::coerce::{count, is_complex};
use super::scope::{Item, ItemColumn, Place};
use super::target::column_name;
use crate::catalog::{Relation, RelationKind, TypeKind, format_type, oid};
use crate::failure::{Failure, Result};
use crate::syntax::ast::{self, JoinKind, Name, Span};
use crate::tree::{
    Coercion, Expr, ExprKind, FromNode, JoinNode, RangeColumn, RangeEntry, RangeFunction,
    RangeKind, Version,
};

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
    fn no_conflict(&mut self, added: &[Item], span: Span) -> Result<()> {
        let level = self.level();
        for new in added.iter().filter(|item| item.relation_visible) {
            for old in level.items.iter().filter(|item| item.relation_visible) {
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

    fn table_ref(&mut self, item: &ast::FromItem) -> Result<(FromNode, Vec<Item>)> {
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
                    *span,
                )?;
                Ok(one(item))
            }
            ast::FromItem::Functions {
                functions,
                ordinality,
                alias,
                columns,
                span,
                rows_from,
                ..
            } => {
                let item = self.function_item(
                    functions,
                    *rows_from,
                    *ordinality,
                    alias.as_ref(),
                    columns,
                    *span,
                )?;
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
            kind: RangeKind::Relation(Arc::clone(relation)),
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
        if self.unfinished_table(level, index) {
            // A recursive table that refers to itself in a place where its columns are not known yet.
            self.recursive_reference(name)?;
        }
        self.derived(
            RangeKind::CommonTable { level, index },
            columns,
            alias,
            name.name(),
            name.span,
        )
    }

    /// An entry with columns of its own, and its item.
    pub(super) fn derived(
        &mut self,
        kind: RangeKind,
        mut columns: Vec<RangeColumn>,
        alias: Option<&ast::Alias>,
        default_name: &str,
        span: Span,
    ) -> Result<Item> {
        let _ = span;
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

    /// Functions in FROM. After `transformRangeFunction` and `addRangeTableEntryForFunction`.
    fn function_item(
        &mut self,
        functions: &[ast::FromFunction],
        rows_from: bool,
        ordinality: bool,
        alias: Option<&ast::Alias>,
        definitions: &[ast::ColumnDefinition],
        span: Span,
    ) -> Result<Item> {
        // A function sees what stands before it even without LATERAL.
        let before = self.level().lateral;
        self.level().lateral = true;
        let analyzed = self.function_calls(functions, rows_from);
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
            span,
        )?;
        item.row_type = row_type;
        item.scalar = scalar_item;
        Ok(item)
    }

    fn function_calls<'b>(
        &mut self,
        functions: &'b [ast::FromFunction],
        rows_from: bool,
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
        let _ = rows_from;
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

    // ---- joins ----

    /// After `transformFromClauseItem` for JoinExpr.
    fn join(&mut self, join: &ast::Join) -> Result<(FromNode, Vec<Item>)> {
        let (left_node, mut left_items) = self.table_ref(&join.left)?;
        // The right side sees the left one; for RIGHT and FULL only to give a better message.
        let lateral_ok = matches!(
            join.kind,
            JoinKind::Cross | JoinKind::Inner | JoinKind::Left
        );
        for item in &mut left_items {
            item.lateral_only = true;
            item.lateral_ok = lateral_ok;
        }
        let visible = self.level().items.len();
        self.level().items.extend(left_items.iter().cloned());
        let right = self.table_ref(&join.right);
        self.level().items.truncate(visible);
        let (right_node, right_items) = right?;
        self.no_conflict_between(&left_items, &right_items, join.span)?;
        let mut items: Vec<Item> = left_items;
        items.extend(right_items.iter().cloned());
        let split = items.len() - right_items.len();

        let left_columns = visible_columns(items.get(..split).unwrap_or_default());
        let right_columns = visible_columns(&right_items);
        let using: Vec<Name> = match &join.condition {
            ast::JoinCondition::Using { columns, .. } => columns.clone(),
            ast::JoinCondition::Natural => left_columns
                .iter()
                .filter(|column| right_columns.iter().any(|other| other.name == column.name))
                .map(|column| Name::new(column.name.clone(), join.span))
                .collect(),
            _ => Vec::new(),
        };
        let mut merged: Vec<ItemColumn> = Vec::new();
        let mut condition = None;
        match &join.condition {
            ast::JoinCondition::Using { .. } | ast::JoinCondition::Natural => {
                condition = self.using(&using, &left_columns, &right_columns, join, &mut merged)?;
            }
            ast::JoinCondition::On(expr) => {
                condition = Some(self.on(expr, &items)?);
            }
            ast::JoinCondition::None => {}
        }
        let names: Vec<&str> = using.iter().map(|name| name.text.as_str()).collect();
        let rest = |columns: Vec<ItemColumn>| {
            columns
                .into_iter()
                .filter(|column| !names.contains(&column.name.as_str()))
                .collect::<Vec<_>>()
        };
        let merged_count = merged.len();
        let mut columns = merged;
        columns.extend(rest(left_columns));
        columns.extend(rest(right_columns));
        let merged_columns: Vec<ItemColumn> = columns.iter().take(merged_count).cloned().collect();

        let node = FromNode::Join(Box::new(JoinNode {
            kind: join.kind,
            left: left_node,
            right: right_node,
            condition,
        }));
        // `USING (…) AS x` names only the merged columns, and hides nothing.
        let using_alias = match &join.condition {
            ast::JoinCondition::Using {
                alias: Some(alias), ..
            } => Some(Item {
                name: Some(alias.text.clone()),
                columns: merged_columns,
                relation_visible: true,
                columns_visible: false,
                ..Item::empty()
            }),
            _ => None,
        };
        let mut joined = Item {
            columns,
            columns_visible: true,
            ..Item::empty()
        };
        if let Some(alias) = &join.alias {
            // An alias hides everything inside.
            if alias.columns.len() > joined.columns.len() {
                return Err(too_many_aliases(
                    alias,
                    &alias.name.text,
                    joined.columns.len(),
                ));
            }
            for (column, name) in joined.columns.iter_mut().zip(&alias.columns) {
                column.name.clone_from(&name.text);
            }
            joined.name = Some(alias.name.text.clone());
            joined.relation_visible = true;
            return Ok((node, vec![joined]));
        }
        for item in &mut items {
            item.columns_visible = false;
            item.lateral_only = false;
            item.lateral_ok = true;
        }
        items.push(joined);
        items.extend(using_alias);
        Ok((node, items))
    }

    fn no_conflict_between(&mut self, left: &[Item], right: &[Item], span: Span) -> Result<()> {
        let visible = std::mem::take(&mut self.level().items);
        self.level().items = left.to_vec();
        let result = self.no_conflict(right, span);
        self.level().items = visible;
        result
    }

    /// A join's ON sees both sides and nothing else of the same FROM.
    fn on(&mut self, expr: &ast::Expr, items: &[Item]) -> Result<Expr> {
        let mut own: Vec<Item> = items.to_vec();
        for item in &mut own {
            item.lateral_only = false;
            item.lateral_ok = true;
        }
        let visible = std::mem::replace(&mut self.level().items, own);
        let result = self.at(Place::JoinCondition, |this| {
            let condition = this.expr(expr)?;
            this.coerce_to_boolean(condition, "JOIN … ON")
        });
        self.level().items = visible;
        result
    }

    /// USING and NATURAL: the comparisons, and one column for each pair. After `transformJoinUsingClause` and `buildMergedJoinVar`.
    fn using(
        &mut self,
        names: &[Name],
        left: &[ItemColumn],
        right: &[ItemColumn],
        join: &ast::Join,
        merged: &mut Vec<ItemColumn>,
    ) -> Result<Option<Expr>> {
        let mut comparisons = Vec::with_capacity(names.len());
        for (index, name) in names.iter().enumerate() {
            if names
                .iter()
                .take(index)
                .any(|other| other.text == name.text)
            {
                return Err(Failure::error(
                    Code::AmbiguousName,
                    name.span,
                    format!("the column `{}` stands twice in USING", name.text),
                ));
            }
            let left_column = self.using_column(name, left, "left")?;
            let right_column = self.using_column(name, right, "right")?;
            let equals = super::operator::equals(name.span);
            let comparison = self.operate(
                &equals,
                Some(Expr {
                    span: name.span,
                    ..left_column.clone()
                }),
                Expr {
                    span: name.span,
                    ..right_column.clone()
                },
            )?;
            comparisons.push(self.coerce_to_boolean(comparison, "JOIN … USING")?);
            let expr = self.merged(left_column, right_column, join.kind, name)?;
            merged.push(ItemColumn {
                name: name.text.clone(),
                expr,
            });
        }
        Ok(match comparisons.len() {
            0 => None,
            1 => comparisons.pop(),
            _ => Some(Expr::new(ExprKind::And(comparisons), oid::BOOL, join.span)),
        })
    }

    fn using_column(&self, name: &Name, columns: &[ItemColumn], side: &str) -> Result<Expr> {
        let mut found = columns.iter().filter(|column| column.name == name.text);
        match (found.next(), found.next()) {
            (Some(column), None) => Ok(column.expr.clone()),
            (Some(_), Some(_)) => Err(Failure::error(
                Code::AmbiguousName,
                name.span,
                format!(
                    "the column `{}` stands more than once in the {side} table of the join",
                    name.text
                ),
            )),
            (None, _) => {
                let failure = Failure::error(
                    Code::UnknownColumn,
                    name.span,
                    format!("the {side} table of the join has no column `{}`", name.text),
                );
                Err(
                    match pgdbm_template::nearest(
                        &name.text,
                        columns.iter().map(|column| column.name.as_str()),
                    ) {
                        Some(near) => failure.help(format!("did you mean `{near}`?")),
                        None => failure,
                    },
                )
            }
        }
    }

    fn merged(&mut self, left: Expr, right: Expr, kind: JoinKind, name: &Name) -> Result<Expr> {
        let pair = [left.clone(), right.clone()];
        let common = self
            .common_type(&pair, "JOIN … USING")
            .map_err(|failure| Failure {
                span: name.span,
                ..*failure
            })?;
        let modifier = Self::common_modifier(&pair, common);
        let left_type = left.type_id;
        let left_side = self.merged_side(left, common, modifier)?;
        let right_side = self.merged_side(right, common, modifier)?;
        Ok(match kind {
            JoinKind::Full => Expr::new(
                ExprKind::Coalesce(vec![left_side, right_side]),
                common,
                name.span,
            )
            .with_modifier(modifier),
            JoinKind::Right => right_side,
            // Whichever side needs no conversion.
            JoinKind::Inner if left_type != common => right_side,
            _ => left_side,
        })
    }

    fn merged_side(
        &mut self,
        expr: Expr,
        common: crate::catalog::TypeId,
        modifier: i32,
    ) -> Result<Expr> {
        if expr.type_id != common {
            return self.coerce(
                expr,
                common,
                modifier,
                crate::catalog::CastContext::Implicit,
            );
        }
        if expr.modifier != modifier {
            return Ok(super::coerce::coerced(
                Coercion::Relabel,
                expr,
                common,
                modifier,
            ));
        }
        Ok(expr)
    }
}

fn one(item: Item) -> (FromNode, Vec<Item>) {
    (FromNode::Entry(item.entry.unwrap_or(0)), vec![item])
}

fn visible_columns(items: &[Item]) -> Vec<ItemColumn> {
    items
        .iter()
        .filter(|item| item.columns_visible)
        .flat_map(|item| item.columns.iter().cloned())
        .collect()
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

fn too_many_aliases(alias: &ast::Alias, name: &str, there: usize) -> Box<Failure> {
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
