//! Which query an aggregate belongs to, and what may stand beside it. After `parse_agg.c`.

use pgdbm_template::Code;

use super::Analyzer;
use super::scope::Place;
use crate::catalog::{TypeId, oid};
use crate::failure::{Failure, Result};
use crate::syntax::ast::{self, Span};
use crate::tree::{
    AggregateCall, Column, Expr, ExprKind, Node, Query, RangeKind, Target, Variable, WindowCall,
};

/// What the arguments of an aggregate mention, by levels out from where it stands.
#[derive(Debug, Default)]
struct Mentions {
    variable: Option<u32>,
    aggregate: Option<(u32, Span)>,
    window: Option<Span>,
}

impl Mentions {
    fn expr(&mut self, expr: &Expr, below: u32) {
        match &expr.kind {
            ExprKind::Variable(variable) => {
                if let Some(level) = variable.level.checked_sub(below) {
                    self.variable = Some(self.variable.map_or(level, |least| least.min(level)));
                }
                return;
            }
            ExprKind::Aggregate(call) => {
                if let Some(level) = call.level.checked_sub(below)
                    && self.aggregate.is_none_or(|(least, _)| level < least)
                {
                    self.aggregate = Some((level, expr.span));
                }
            }
            ExprKind::Grouping { level, .. } => {
                if let Some(level) = level.checked_sub(below)
                    && self.aggregate.is_none_or(|(least, _)| level < least)
                {
                    self.aggregate = Some((level, expr.span));
                }
            }
            ExprKind::Window(_) if below == 0 => self.window = Some(expr.span),
            _ => {}
        }
        expr.children(&mut |node| match node {
            Node::Expr(child) => self.expr(child, below),
            Node::Query(query) => self.query(query, below + 1),
        });
    }

    fn query(&mut self, query: &Query, below: u32) {
        query.children(&mut |node| match node {
            Node::Expr(child) => self.expr(child, below),
            Node::Query(query) => self.query(query, below + 1),
        });
    }
}

impl Analyzer<'_> {
    /// Finds the query that the aggregate belongs to and marks it. After `check_agg_arguments` and
    /// `check_agglevels_and_constraints`.
    pub(super) fn settle_aggregate(&mut self, call: &mut AggregateCall, span: Span) -> Result<()> {
        let mut of = Mentions::default();
        for argument in call
            .arguments
            .iter()
            .chain(&call.order_by)
            .chain(&call.filter)
        {
            of.expr(argument, 0);
        }
        if let Some(window) = of.window {
            return Err(Failure::error(
                Code::MisplacedCall,
                window,
                "an aggregate cannot take what a window function gives",
            ));
        }
        let level = match (of.variable, of.aggregate) {
            (None, None) => 0,
            (Some(variable), None) => variable,
            (None, Some((aggregate, _))) => aggregate,
            (Some(variable), Some((aggregate, _))) => variable.min(aggregate),
        };
        if let Some((aggregate, place)) = of.aggregate
            && aggregate == level
        {
            return Err(Failure::error(
                Code::MisplacedCall,
                place,
                "an aggregate cannot take what another aggregate of the same query gives",
            )
            .help("compute the inner one in a subquery"));
        }
        let mut direct = Mentions::default();
        for argument in &call.direct {
            direct.expr(argument, 0);
        }
        if direct.variable.is_some_and(|variable| variable < level) {
            return Err(Failure::error(
                Code::MisplacedCall,
                span,
                "the direct arguments of an aggregate of an outer query cannot use columns of an inner one",
            ));
        }
        if let Some((aggregate, place)) = direct.aggregate
            && aggregate <= level
        {
            return Err(Failure::error(
                Code::MisplacedCall,
                place,
                "an aggregate cannot take what another aggregate of the same query gives",
            ));
        }
        call.level = level;
        let Some(index) = self.levels.len().checked_sub(1 + level as usize) else {
            return Ok(());
        };
        let Some(target) = self.levels.get_mut(index) else {
            return Ok(());
        };
        let allowed = matches!(
            target.place,
            Place::Other
                | Place::Having
                | Place::WindowPartition
                | Place::WindowOrder
                | Place::SelectTarget
                | Place::OrderBy
                | Place::DistinctOn
        );
        if !allowed {
            let words = target.place.words();
            let failure = Failure::error(
                Code::MisplacedCall,
                span,
                format!("an aggregate cannot stand {words}"),
            );
            return Err(match target.place {
                Place::Where => failure.help("conditions on aggregates go into HAVING"),
                _ => failure,
            });
        }
        target.has_aggregates = true;
        Ok(())
    }

    /// GROUPING(…)
    pub(super) fn grouping_call(&mut self, operands: &[ast::Expr], span: Span) -> Result<Expr> {
        let operands = self.exprs(operands)?;
        let mut of = Mentions::default();
        for operand in &operands {
            of.expr(operand, 0);
        }
        let level = of.variable.unwrap_or(0);
        if let Some(index) = self.levels.len().checked_sub(1 + level as usize)
            && let Some(target) = self.levels.get_mut(index)
        {
            let allowed = matches!(
                target.place,
                Place::Other
                    | Place::Having
                    | Place::WindowPartition
                    | Place::WindowOrder
                    | Place::SelectTarget
                    | Place::OrderBy
                    | Place::DistinctOn
            );
            if !allowed {
                return Err(Failure::error(
                    Code::MisplacedCall,
                    span,
                    format!("GROUPING cannot stand {}", target.place.words()),
                ));
            }
            target.has_aggregates = true;
        }
        Ok(Expr::new(
            ExprKind::Grouping { operands, level },
            oid::INT4,
            span,
        ))
    }

    /// A call with OVER. After `transformWindowFuncCall`.
    pub(super) fn over(
        &mut self,
        over: &ast::Over,
        mut call: WindowCall,
        result: TypeId,
        span: Span,
    ) -> Result<Expr> {
        for argument in call.arguments.iter().chain(&call.filter) {
            let mut of = Mentions::default();
            of.expr(argument, 0);
            if let Some(place) = of.window {
                return Err(Failure::error(
                    Code::MisplacedCall,
                    place,
                    "a window function cannot take what another one gives",
                )
                .help("compute the inner one in a subquery"));
            }
        }
        let place = self.place();
        if !matches!(
            place,
            Place::Other | Place::SelectTarget | Place::OrderBy | Place::DistinctOn
        ) {
            return Err(Failure::error(
                Code::MisplacedCall,
                span,
                format!("a window function cannot stand {}", place.words()),
            )
            .help("compute it in a subquery and use its column here"));
        }
        let level = self.level();
        level.has_window_calls = true;
        call.window = match over {
            ast::Over::Name(name) => level
                .window_definitions
                .iter()
                .position(|window| {
                    window
                        .name
                        .as_ref()
                        .is_some_and(|known| known.text == name.text)
                })
                .ok_or_else(|| super::clause::unknown_window(name))?,
            ast::Over::Window(window) => {
                level.window_definitions.push((**window).clone());
                level.window_definitions.len() - 1
            }
        };
        Ok(Expr::new(ExprKind::Window(Box::new(call)), result, span))
    }

    /// Whether every column outside of aggregates is grouped by. After `parseCheckAggregates`.
    pub(super) fn check_grouping(&self, query: &Query, in_all_sets: &[Expr]) -> Result<()> {
        let grouped = !query.group_by.is_empty()
            || query.grouping_sets
            || query.empty_grouping_set
            || query.having.is_some()
            || query.has_aggregates;
        if !grouped {
            return Ok(());
        }
        for expr in &query.group_by {
            let mut of = Mentions::default();
            of.expr(expr, 0);
            if let Some((0, place)) = of.aggregate {
                return Err(Failure::error(
                    Code::MisplacedCall,
                    place,
                    "an aggregate cannot stand in GROUP BY",
                ));
            }
        }
        let check = Ungrouped {
            analyzer: self,
            query,
            in_all_sets,
        };
        for Target { expr, .. } in &query.targets {
            check.expr(expr, 0)?;
        }
        for expr in query.order_by.iter().chain(&query.having) {
            check.expr(expr, 0)?;
        }
        for window in &query.windows {
            for expr in window
                .partition_by
                .iter()
                .chain(&window.order_by)
                .chain(&window.offsets)
            {
                check.expr(expr, 0)?;
            }
        }
        Ok(())
    }
}

/// Looks for columns that are neither grouped nor aggregated.
struct Ungrouped<'a> {
    analyzer: &'a Analyzer<'a>,
    query: &'a Query,
    /// What is grouped by in every grouping set.
    in_all_sets: &'a [Expr],
}

impl Ungrouped<'_> {
    fn expr(&self, expr: &Expr, below: u32) -> Result<()> {
        match &expr.kind {
            ExprKind::Constant(_) | ExprKind::Parameter(_) => return Ok(()),
            ExprKind::Aggregate(call) if call.level == below => {
                // Only the direct arguments are computed from the group.
                return call
                    .direct
                    .iter()
                    .try_for_each(|direct| self.expr(direct, below));
            }
            ExprKind::Aggregate(call) if call.level > below => return Ok(()),
            ExprKind::Grouping { operands, level } if *level == below => {
                for operand in operands {
                    if !self.is_grouped(operand, below) {
                        return Err(Failure::error(
                            Code::UngroupedColumn,
                            operand.span,
                            "GROUPING takes expressions of GROUP BY only",
                        ));
                    }
                }
                return Ok(());
            }
            _ => {}
        }
        // Plain columns are always compared, other expressions as a whole where they can be.
        if self.is_grouped(expr, below) {
            return Ok(());
        }
        if let ExprKind::Variable(variable) = &expr.kind {
            if variable.level != below {
                return Ok(());
            }
            if self.depends_on_key(*variable) {
                return Ok(());
            }
            return Err(self.ungrouped(expr, *variable, below));
        }
        let mut result = Ok(());
        expr.children(&mut |node| {
            if result.is_ok() {
                result = match node {
                    Node::Expr(child) => self.expr(child, below),
                    Node::Query(query) => self.inner(query, below + 1),
                };
            }
        });
        result
    }

    fn inner(&self, query: &Query, below: u32) -> Result<()> {
        let mut result = Ok(());
        query.children(&mut |node| {
            if result.is_ok() {
                result = match node {
                    Node::Expr(child) => self.expr(child, below),
                    Node::Query(query) => self.inner(query, below + 1),
                };
            }
        });
        result
    }

    fn is_grouped(&self, expr: &Expr, below: u32) -> bool {
        self.query.group_by.iter().any(|group| {
            if below == 0 {
                return group == expr;
            }
            match (&group.kind, &expr.kind) {
                (ExprKind::Variable(group), ExprKind::Variable(variable)) => {
                    variable.level == below
                        && Variable {
                            level: 0,
                            ..*variable
                        } == *group
                }
                _ => false,
            }
        })
    }

    /// The query's range is still with its level: it moves into the query at the end.
    fn entry(&self, variable: Variable) -> Option<&crate::tree::RangeEntry> {
        let level = self.analyzer.levels.last()?;
        level.range.get(usize::try_from(variable.entry).ok()?)
    }

    /// The relation's primary key is grouped by: all its columns are the same in the group.
    fn depends_on_key(&self, variable: Variable) -> bool {
        let Some(entry) = self.entry(variable) else {
            return false;
        };
        let RangeKind::Relation(relation) = &entry.kind else {
            return false;
        };
        relation.primary_key().is_some_and(|key| {
            !key.columns.is_empty()
                && key.columns.iter().all(|column| {
                    relation.position(column).is_some_and(|position| {
                        self.in_all_sets.iter().any(|group| {
                            matches!(
                                &group.kind,
                                ExprKind::Variable(grouped)
                                    if grouped.entry == variable.entry
                                        && grouped.level == 0
                                        && grouped.version == variable.version
                                        && grouped.column
                                            == Column::At(
                                                u32::try_from(position).unwrap_or(u32::MAX)
                                            )
                            )
                        })
                    })
                })
        })
    }

    fn ungrouped(&self, expr: &Expr, variable: Variable, below: u32) -> Box<Failure> {
        let entry = self.entry(variable);
        let name = match (entry, variable.column) {
            (Some(entry), Column::At(index)) => entry.columns.get(index as usize).map_or_else(
                || entry.alias.clone(),
                |column| format!("{}.{}", entry.alias, column.name),
            ),
            (Some(entry), _) => entry.alias.clone(),
            (None, _) => String::new(),
        };
        let message = if below > 0 {
            format!(
                "the subquery uses the column `{name}` of the outer query, which is not grouped by"
            )
        } else {
            format!("the column `{name}` is neither in GROUP BY nor inside an aggregate")
        };
        Failure::error(Code::UngroupedColumn, expr.span, message).help(format!(
            "add `{name}` to GROUP BY, or aggregate it, as with `max({name})`"
        ))
    }
}
