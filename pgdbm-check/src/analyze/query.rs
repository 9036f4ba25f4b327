//! SELECT and VALUES. After `transformSelectStmt` and `transformValuesClause`.

use pgdbm_template::Code;

use super::Analyzer;
use super::coerce::count;
use super::grouping::Grouped;
use super::scope::{Level, Place};
use super::set_operation::no_into;
use crate::catalog::oid;
use crate::failure::{Failure, Result};
use crate::syntax::ast::{self, Span};
use crate::tree::{
    Command, Expr, FromNode, Query, RangeColumn, RangeEntry, RangeKind, SetTree, Target, Version,
};

impl Analyzer<'_> {
    /// A query inside another one.
    pub(super) fn subquery(&mut self, query: &ast::Query, resolve_unknowns: bool) -> Result<Query> {
        no_into(query)?;
        self.push_level().resolve_unknowns = resolve_unknowns;
        let result = self.query(query);
        let level = self.pop_level();
        finish(result?, level)
    }

    /// The query of the level that is open.
    pub(super) fn query(&mut self, query: &ast::Query) -> Result<Query> {
        if let Some(with) = &query.with {
            self.with(with)?;
        }
        match &query.body {
            ast::QueryBody::Select(select) => self.select(select, query),
            ast::QueryBody::Values(values) => self.values_query(values, query),
            ast::QueryBody::SetOperation(_) => self.set_query(query),
            ast::QueryBody::Nested(inner) => {
                // Parentheses with clauses of their own inside: the inner query is the whole, the outer clauses go over it.
                if query.with.is_none()
                    && query.order_by.is_empty()
                    && query.limit.is_none()
                    && query.offset.is_none()
                    && query.locking.is_empty()
                {
                    return self.query(inner);
                }
                self.around(inner, query)
            }
        }
    }

    /// Clauses outside of parentheses: `(SELECT … LIMIT 3) ORDER BY 1`.
    ///
    /// The server merges both into one query and refuses what stands twice.
    fn around(&mut self, inner: &ast::Query, outer: &ast::Query) -> Result<Query> {
        let twice = |what: &str, span: Span| {
            Err(Failure::error(
                Code::SyntaxError,
                span,
                format!("{what} stands both inside and outside of the parentheses"),
            ))
        };
        if !inner.order_by.is_empty()
            && let Some(order) = outer.order_by.first()
        {
            return twice("ORDER BY", order.expr.span);
        }
        if inner.limit.is_some() && outer.limit.is_some() {
            return twice("LIMIT", outer.span);
        }
        if let (Some(_), Some(offset)) = (&inner.offset, &outer.offset) {
            return twice("OFFSET", offset.span);
        }
        if inner.with.is_some() && outer.with.is_some() {
            return twice("WITH", outer.span);
        }
        let mut merged = inner.clone();
        if merged.order_by.is_empty() {
            merged.order_by.clone_from(&outer.order_by);
        }
        if merged.limit.is_none() {
            merged.limit.clone_from(&outer.limit);
        }
        if merged.offset.is_none() {
            merged.offset.clone_from(&outer.offset);
        }
        merged.locking.extend(outer.locking.iter().cloned());
        self.query(&merged)
    }

    fn select(&mut self, select: &ast::Select, clauses: &ast::Query) -> Result<Query> {
        self.level().window_definitions.clone_from(&select.windows);
        let mut query = Query::new(Command::Select);
        query.from = self.from(&select.from)?;
        let mut targets = self.targets(&select.targets, Place::SelectTarget)?;
        query.filter = self.condition(select.filter.as_ref(), Place::Where, "WHERE")?;
        query.having = self.condition(select.having.as_ref(), Place::Having, "HAVING")?;
        query.order_by = self.order_by(&clauses.order_by, &mut targets)?;
        let group = self.group_by(&select.group_by, &mut targets)?;
        let sorted: Vec<(Expr, Span)> = query
            .order_by
            .iter()
            .cloned()
            .zip(clauses.order_by.iter().map(|order| order.expr.span))
            .collect();
        self.distinct_clause(&select.distinct, &mut targets, &sorted)?;
        query.distinct = select.distinct != ast::Distinct::No;
        query.offset = match &clauses.offset {
            Some(offset) => Some(self.limit(offset, Place::Offset, false)?),
            None => None,
        };
        query.limit = self.limit_clause(clauses)?;
        query.windows = self.windows(&mut targets)?;
        if self.level().resolve_unknowns {
            targets = self.resolve_unknowns(targets)?;
        }
        query.targets = targets;
        query.group_by = group.exprs;
        query.grouping_sets = group.sets;
        query.empty_grouping_set = group.empty;
        query.has_aggregates = self.level().has_aggregates;
        query.has_window_calls = self.level().has_window_calls;
        query.has_set_returning = self.level().has_set_returning;
        let grouped = Grouped {
            set_operation: false,
            distinct: query.distinct,
            grouped: !select.group_by.is_empty(),
            having: select.having.is_some(),
            aggregates: query.has_aggregates,
            windows: query.has_window_calls,
            set_returning: query.has_set_returning,
        };
        self.locking(&clauses.locking, &grouped)?;
        self.check_grouping(&query, &group.in_all)?;
        Ok(query)
    }

    pub(super) fn limit_clause(&mut self, clauses: &ast::Query) -> Result<Option<Expr>> {
        match &clauses.limit {
            Some(ast::Limit::Count { count, with_ties }) => {
                if *with_ties
                    && let Some(lock) = clauses.locking.iter().find(|lock| lock.skip_locked)
                {
                    return Err(Failure::error(
                        Code::MisplacedClause,
                        lock.span,
                        "SKIP LOCKED and WITH TIES do not go together",
                    ));
                }
                if *with_ties && clauses.order_by.is_empty() {
                    return Err(Failure::error(
                        Code::MisplacedClause,
                        count.span,
                        "WITH TIES needs ORDER BY",
                    ));
                }
                Ok(Some(self.limit(count, Place::Limit, *with_ties)?))
            }
            Some(ast::Limit::All) | None => Ok(None),
        }
    }

    pub(super) fn condition(
        &mut self,
        expr: Option<&ast::Expr>,
        place: Place,
        name: &str,
    ) -> Result<Option<Expr>> {
        match expr {
            Some(expr) => {
                let condition = self.at(place, |this| this.expr(expr))?;
                Ok(Some(self.coerce_to_boolean(condition, name)?))
            }
            None => Ok(None),
        }
    }

    /// The rows of VALUES, each with its expressions analyzed; all have the same length.
    pub(super) fn values_rows(
        &mut self,
        values: &ast::Values,
        place: Place,
    ) -> Result<Vec<Vec<Expr>>> {
        let mut rows: Vec<Vec<Expr>> = Vec::with_capacity(values.rows.len());
        let mut width = None;
        for row in &values.rows {
            let analyzed = self.at(place, |this| this.row_fields(row))?;
            let expected = *width.get_or_insert(analyzed.len());
            if analyzed.len() != expected {
                return Err(Failure::error(
                    Code::ColumnCount,
                    row.first()
                        .zip(row.last())
                        .map_or(values.span, |(first, last)| first.span.to(last.span)),
                    format!(
                        "this row of VALUES has {}, and the first has {expected}",
                        count(analyzed.len(), "value")
                    ),
                ));
            }
            rows.push(analyzed);
        }
        Ok(rows)
    }

    /// VALUES as a query. After `transformValuesClause`.
    fn values_query(&mut self, values: &ast::Values, clauses: &ast::Query) -> Result<Query> {
        let rows = self.values_rows(values, Place::Values)?;
        let (rows, columns) = self.unify_rows(rows)?;
        let entry = self.add_entry(RangeEntry {
            kind: RangeKind::Values(rows),
            alias: "*VALUES*".to_owned(),
            columns,
        });
        let item = self.item_of(entry, Version::Current);
        let mut query = Query::new(Command::Select);
        query.from = vec![FromNode::Entry(entry)];
        let mut targets: Vec<Target> = item
            .columns
            .iter()
            .map(|column| Target {
                expr: Expr {
                    span: values.span,
                    ..column.expr.clone()
                },
                name: column.name.clone(),
            })
            .collect();
        self.level().items.push(item);
        query.order_by = self.order_by(&clauses.order_by, &mut targets)?;
        query.offset = match &clauses.offset {
            Some(offset) => Some(self.limit(offset, Place::Offset, false)?),
            None => None,
        };
        query.limit = self.limit_clause(clauses)?;
        if let Some(lock) = clauses.locking.first() {
            return Err(Failure::error(
                Code::MisplacedClause,
                lock.span,
                "the rows of VALUES cannot be locked",
            ));
        }
        query.targets = targets;
        Ok(query)
    }

    /// Each column of VALUES gets one type.
    pub(super) fn unify_rows(
        &mut self,
        rows: Vec<Vec<Expr>>,
    ) -> Result<(Vec<Vec<Expr>>, Vec<RangeColumn>)> {
        let width = rows.first().map_or(0, Vec::len);
        let height = rows.len();
        let mut by_column: Vec<Vec<Expr>> =
            (0..width).map(|_| Vec::with_capacity(height)).collect();
        for row in rows {
            for (column, value) in by_column.iter_mut().zip(row) {
                column.push(value);
            }
        }
        let mut columns = Vec::with_capacity(width);
        let mut unified: Vec<Vec<Expr>> = (0..height).map(|_| Vec::with_capacity(width)).collect();
        for (index, values) in by_column.into_iter().enumerate() {
            let (values, common) = self.unify(values, "VALUES")?;
            columns.push(RangeColumn {
                name: format!("column{}", index + 1),
                type_id: common,
                modifier: Self::common_modifier(&values, common),
            });
            for (row, value) in unified.iter_mut().zip(values) {
                row.push(value);
            }
        }
        Ok((unified, columns))
    }
}

/// Puts what the level gathered into the query.
pub(super) fn finish(mut query: Query, level: Level) -> Result<Query> {
    query.range = level.range;
    query.common_tables = level.common_tables;
    Ok(query)
}

/// The leaf of a set operation that is a plain query.
pub(super) fn leaf(query: Query) -> SetTree {
    SetTree::Query(query)
}

/// Whether a type is still open.
pub(super) fn is_unknown(expr: &Expr) -> bool {
    expr.type_id == oid::UNKNOWN
}
