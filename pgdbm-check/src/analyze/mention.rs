//! Which relations a common table's query mentions by a plain name: for the order of WITH RECURSIVE, and for the places
//! where a recursive table may mention itself. After `makeDependencyGraph` and `checkWellFormedRecursion`.

use pgdbm_template::Code;

use crate::failure::{Failure, Result};

use crate::syntax::ast::{
    Argument, Assignment, Call, CommonTable, CommonTableBody, ConflictAction, Distinct, Expr,
    ExprKind, FrameBound, FromItem, Grouping, InsertSource, JoinCondition, JoinKind, JsonBehavior,
    JsonExpr, JsonPathCall, Limit, MergeAction, Name, Over, Query, QueryBody, Returning, Select,
    SetOperator, Span, Subscript, Window, With, XmlExpr,
};

/// The plain names of all relations in it, at any depth.
pub(super) fn relations_of(body: &CommonTableBody) -> Vec<String> {
    let mut mentions = Mentions::default();
    mentions.body(body);
    mentions.names
}

/// Whether a recursive table mentions itself only once, and where each turn can see the rows of the last one.
pub(super) fn check_recursion(table: &CommonTable, query: &Query) -> Result<()> {
    let fault = |span: Span, what: &str| {
        Err(Failure::error(
            Code::MisplacedClause,
            span,
            format!("the recursive `{}` {what}", table.name.text),
        ))
    };
    let mut union = query;
    loop {
        let clauses = [
            union
                .order_by
                .first()
                .map(|order| (order.expr.span, "takes no ORDER BY")),
            union
                .offset
                .as_ref()
                .map(|offset| (offset.span, "takes no OFFSET")),
            union
                .limit
                .as_ref()
                .map(|_| (table.name.span, "takes no LIMIT")),
            union
                .locking
                .first()
                .map(|lock| (lock.span, "cannot lock its rows")),
        ];
        if let Some((span, what)) = clauses.into_iter().flatten().next() {
            return fault(span, what);
        }
        if let Some(with) = &union.with {
            let mut mentions = Mentions::of(table, Turn::Subquery);
            mentions.with(Some(with));
            if let Some((span, what)) = mentions.fault {
                return fault(span, what);
            }
        }
        match &union.body {
            QueryBody::Nested(inner) => union = inner,
            QueryBody::SetOperation(operation) => {
                let mut mentions = Mentions::of(table, Turn::Seen);
                mentions.query_body(&operation.right);
                return match mentions.fault {
                    Some((span, what)) => fault(span, what),
                    None => Ok(()),
                };
            }
            QueryBody::Select(_) | QueryBody::Values(_) => return Ok(()),
        }
    }
}

#[derive(Default)]
struct Mentions<'a> {
    names: Vec<String>,
    /// Tables of WITH inside, which hide those of the same name outside.
    hidden: Vec<&'a str>,
    /// The recursive table whose mentions are judged.
    recursive: Option<&'a str>,
    turn: Turn,
    mentioned: bool,
    /// The first mention that is none a recursive table may make.
    fault: Option<(Span, &'static str)>,
}

/// Whether the rows of the last turn of a recursion can be seen.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
enum Turn {
    #[default]
    Seen,
    Subquery,
    OuterJoin,
    Intersect,
    Except,
}

impl Turn {
    fn fault(self) -> Option<&'static str> {
        match self {
            Self::Seen => None,
            Self::Subquery => Some("cannot be used in a subquery of its own"),
            Self::OuterJoin => {
                Some("cannot be used on the side of an outer join that may be empty")
            }
            Self::Intersect => Some("cannot be used within INTERSECT ALL"),
            Self::Except => Some("cannot be used within EXCEPT"),
        }
    }
}

impl<'a> Mentions<'a> {
    fn of(table: &'a CommonTable, turn: Turn) -> Self {
        Self {
            recursive: Some(&table.name.text),
            turn,
            ..Self::default()
        }
    }

    /// Reads a part in which the recursion is seen otherwise.
    fn during(&mut self, turn: Turn, read: impl FnOnce(&mut Self)) {
        let before = std::mem::replace(&mut self.turn, turn);
        read(self);
        self.turn = before;
    }

    fn relation(&mut self, name: &Name) {
        if self.hidden.contains(&name.text.as_str()) {
            return;
        }
        if self.recursive == Some(name.text.as_str()) {
            let again = self
                .mentioned
                .then_some("cannot be used more than once in its own query");
            if let Some(what) = self.turn.fault().or(again) {
                self.fault.get_or_insert((name.span, what));
            }
            self.mentioned = true;
        }
        self.names.push(name.text.clone());
    }

    fn body(&mut self, body: &'a CommonTableBody) {
        match body {
            CommonTableBody::Query(query) => self.query(query),
            CommonTableBody::Insert(insert) => {
                let before = self.with(insert.with.as_ref());
                if let InsertSource::Query(query) = &insert.source {
                    self.query(query);
                }
                if let Some(conflict) = &insert.on_conflict
                    && let ConflictAction::Update {
                        assignments,
                        filter,
                    } = &conflict.action
                {
                    self.assignments(assignments);
                    self.all(filter);
                }
                self.returning(insert.returning.as_ref());
                self.leave(before);
            }
            CommonTableBody::Update(update) => {
                let before = self.with(update.with.as_ref());
                self.assignments(&update.assignments);
                self.from(&update.from);
                self.all(&update.filter);
                self.returning(update.returning.as_ref());
                self.leave(before);
            }
            CommonTableBody::Delete(delete) => {
                let before = self.with(delete.with.as_ref());
                self.from(&delete.using);
                self.all(&delete.filter);
                self.returning(delete.returning.as_ref());
                self.leave(before);
            }
            CommonTableBody::Merge(merge) => {
                let before = self.with(merge.with.as_ref());
                self.item(&merge.source);
                self.expr(&merge.condition);
                for branch in &merge.branches {
                    self.all(&branch.condition);
                    match &branch.action {
                        MergeAction::Update(assignments) => self.assignments(assignments),
                        MergeAction::Insert {
                            values: Some(values),
                            ..
                        } => self.all(values),
                        _ => {}
                    }
                }
                self.returning(merge.returning.as_ref());
                self.leave(before);
            }
        }
    }

    /// Reads the tables of a WITH, whose names hide others until [`Self::leave`] is given what comes back.
    fn with(&mut self, with: Option<&'a With>) -> usize {
        let before = self.hidden.len();
        let Some(with) = with else {
            return before;
        };
        let names = with.tables.iter().map(|table| table.name.text.as_str());
        if with.recursive {
            self.hidden.extend(names.clone());
        }
        for (table, name) in with.tables.iter().zip(names) {
            self.body(&table.body);
            if !with.recursive {
                self.hidden.push(name);
            }
        }
        before
    }

    fn leave(&mut self, before: usize) {
        self.hidden.truncate(before);
    }

    fn returning(&mut self, returning: Option<&'a Returning>) {
        for target in returning.into_iter().flat_map(|list| &list.targets) {
            self.expr(&target.expr);
        }
    }

    fn assignments(&mut self, assignments: &'a [Assignment]) {
        for assignment in assignments {
            match assignment {
                Assignment::Column { value, .. } => self.expr(value),
                Assignment::Columns { source, .. } => self.expr(source),
            }
        }
    }

    fn query(&mut self, query: &'a Query) {
        let before = self.with(query.with.as_ref());
        self.query_body(&query.body);
        for order in &query.order_by {
            self.expr(&order.expr);
        }
        if let Some(Limit::Count { count, .. }) = &query.limit {
            self.expr(count);
        }
        self.all(&query.offset);
        self.leave(before);
    }

    fn query_body(&mut self, body: &'a QueryBody) {
        match body {
            QueryBody::Select(select) => self.select(select),
            QueryBody::Values(values) => values.rows.iter().for_each(|row| self.all(row)),
            QueryBody::SetOperation(operation) => {
                let (left, right) = match operation.operator {
                    SetOperator::Intersect if operation.all => (Turn::Intersect, Turn::Intersect),
                    SetOperator::Except if operation.all => (Turn::Except, Turn::Except),
                    SetOperator::Except => (self.turn, Turn::Except),
                    _ => (self.turn, self.turn),
                };
                // What is wrong already stays so.
                let of = |turn| {
                    if self.turn == Turn::Seen {
                        turn
                    } else {
                        self.turn
                    }
                };
                let (left, right) = (of(left), of(right));
                self.during(left, |this| this.query_body(&operation.left));
                self.during(right, |this| this.query_body(&operation.right));
            }
            QueryBody::Nested(query) => self.query(query),
        }
    }

    fn select(&mut self, select: &'a Select) {
        if let Distinct::On(exprs) = &select.distinct {
            self.all(exprs);
        }
        for target in &select.targets {
            self.expr(&target.expr);
        }
        self.from(&select.from);
        self.all(&select.filter);
        self.all(&select.having);
        for grouping in &select.group_by {
            self.grouping(grouping);
        }
        for window in &select.windows {
            self.window(window);
        }
    }

    fn grouping(&mut self, grouping: &'a Grouping) {
        match grouping {
            Grouping::Expr(expr) => self.expr(expr),
            Grouping::Empty(_) => {}
            Grouping::Rollup(inner) | Grouping::Cube(inner) | Grouping::Sets(inner) => {
                inner.iter().for_each(|inner| self.grouping(inner));
            }
            Grouping::Tuple(exprs) => self.all(exprs),
        }
    }

    fn window(&mut self, window: &'a Window) {
        self.all(&window.partition_by);
        for order in &window.order_by {
            self.expr(&order.expr);
        }
        for bound in window
            .frame
            .iter()
            .flat_map(|frame| std::iter::once(&frame.start).chain(&frame.end))
        {
            if let FrameBound::Preceding(expr) | FrameBound::Following(expr) = bound {
                self.expr(expr);
            }
        }
    }

    fn from(&mut self, items: &'a [FromItem]) {
        for item in items {
            self.item(item);
        }
    }

    fn item(&mut self, item: &'a FromItem) {
        match item {
            FromItem::Relation { name, .. } => {
                if let [name] = name.parts.as_slice() {
                    self.relation(name);
                }
            }
            FromItem::Subquery { query, .. } => self.query(query),
            FromItem::Functions { functions, .. } => {
                for function in functions {
                    self.expr(&function.call);
                }
            }
            FromItem::Join(join) => {
                let emptied = if self.turn == Turn::Seen {
                    Turn::OuterJoin
                } else {
                    self.turn
                };
                let (left, right) = match join.kind {
                    JoinKind::Left => (self.turn, emptied),
                    JoinKind::Right => (emptied, self.turn),
                    JoinKind::Full => (emptied, emptied),
                    JoinKind::Cross | JoinKind::Inner => (self.turn, self.turn),
                };
                self.during(left, |this| this.item(&join.left));
                self.during(right, |this| this.item(&join.right));
                if let JoinCondition::On(expr) = &join.condition {
                    self.expr(expr);
                }
            }
            FromItem::XmlTable(table) => {
                self.expr(&table.row);
                self.expr(&table.document);
            }
            FromItem::JsonTable(table) => self.path(&table.source),
        }
    }

    fn all(&mut self, exprs: impl IntoIterator<Item = &'a Expr>) {
        for expr in exprs {
            self.expr(expr);
        }
    }

    fn call(&mut self, call: &'a Call) {
        for Argument { value, .. } in &call.arguments {
            self.expr(value);
        }
        for order in call.order_by.iter().chain(&call.within_group) {
            self.expr(&order.expr);
        }
        self.all(&call.filter);
        self.over(call.over.as_ref());
    }

    fn over(&mut self, over: Option<&'a Over>) {
        if let Some(Over::Window(window)) = over {
            self.window(window);
        }
    }

    fn path(&mut self, call: &'a JsonPathCall) {
        self.expr(&call.context.expr);
        self.expr(&call.path);
        for (value, _) in &call.passing {
            self.expr(&value.expr);
        }
        for behavior in call.on_empty.iter().chain(&call.on_error) {
            if let JsonBehavior::Default(expr) = behavior {
                self.expr(expr);
            }
        }
    }

    fn expr(&mut self, expr: &'a Expr) {
        match &expr.kind {
            ExprKind::Column(_)
            | ExprKind::Wildcard(_)
            | ExprKind::Literal(_)
            | ExprKind::Parameter(_)
            | ExprKind::Default
            | ExprKind::Ambient(_)
            | ExprKind::MergeAction
            | ExprKind::CurrentOf(_) => {}
            ExprKind::FieldWildcard(operand)
            | ExprKind::Prefix { operand, .. }
            | ExprKind::Not(operand)
            | ExprKind::IsNull { operand, .. }
            | ExprKind::IsTruth { operand, .. }
            | ExprKind::IsDocument { operand, .. }
            | ExprKind::IsJson { operand, .. }
            | ExprKind::Cast { operand, .. }
            | ExprKind::Collate { operand, .. }
            | ExprKind::Field { operand, .. } => self.expr(operand),
            ExprKind::Infix { left, right, .. }
            | ExprKind::IsDistinct { left, right, .. }
            | ExprKind::NullIf { left, right, .. }
            | ExprKind::QuantifiedArray {
                left, array: right, ..
            } => {
                self.expr(left);
                self.expr(right);
            }
            ExprKind::And(exprs)
            | ExprKind::Or(exprs)
            | ExprKind::Array(exprs)
            | ExprKind::Row { fields: exprs, .. }
            | ExprKind::Coalesce(exprs)
            | ExprKind::Greatest(exprs)
            | ExprKind::Least(exprs)
            | ExprKind::Grouping(exprs) => self.all(exprs),
            ExprKind::Like {
                operand,
                pattern,
                escape,
                ..
            } => {
                self.expr(operand);
                self.expr(pattern);
                self.all(escape.as_deref());
            }
            ExprKind::Between {
                operand, low, high, ..
            } => {
                self.expr(operand);
                self.expr(low);
                self.expr(high);
            }
            ExprKind::InList { operand, list, .. } => {
                self.expr(operand);
                self.all(list);
            }
            ExprKind::InQuery { operand, query, .. }
            | ExprKind::QuantifiedQuery {
                left: operand,
                query,
                ..
            } => {
                self.expr(operand);
                self.during(Turn::Subquery, |this| this.query(query));
            }
            ExprKind::Exists(query) | ExprKind::Subquery(query) | ExprKind::ArrayQuery(query) => {
                self.during(Turn::Subquery, |this| this.query(query));
            }
            ExprKind::Call(call) => self.call(call),
            ExprKind::Case {
                operand,
                branches,
                otherwise,
            } => {
                self.all(operand.as_deref());
                for branch in branches {
                    self.expr(&branch.when);
                    self.expr(&branch.then);
                }
                self.all(otherwise.as_deref());
            }
            ExprKind::AtTimeZone { operand, zone } => {
                self.expr(operand);
                self.all(zone.as_deref());
            }
            ExprKind::Subscript {
                operand,
                subscripts,
            } => {
                self.expr(operand);
                for subscript in subscripts {
                    match subscript {
                        Subscript::Index(index) => self.expr(index),
                        Subscript::Slice { lower, upper } => {
                            self.all(lower);
                            self.all(upper);
                        }
                    }
                }
            }
            ExprKind::Xml(xml) => self.xml(xml),
            ExprKind::Json(json) => self.json(json),
        }
    }

    fn xml(&mut self, xml: &'a XmlExpr) {
        match xml {
            XmlExpr::Element {
                attributes,
                content,
            } => {
                self.all(attributes.iter().map(|(expr, _)| expr));
                self.all(content);
            }
            XmlExpr::Forest(items) => self.all(items.iter().map(|(expr, _)| expr)),
            XmlExpr::Concat(items) => self.all(items),
            XmlExpr::Parse(expr) => self.expr(expr),
            XmlExpr::Pi(expr) => self.all(expr),
            XmlExpr::Root { xml, version } => {
                self.expr(xml);
                self.all(version);
            }
            XmlExpr::Serialize { operand, .. } => self.expr(operand),
            XmlExpr::Exists { path, document } => {
                self.expr(path);
                self.expr(document);
            }
        }
    }

    fn json(&mut self, json: &'a JsonExpr) {
        match json {
            JsonExpr::Object { pairs, .. } => {
                for (key, value) in pairs {
                    self.expr(key);
                    self.expr(&value.expr);
                }
            }
            JsonExpr::Array { values, .. } => self.all(values.iter().map(|value| &value.expr)),
            JsonExpr::ArrayQuery { query, .. } => {
                self.during(Turn::Subquery, |this| this.query(query));
            }
            JsonExpr::ObjectAgg {
                key,
                value,
                filter,
                over,
                ..
            } => {
                self.expr(key);
                self.expr(&value.expr);
                self.all(filter);
                self.over(over.as_ref());
            }
            JsonExpr::ArrayAgg {
                value,
                order_by,
                filter,
                over,
                ..
            } => {
                self.expr(&value.expr);
                for order in order_by {
                    self.expr(&order.expr);
                }
                self.all(filter);
                self.over(over.as_ref());
            }
            JsonExpr::Parse(value) | JsonExpr::Serialize { value, .. } => self.expr(&value.expr),
            JsonExpr::Scalar(expr) => self.expr(expr),
            JsonExpr::Exists(call) | JsonExpr::Value(call) | JsonExpr::Query(call) => {
                self.path(call);
            }
        }
    }
}
