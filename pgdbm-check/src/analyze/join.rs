//! Joins: whose columns are merged, and what the condition sees. After `transformFromClauseItem`.

use pgdbm_template::Code;

use super::Analyzer;
use super::from::{no_conflict_between, too_many_aliases};
use super::scope::{Item, ItemColumn, Place};
use crate::catalog::oid;
use crate::failure::{Failure, Result};
use crate::syntax::ast::{self, JoinKind, Name};
use crate::tree::{Coercion, Expr, ExprKind, FromNode, JoinNode};

impl Analyzer<'_> {
    /// After `transformFromClauseItem` for JoinExpr.
    pub(super) fn join(&mut self, join: &ast::Join) -> Result<(FromNode, Vec<Item>)> {
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
        // The items move to and fro: copies of them at each join would be copies of all columns.
        let visible = self.level().items.len();
        self.level().items.append(&mut left_items);
        let right = self.table_ref(&join.right);
        let mut items = self.level().items.split_off(visible);
        let (right_node, right_items) = right?;
        no_conflict_between(&items, &right_items, join.span)?;
        let left_columns = visible_columns(&items);
        let right_columns = visible_columns(&right_items);
        items.extend(right_items);

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
                condition = Some(self.on(expr, &mut items)?);
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
        if let Some(alias) = &using_alias {
            no_conflict_between(&items, std::slice::from_ref(alias), join.span)?;
        }
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
        // What neither a name nor `*` reaches any more is not needed.
        items.retain(|item| item.relation_visible || item.entry.is_some());
        items.push(joined);
        items.extend(using_alias);
        Ok((node, items))
    }

    /// A join's ON sees both sides and nothing else of the same FROM.
    fn on(&mut self, expr: &ast::Expr, items: &mut Vec<Item>) -> Result<Expr> {
        for item in items.iter_mut() {
            item.lateral_only = false;
            item.lateral_ok = true;
        }
        std::mem::swap(&mut self.level().items, items);
        let result = self.at(Place::JoinCondition, |this| {
            let condition = this.expr(expr)?;
            this.coerce_to_boolean(condition, "JOIN … ON")
        });
        std::mem::swap(&mut self.level().items, items);
        result
    }

    /// USING and NATURAL: the comparisons, and one column for each pair. After `transformJoinUsingClause` and `buildMergedJoinVar`.
    pub(super) fn using(
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
                spreads: true,
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
                        Some(near) => failure.near(near),
                        None => failure,
                    },
                )
            }
        }
    }

    pub(super) fn merged(
        &mut self,
        left: Expr,
        right: Expr,
        kind: JoinKind,
        name: &Name,
    ) -> Result<Expr> {
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

fn visible_columns(items: &[Item]) -> Vec<ItemColumn> {
    items
        .iter()
        .filter(|item| item.columns_visible)
        .flat_map(|item| item.columns.iter().cloned())
        .collect()
}
