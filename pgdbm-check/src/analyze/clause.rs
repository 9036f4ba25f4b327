//! ORDER BY, GROUP BY, DISTINCT, WINDOW, LIMIT, FOR UPDATE. After `parse_clause.c`.

use pgdbm_template::{Code, nearest};

use super::Analyzer;
use super::coerce::is_binary_coercible;
use super::grouping::Grouped;
use super::scope::Place;
use crate::catalog::{Major, RelationKind, TypeId, TypeKind, format_type, oid};
use crate::failure::{Failure, Result};
use crate::syntax::ast::{self, Name, Span};
use crate::tree::{Expr, RangeKind, Target, Version, WindowClause};

pub(super) fn unknown_window(name: &Name) -> Box<Failure> {
    Failure::error(
        Code::UnknownWindow,
        name.span,
        format!("there is no window `{}`", name.text),
    )
    .help("declare it in a WINDOW clause")
}

impl Analyzer<'_> {
    // ---- what can be sorted and compared ----

    /// Sorting needs a default btree operator class. After `get_sort_group_operators`.
    pub(super) fn sortable(&self, expr: &Expr, span: Span) -> Result<()> {
        if self.has_class(expr.type_id, true, 0) {
            return Ok(());
        }
        Err(self.no_operator("ordered", expr.type_id, span))
    }

    /// Grouping and DISTINCT need equality: by a btree class or by a hash class.
    pub(super) fn comparable(&self, expr: &Expr, span: Span) -> Result<()> {
        if self.has_equality(expr.type_id) {
            return Ok(());
        }
        Err(self.no_operator("compared", expr.type_id, span))
    }

    pub(super) fn has_equality(&self, id: TypeId) -> bool {
        self.has_class(id, true, 0) || self.has_class(id, false, 0)
    }

    fn no_operator(&self, what: &str, id: TypeId, span: Span) -> Box<Failure> {
        let failure = Failure::error(
            Code::UnknownOperator,
            span,
            format!(
                "values of type `{}` cannot be {what}",
                format_type(self.catalog, id)
            ),
        );
        match id {
            oid::JSON => failure.help("cast to `jsonb`, which can"),
            oid::XML => failure.help("cast to `text`, which can"),
            _ => failure,
        }
    }

    /// Whether the type has a default operator class. After `GetDefaultOpClass` and `lookup_type_cache`.
    fn has_class(&self, id: TypeId, order: bool, depth: u32) -> bool {
        if depth > 32 {
            return true;
        }
        let (base, _) = self.catalog.base_type(id);
        let of = self.catalog.type_(base);
        if matches!(base, oid::RECORD | oid::UNKNOWN) {
            return true;
        }
        // Containers can do what their parts can.
        if let Some(element) = self.catalog.element_of(base)
            && base != oid::INT2VECTOR
            && base != oid::OIDVECTOR
        {
            return self.has_class(element, order, depth + 1);
        }
        match &of.kind {
            TypeKind::Composite => {
                return self.catalog.relation_of(base).is_none_or(|relation| {
                    relation
                        .attributes
                        .iter()
                        .all(|attribute| self.has_class(attribute.type_id, order, depth + 1))
                });
            }
            TypeKind::Enum(_) | TypeKind::Multirange { .. } | TypeKind::Range { .. } => {
                return true;
            }
            _ => {}
        }
        let exact = if order {
            self.catalog.has_order_class(base)
        } else {
            self.catalog.has_hash_class(base)
        };
        if exact {
            return true;
        }
        let mut classes: Box<dyn Iterator<Item = TypeId>> = if order {
            Box::new(self.catalog.order_classes())
        } else {
            Box::new(self.catalog.hash_classes())
        };
        classes.any(|class| is_binary_coercible(self.catalog, base, class))
    }

    // ---- ORDER BY and its kin ----

    /// An entry of ORDER BY or DISTINCT ON: a place, an alias, or an expression. After `findTargetlistEntrySQL92`.
    ///
    /// What is not in the select list is added to `extra`.
    pub(super) fn sort_entry(
        &mut self,
        expr: &ast::Expr,
        targets: &mut [Target],
        place: Place,
    ) -> Result<Expr> {
        if let Some(found) = self.named_entry(expr, targets, place)? {
            return Ok(found);
        }
        let analyzed = self.at(place, |this| this.expr(expr))?;
        self.settled_entry(analyzed, targets)
    }

    /// An expression that the select list has as well is that one: its type is settled with it. After
    /// `findTargetlistEntrySQL99`.
    pub(super) fn settled_entry(&mut self, expr: Expr, targets: &mut [Target]) -> Result<Expr> {
        if expr.type_id == oid::UNKNOWN
            && let Some(index) = targets.iter().position(|target| target.expr == expr)
        {
            return self.target_as_entry(targets, index);
        }
        Ok(expr)
    }

    /// What a name or a number alone stands for in ORDER BY, GROUP BY and DISTINCT ON.
    pub(super) fn named_entry(
        &mut self,
        expr: &ast::Expr,
        targets: &mut [Target],
        place: Place,
    ) -> Result<Option<Expr>> {
        match &expr.kind {
            ast::ExprKind::Column(names) => {
                let [name] = names.as_slice() else {
                    return Ok(None);
                };
                // In GROUP BY a column of FROM hides an alias.
                if place == Place::GroupBy && self.find_column(name, true)?.is_some() {
                    return Ok(None);
                }
                let mut found: Option<usize> = None;
                for (index, target) in targets.iter().enumerate() {
                    if target.name != name.text {
                        continue;
                    }
                    match found.and_then(|index| targets.get(index)) {
                        Some(earlier) if earlier.expr != target.expr => {
                            return Err(Failure::error(
                                Code::AmbiguousName,
                                name.span,
                                format!(
                                    "`{}` {} may mean several columns of the select list",
                                    name.text,
                                    place.words()
                                ),
                            )
                            .help("give each of them an alias of its own"));
                        }
                        Some(_) => {}
                        None => found = Some(index),
                    }
                }
                Ok(match found {
                    Some(index) => Some(self.target_as_entry(targets, index)?),
                    None => None,
                })
            }
            ast::ExprKind::Literal(ast::Literal::Integer(number)) => {
                let index = usize::try_from(*number)
                    .ok()
                    .and_then(|number| number.checked_sub(1))
                    .filter(|index| *index < targets.len());
                match index {
                    Some(index) => Ok(Some(self.target_as_entry(targets, index)?)),
                    None => Err(Failure::error(
                        Code::UnknownColumn,
                        expr.span,
                        format!("the select list has no column {number}"),
                    )
                    .help(format!("it has {}", targets.len()))),
                }
            }
            // Before 15 the grammar made a cast of it.
            ast::ExprKind::Literal(ast::Literal::Boolean(_))
                if self.catalog.builtin.major == Major::V14 =>
            {
                Ok(None)
            }
            ast::ExprKind::Literal(_) => Err(Failure::error(
                Code::MisplacedClause,
                expr.span,
                format!("a constant {} says nothing", place.words()),
            )
            .help("name a column, or the number of one")),
            _ => Ok(None),
        }
    }

    /// A column of the select list that another clause refers to, or DISTINCT compares: its type must be settled now.
    fn target_as_entry(&mut self, targets: &mut [Target], index: usize) -> Result<Expr> {
        let Some(target) = targets.get_mut(index) else {
            return Err(Failure::cannot_check(
                Span::default(),
                "a column that is not there",
            ));
        };
        if target.expr.type_id == oid::UNKNOWN {
            let expr = target.expr.clone();
            target.expr = self.unknown_to_text(expr)?;
        }
        Ok(target.expr.clone())
    }

    /// ORDER BY of a query.
    pub(super) fn order_by(
        &mut self,
        order_by: &[ast::OrderBy],
        targets: &mut [Target],
    ) -> Result<Vec<Expr>> {
        let mut sorted = Vec::with_capacity(order_by.len());
        for order in order_by {
            let expr = self.sort_entry(&order.expr, targets, Place::OrderBy)?;
            let expr = self.unknown_to_text(expr)?;
            self.sort_direction(order, &expr)?;
            sorted.push(expr);
        }
        Ok(sorted)
    }

    fn sort_direction(&mut self, order: &ast::OrderBy, expr: &Expr) -> Result<()> {
        match &order.direction {
            ast::Direction::Using(operator) => {
                self.find_operator(operator, Some(expr.type_id), expr.type_id)?;
                Ok(())
            }
            _ => self.sortable(expr, order.expr.span),
        }
    }

    /// DISTINCT and DISTINCT ON.
    pub(super) fn distinct_clause(
        &mut self,
        distinct: &ast::Distinct,
        targets: &mut [Target],
        order_by: &[(Expr, Span)],
    ) -> Result<()> {
        match distinct {
            ast::Distinct::No => Ok(()),
            ast::Distinct::All => {
                for (expr, span) in order_by {
                    if !targets.iter().any(|target| target.expr == *expr) {
                        return Err(Failure::error(
                            Code::MisplacedClause,
                            *span,
                            "with SELECT DISTINCT, ORDER BY sorts by columns of the select list only",
                        )
                        .help("add it to the select list"));
                    }
                }
                for index in 0..targets.len() {
                    let entry = self.target_as_entry(targets, index)?;
                    self.comparable(&entry, entry.span)?;
                }
                Ok(())
            }
            ast::Distinct::On(exprs) => {
                let mut on = Vec::with_capacity(exprs.len());
                for expr in exprs {
                    let entry = self.sort_entry(expr, targets, Place::DistinctOn)?;
                    let entry = self.unknown_to_text(entry)?;
                    self.comparable(&entry, expr.span)?;
                    on.push(entry);
                }
                // The first expressions of ORDER BY must be these, in any order.
                let mut open: Vec<&Expr> = Vec::new();
                for entry in &on {
                    if !open.contains(&entry) {
                        open.push(entry);
                    }
                }
                let mut skipped: Option<Span> = None;
                for (expr, span) in order_by {
                    match on.iter().any(|entry| entry == expr) {
                        true if skipped.is_some() => {
                            return Err(distinct_order(skipped.unwrap_or(*span)));
                        }
                        true => open.retain(|entry| *entry != expr),
                        false => skipped = skipped.or(Some(*span)),
                    }
                }
                match skipped {
                    Some(span) if !open.is_empty() => Err(distinct_order(span)),
                    _ => Ok(()),
                }
            }
        }
    }

    // ---- LIMIT ----

    /// LIMIT and OFFSET: a `bigint` without columns of the query.
    pub(super) fn limit(
        &mut self,
        expr: &ast::Expr,
        place: Place,
        with_ties: bool,
    ) -> Result<Expr> {
        let name = if place == Place::Limit {
            "LIMIT"
        } else {
            "OFFSET"
        };
        let span = expr.span;
        let analyzed = self.at(place, |this| this.expr(expr))?;
        let analyzed = self.coerce_to_specific(analyzed, oid::INT8, name)?;
        if super::expression::has_local_variables(&analyzed, 0) {
            return Err(Failure::error(
                Code::MisplacedClause,
                span,
                format!("{name} cannot depend on columns of the same query"),
            ));
        }
        if with_ties && analyzed.is_null_constant() {
            return Err(Failure::error(
                Code::NullValue,
                span,
                "the number of rows of FETCH FIRST … WITH TIES cannot be NULL",
            ));
        }
        Ok(analyzed)
    }

    // ---- windows ----

    /// WINDOW and what stands behind OVER. After `transformWindowDefinitions`.
    pub(super) fn windows(&mut self, targets: &mut [Target]) -> Result<Vec<WindowClause>> {
        let mut done: Vec<WindowClause> = Vec::new();
        let mut index = 0;
        // Definitions may hold calls that add more.
        while let Some(window) = self.level().window_definitions.get(index).cloned() {
            index += 1;
            let base = match &window.base {
                Some(base) => Some(
                    done.iter()
                        .find(|known| known.name.as_deref() == Some(base.text.as_str()))
                        .cloned()
                        .ok_or_else(|| {
                            let near = nearest(
                                &base.text,
                                done.iter().filter_map(|known| known.name.as_deref()),
                            )
                            .map(str::to_owned);
                            let failure = unknown_window(base);
                            match near {
                                Some(near) => failure.near(&near),
                                None => failure,
                            }
                        })?,
                ),
                None => None,
            };
            if let Some(name) = &window.name
                && done
                    .iter()
                    .any(|known| known.name.as_deref() == Some(name.text.as_str()))
            {
                return Err(Failure::error(
                    Code::AlreadyExists,
                    name.span,
                    format!("the window `{}` is declared twice", name.text),
                ));
            }
            let mut order_by = Vec::new();
            for order in &window.order_by {
                // Neither numbers nor aliases mean columns here.
                let expr = self.window_entry(&order.expr, targets, Place::WindowOrder)?;
                self.sort_direction(order, &expr)?;
                order_by.push(expr);
            }
            let mut partition_by = Vec::new();
            for expr in &window.partition_by {
                let entry = self.window_entry(expr, targets, Place::WindowPartition)?;
                self.comparable(&entry, expr.span)?;
                partition_by.push(entry);
            }
            if let Some(base) = &base {
                if !partition_by.is_empty() {
                    return Err(Failure::error(
                        Code::MisplacedClause,
                        window.span,
                        "a window that copies another cannot change its PARTITION BY",
                    ));
                }
                partition_by.clone_from(&base.partition_by);
                if !base.order_by.is_empty() {
                    if !order_by.is_empty() {
                        return Err(Failure::error(
                            Code::MisplacedClause,
                            window.span,
                            "a window that copies another cannot change its ORDER BY",
                        ));
                    }
                    order_by.clone_from(&base.order_by);
                }
                if base.frame.is_some() {
                    return Err(Failure::error(
                        Code::MisplacedClause,
                        window.span,
                        "a window with a frame cannot be copied",
                    ));
                }
            }
            let offsets = self.frame(window.frame.as_ref(), &order_by)?;
            done.push(WindowClause {
                name: window.name.as_ref().map(|name| name.text.clone()),
                partition_by,
                order_by,
                frame: window.frame.clone(),
                offsets,
            });
        }
        Ok(done)
    }

    fn window_entry(
        &mut self,
        expr: &ast::Expr,
        _targets: &mut [Target],
        place: Place,
    ) -> Result<Expr> {
        let entry = self.at(place, |this| this.expr(expr))?;
        self.unknown_to_text(entry)
    }

    fn frame(&mut self, frame: Option<&ast::Frame>, order_by: &[Expr]) -> Result<Vec<Expr>> {
        let Some(frame) = frame else {
            return Ok(Vec::new());
        };
        if frame.mode == ast::FrameMode::Groups && order_by.is_empty() {
            return Err(Failure::error(
                Code::MisplacedClause,
                frame.span,
                "a GROUPS frame needs ORDER BY in its window",
            ));
        }
        use ast::FrameBound::{
            CurrentRow, Following, Preceding, UnboundedFollowing, UnboundedPreceding,
        };
        let fault = match (&frame.start, frame.end.as_ref().unwrap_or(&CurrentRow)) {
            (UnboundedFollowing, _) => Some("a frame cannot start at UNBOUNDED FOLLOWING"),
            (_, UnboundedPreceding) => Some("a frame cannot end at UNBOUNDED PRECEDING"),
            (CurrentRow, Preceding(_)) | (Following(_), CurrentRow | Preceding(_)) => {
                Some("the frame ends before it starts")
            }
            _ => None,
        };
        if let Some(fault) = fault {
            return Err(Failure::error(Code::MisplacedClause, frame.span, fault));
        }
        let mut offsets = Vec::new();
        for bound in std::iter::once(&frame.start).chain(&frame.end) {
            let (ast::FrameBound::Preceding(expr) | ast::FrameBound::Following(expr)) = bound
            else {
                continue;
            };
            let offset = self.at(Place::Frame, |this| this.expr(expr))?;
            let offset = match frame.mode {
                ast::FrameMode::Rows => self.coerce_to_specific(offset, oid::INT8, "ROWS")?,
                ast::FrameMode::Groups => self.coerce_to_specific(offset, oid::INT8, "GROUPS")?,
                ast::FrameMode::Range => self.range_offset(offset, order_by, expr.span)?,
            };
            if super::expression::has_local_variables(&offset, 0) {
                return Err(Failure::error(
                    Code::MisplacedClause,
                    expr.span,
                    "a frame cannot depend on columns of the same query",
                ));
            }
            offsets.push(offset);
        }
        Ok(offsets)
    }

    /// RANGE offset PRECEDING: the type depends on what is sorted by. After `transformFrameOffset`.
    fn range_offset(&mut self, offset: Expr, order_by: &[Expr], span: Span) -> Result<Expr> {
        let [sorted] = order_by else {
            return Err(Failure::error(
                Code::MisplacedClause,
                span,
                "a RANGE frame with an offset needs exactly one ORDER BY column",
            ));
        };
        let (base, _) = self.catalog.base_type(sorted.type_id);
        // The types that the in_range support functions of the standard classes take.
        let accepted: &[TypeId] = match base {
            oid::INT2 | oid::INT4 => &[oid::INT8, oid::INT4, oid::INT2],
            oid::INT8 => &[oid::INT8],
            oid::FLOAT4 | oid::FLOAT8 => &[oid::FLOAT8],
            oid::NUMERIC => &[oid::NUMERIC],
            oid::DATE
            | oid::TIMESTAMP
            | oid::TIMESTAMPTZ
            | oid::INTERVAL
            | oid::TIME
            | oid::TIMETZ => &[oid::INTERVAL],
            _ => {
                return Err(Failure::error(
                    Code::TypeMismatch,
                    span,
                    format!(
                        "a RANGE frame with an offset cannot sort by `{}`",
                        format_type(self.catalog, sorted.type_id)
                    ),
                ));
            }
        };
        let own = offset.type_id;
        let preferred = if own == oid::UNKNOWN {
            if accepted.contains(&base) {
                base
            } else {
                accepted.first().copied().unwrap_or(oid::INTERVAL)
            }
        } else if accepted.contains(&own) {
            own
        } else {
            let mut fitting = accepted.iter().copied().filter(|id| {
                super::coerce::can_coerce_one(
                    self.catalog,
                    own,
                    *id,
                    crate::catalog::CastContext::Implicit,
                )
            });
            match fitting.next() {
                Some(id) => id,
                None => {
                    return Err(Failure::error(
                        Code::TypeMismatch,
                        span,
                        format!(
                            "a RANGE frame over `{}` takes no offset of type `{}`",
                            format_type(self.catalog, sorted.type_id),
                            format_type(self.catalog, own)
                        ),
                    ));
                }
            }
        };
        self.coerce_to_specific(offset, preferred, "RANGE")
    }

    // ---- FOR UPDATE ----

    /// FOR UPDATE and its kin. After `transformLockingClause`.
    pub(super) fn locking(&mut self, locking: &[ast::Locking], grouped: &Grouped) -> Result<()> {
        for lock in locking {
            let obstacle = if grouped.set_operation {
                Some("UNION, INTERSECT or EXCEPT")
            } else if grouped.distinct {
                Some("DISTINCT")
            } else if grouped.grouped {
                Some("GROUP BY")
            } else if grouped.having {
                Some("HAVING")
            } else if grouped.aggregates {
                Some("aggregates")
            } else if grouped.windows {
                Some("window functions")
            } else if grouped.set_returning {
                Some("set-returning functions in the select list")
            } else {
                None
            };
            if let Some(obstacle) = obstacle {
                return Err(Failure::error(
                    Code::MisplacedClause,
                    lock.span,
                    format!("rows cannot be locked in a query with {obstacle}"),
                ));
            }
            for name in &lock.relations {
                if name.parts.len() > 1 {
                    return Err(Failure::error(
                        Code::SyntaxError,
                        name.span,
                        "FOR UPDATE OF takes the alias or the name of a relation of FROM, without a schema",
                    ));
                }
                let level = self.level();
                let Some(item) = level
                    .items
                    .iter()
                    .find(|item| item.name.as_deref() == Some(name.name()))
                else {
                    let near = nearest(
                        name.name(),
                        level.items.iter().filter_map(|item| item.name.as_deref()),
                    )
                    .map(str::to_owned);
                    let failure = Failure::error(
                        Code::UnknownRelation,
                        name.span,
                        format!("`{}` is not in FROM", name.name()),
                    );
                    return Err(match near {
                        Some(near) => failure.near(&near),
                        None => failure,
                    });
                };
                let kind = item
                    .entry
                    .and_then(|entry| level.range.get(entry as usize))
                    .map(|entry| &entry.kind);
                let what = match kind {
                    Some(RangeKind::Relation(relation)) => match relation.kind {
                        RelationKind::Sequence => Some("a sequence"),
                        _ => None,
                    },
                    Some(RangeKind::Subquery(_)) => None,
                    Some(RangeKind::CommonTable { .. }) => Some("a WITH query"),
                    Some(RangeKind::Functions { .. }) => Some("a function"),
                    Some(RangeKind::Values(_)) => Some("VALUES"),
                    Some(RangeKind::TableFunction { .. }) => Some("a table function"),
                    Some(RangeKind::Set | RangeKind::Excluded(_)) => None,
                    None => Some("a join"),
                };
                if let Some(what) = what {
                    return Err(Failure::error(
                        Code::WrongKind,
                        name.span,
                        format!("the rows of {what} cannot be locked"),
                    ));
                }
            }
        }
        Ok(())
    }

    /// The items of the target of a data-changing statement.
    pub(super) fn current(&mut self, entry: u32) -> super::scope::Item {
        self.item_of(entry, Version::Current)
    }
}

fn distinct_order(span: Span) -> Box<Failure> {
    Failure::error(
        Code::MisplacedClause,
        span,
        "ORDER BY must begin with the expressions of DISTINCT ON",
    )
}
