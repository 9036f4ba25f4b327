//! SELECT, VALUES, TABLE and what may stand around them.

use pgdbm_template::TokenKind;

use super::{
    ast::{
        CommonTable, CommonTableBody, Cycle, Direction, Distinct, Expr, ExprKind, Frame,
        FrameBound, FrameMode, FromItem, Grouping, IntoTable, Limit, LockStrength, Locking, Nulls,
        OrderBy, Query, QueryBody, Search, Select, SetOperation, SetOperator, Span, Target, Values,
        Window, With,
    },
    reader::{Read, Reader},
};

impl Reader<'_, '_> {
    /// A query with its WITH.
    pub(super) fn query(&mut self) -> Read<Query> {
        let start = self.here();
        let with = self.with()?;
        self.query_with(with, start)
    }

    /// A query whose WITH is read.
    pub(super) fn query_with(&mut self, with: Option<With>, start: Span) -> Read<Query> {
        let body = self.set_operations(0)?;
        let order_by = self.order_by()?;
        let mut limit = None;
        let mut offset = None;
        let mut locking = Vec::new();
        loop {
            match self.word() {
                "limit" | "fetch" if limit.is_some() => break,
                "offset" if offset.is_some() => break,
                "limit" => limit = Some(self.limit()?),
                "fetch" => limit = Some(self.fetch()?),
                "offset" => {
                    self.advance();
                    offset = Some(self.expression()?);
                    if matches!(self.word(), "row" | "rows") {
                        self.advance();
                    }
                }
                "for" => locking.extend(self.locking()?),
                _ => break,
            }
        }
        let plain = with.is_none()
            && order_by.is_empty()
            && limit.is_none()
            && offset.is_none()
            && locking.is_empty();
        match body {
            // Parentheses around all of it say nothing.
            QueryBody::Nested(query) if plain => Ok(*query),
            body => Ok(Query {
                with,
                body,
                order_by,
                limit,
                offset,
                locking,
                span: self.since(start),
            }),
        }
    }

    /// `(query)`
    pub(super) fn enclosed_query(&mut self) -> Read<Query> {
        self.open()?;
        let query = self.query()?;
        self.close()?;
        Ok(query)
    }

    /// UNION and EXCEPT bind alike, INTERSECT binds tighter; all to the left.
    fn set_operations(&mut self, least: u8) -> Read<QueryBody> {
        let start = self.here();
        let mut left = self.set_operand()?;
        loop {
            let (operator, level) = match self.word() {
                "union" => (SetOperator::Union, 0),
                "except" => (SetOperator::Except, 0),
                "intersect" => (SetOperator::Intersect, 1),
                _ => return Ok(left),
            };
            if level < least {
                return Ok(left);
            }
            let operator_span = self.here();
            self.advance();
            let all = self.eat(&["all"]);
            if !all {
                self.eat(&["distinct"]);
            }
            let right = self.set_operations(level + 1)?;
            left = QueryBody::SetOperation(Box::new(SetOperation {
                operator,
                all,
                left,
                right,
                operator_span,
                span: self.since(start),
            }));
        }
    }

    fn set_operand(&mut self) -> Read<QueryBody> {
        let start = self.here();
        if self.is_open() {
            let query = self.enclosed_query()?;
            let plain = query.with.is_none()
                && query.order_by.is_empty()
                && query.limit.is_none()
                && query.offset.is_none()
                && query.locking.is_empty();
            return Ok(if plain {
                query.body
            } else {
                QueryBody::Nested(Box::new(query))
            });
        }
        match self.word() {
            "select" => Ok(QueryBody::Select(Box::new(self.select()?))),
            "values" => {
                self.advance();
                let rows = self.list(|reader| reader.enclosed(Self::expression))?;
                Ok(QueryBody::Values(Values {
                    rows,
                    span: self.since(start),
                }))
            }
            "table" => {
                self.advance();
                let relation = self.relation()?;
                let span = self.since(start);
                Ok(QueryBody::Select(Box::new(Select {
                    distinct: Distinct::No,
                    targets: vec![Target {
                        expr: Expr::new(ExprKind::Wildcard(Vec::new()), span),
                        alias: None,
                        span,
                    }],
                    into: None,
                    from: vec![relation],
                    filter: None,
                    group_by: Vec::new(),
                    group_distinct: false,
                    having: None,
                    windows: Vec::new(),
                    span,
                })))
            }
            _ => self.stop("SELECT, VALUES, TABLE or WITH"),
        }
    }

    fn select(&mut self) -> Read<Select> {
        let start = self.here();
        self.advance();
        let distinct = if self.eat(&["distinct"]) {
            if self.eat(&["on"]) {
                Distinct::On(self.enclosed(Self::expression)?)
            } else {
                Distinct::All
            }
        } else {
            self.eat(&["all"]);
            Distinct::No
        };
        let targets = if distinct == Distinct::No && self.ends_targets() {
            Vec::new()
        } else {
            self.targets()?
        };
        let into = if self.eat(&["into"]) {
            Some(self.select_into()?)
        } else {
            None
        };
        let from = if self.eat(&["from"]) {
            self.table_refs()?
        } else {
            Vec::new()
        };
        let filter = self.filter_of("where")?;
        let mut group_by = Vec::new();
        let mut group_distinct = false;
        if self.eat(&["group", "by"]) {
            group_distinct = self.eat(&["distinct"]);
            if !group_distinct {
                self.eat(&["all"]);
            }
            group_by = self.list(Self::grouping)?;
        }
        let having = self.filter_of("having")?;
        let windows = if self.eat(&["window"]) {
            self.list(|reader| {
                let name = reader.column_name()?;
                reader.expect("as")?;
                let mut window = reader.window_specification()?;
                window.name = Some(name);
                Ok(window)
            })?
        } else {
            Vec::new()
        };
        Ok(Select {
            distinct,
            targets,
            into,
            from,
            filter,
            group_by,
            group_distinct,
            having,
            windows,
            span: self.since(start),
        })
    }

    fn ends_targets(&self) -> bool {
        self.at_end()
            || self.is_close()
            || matches!(
                self.word(),
                "from"
                    | "into"
                    | "where"
                    | "group"
                    | "having"
                    | "window"
                    | "union"
                    | "intersect"
                    | "except"
                    | "order"
                    | "limit"
                    | "offset"
                    | "fetch"
                    | "for"
                    | "on"
                    | "returning"
            )
    }

    pub(super) fn targets(&mut self) -> Read<Vec<Target>> {
        self.list(|reader| {
            let start = reader.here();
            if reader.eat_operator("*") {
                return Ok(Target {
                    expr: Expr::new(ExprKind::Wildcard(Vec::new()), start),
                    alias: None,
                    span: start,
                });
            }
            let expr = reader.expression()?;
            let alias = if reader.eat(&["as"]) {
                Some(reader.label()?)
            } else if reader.is_bare_label() {
                Some(reader.take_name())
            } else {
                None
            };
            Ok(Target {
                expr,
                alias,
                span: reader.since(start),
            })
        })
    }

    fn select_into(&mut self) -> Read<IntoTable> {
        if matches!(self.word(), "local" | "global") {
            self.advance();
        }
        let temporary = matches!(self.word(), "temp" | "temporary");
        if temporary || self.word() == "unlogged" {
            self.advance();
        }
        self.eat(&["table"]);
        Ok(IntoTable {
            name: self.object_name()?,
            temporary,
        })
    }

    /// `WHERE condition`, `HAVING condition`
    pub(super) fn filter_of(&mut self, word: &str) -> Read<Option<Expr>> {
        if self.eat(&[word]) {
            self.expression().map(Some)
        } else {
            Ok(None)
        }
    }

    fn grouping(&mut self) -> Read<Grouping> {
        let start = self.here();
        let called = self.kind_at(1) == Some(TokenKind::OpenParenthesis);
        match self.word() {
            "rollup" if called => {
                self.advance();
                Ok(Grouping::Rollup(self.enclosed(Self::grouping_element)?))
            }
            "cube" if called => {
                self.advance();
                Ok(Grouping::Cube(self.enclosed(Self::grouping_element)?))
            }
            "grouping" if self.word_at(1) == "sets" => {
                self.advance();
                self.advance();
                Ok(Grouping::Sets(self.enclosed(Self::grouping_element)?))
            }
            _ if self.is_open() && self.kind_at(1) == Some(TokenKind::CloseParenthesis) => {
                self.advance();
                self.advance();
                Ok(Grouping::Empty(self.since(start)))
            }
            _ => Ok(Grouping::Expr(self.expression()?)),
        }
    }

    /// Inside ROLLUP, CUBE and GROUPING SETS parentheses make a set of columns, not a row.
    fn grouping_element(&mut self) -> Read<Grouping> {
        Ok(match self.grouping()? {
            Grouping::Expr(Expr {
                kind:
                    ExprKind::Row {
                        fields,
                        explicit: false,
                    },
                ..
            }) => Grouping::Tuple(fields),
            other => other,
        })
    }

    pub(super) fn sort_key(&mut self) -> Read<OrderBy> {
        let expr = self.expression()?;
        let direction = match self.word() {
            "asc" => {
                self.advance();
                Direction::Ascending
            }
            "desc" => {
                self.advance();
                Direction::Descending
            }
            "using" => {
                self.advance();
                Direction::Using(self.any_operator()?)
            }
            _ => Direction::Default,
        };
        let nulls = if self.eat(&["nulls", "first"]) {
            Some(Nulls::First)
        } else if self.eat(&["nulls", "last"]) {
            Some(Nulls::Last)
        } else {
            None
        };
        Ok(OrderBy {
            expr,
            direction,
            nulls,
        })
    }

    fn limit(&mut self) -> Read<Limit> {
        self.advance();
        if self.eat(&["all"]) {
            return Ok(Limit::All);
        }
        Ok(Limit::Count {
            count: self.expression()?,
            with_ties: false,
        })
    }

    /// `FETCH FIRST [n] ROWS ONLY | WITH TIES`
    fn fetch(&mut self) -> Read<Limit> {
        self.advance();
        if !self.eat(&["first"]) {
            self.expect("next")?;
        }
        let span = self.here();
        let count = if matches!(self.word(), "row" | "rows") {
            Expr::new(ExprKind::Literal(super::ast::Literal::Integer(1)), span)
        } else {
            self.expression()?
        };
        if !self.eat(&["row"]) {
            self.expect("rows")?;
        }
        let with_ties = self.eat(&["with", "ties"]);
        if !with_ties {
            self.expect("only")?;
        }
        Ok(Limit::Count { count, with_ties })
    }

    /// None: `FOR READ ONLY`.
    fn locking(&mut self) -> Read<Option<Locking>> {
        let start = self.here();
        self.advance();
        if self.eat(&["read", "only"]) {
            return Ok(None);
        }
        let strength = if self.eat(&["update"]) {
            LockStrength::Update
        } else if self.eat(&["share"]) {
            LockStrength::Share
        } else if self.eat(&["no", "key", "update"]) {
            LockStrength::NoKeyUpdate
        } else if self.eat(&["key", "share"]) {
            LockStrength::KeyShare
        } else {
            return self.stop("UPDATE, NO KEY UPDATE, SHARE or KEY SHARE");
        };
        let relations = if self.eat(&["of"]) {
            self.list(Self::object_name)?
        } else {
            Vec::new()
        };
        let skip_locked = !self.eat(&["nowait"]) && self.eat(&["skip", "locked"]);
        Ok(Some(Locking {
            strength,
            relations,
            skip_locked,
            span: self.since(start),
        }))
    }

    /// `([base] [PARTITION BY …] [ORDER BY …] [frame])`
    pub(super) fn window_specification(&mut self) -> Read<Window> {
        let start = self.here();
        self.open()?;
        let base = if self.is_column_name()
            && !matches!(self.word(), "partition" | "range" | "rows" | "groups")
        {
            Some(self.take_name())
        } else {
            None
        };
        let partition_by = if self.eat(&["partition", "by"]) {
            self.list(Self::expression)?
        } else {
            Vec::new()
        };
        let order_by = self.order_by()?;
        let frame = self.frame()?;
        self.close()?;
        Ok(Window {
            name: None,
            base,
            partition_by,
            order_by,
            frame,
            span: self.since(start),
        })
    }

    fn frame(&mut self) -> Read<Option<Frame>> {
        let span = self.here();
        let mode = match self.word() {
            "range" => FrameMode::Range,
            "rows" => FrameMode::Rows,
            "groups" => FrameMode::Groups,
            _ => return Ok(None),
        };
        self.advance();
        let (start, end) = if self.eat(&["between"]) {
            let start = self.frame_bound()?;
            self.expect("and")?;
            (start, Some(self.frame_bound()?))
        } else {
            (self.frame_bound()?, None)
        };
        if self.eat(&["exclude"])
            && !self.eat(&["current", "row"])
            && !self.eat(&["group"])
            && !self.eat(&["ties"])
            && !self.eat(&["no", "others"])
        {
            return self.stop("CURRENT ROW, GROUP, TIES or NO OTHERS");
        }
        Ok(Some(Frame {
            mode,
            start,
            end,
            span: self.since(span),
        }))
    }

    fn frame_bound(&mut self) -> Read<FrameBound> {
        if self.eat(&["unbounded", "preceding"]) {
            return Ok(FrameBound::UnboundedPreceding);
        }
        if self.eat(&["unbounded", "following"]) {
            return Ok(FrameBound::UnboundedFollowing);
        }
        if self.eat(&["current", "row"]) {
            return Ok(FrameBound::CurrentRow);
        }
        let offset = self.expression()?;
        if self.eat(&["preceding"]) {
            return Ok(FrameBound::Preceding(offset));
        }
        self.expect("following")?;
        Ok(FrameBound::Following(offset))
    }

    pub(super) fn with(&mut self) -> Read<Option<With>> {
        let start = self.here();
        if !self.eat(&["with"]) {
            return Ok(None);
        }
        // A common table may itself have this name.
        let recursive = self.word_at(1) != "as"
            && self.kind_at(1) != Some(TokenKind::OpenParenthesis)
            && self.eat(&["recursive"]);
        let tables = self.list(Self::common_table)?;
        Ok(Some(With {
            recursive,
            tables,
            span: self.since(start),
        }))
    }

    fn common_table(&mut self) -> Read<CommonTable> {
        let start = self.here();
        let name = self.column_name()?;
        let columns = self.optional_column_names()?;
        self.expect("as")?;
        if !self.eat(&["materialized"]) {
            self.eat(&["not", "materialized"]);
        }
        self.open()?;
        let body = self.common_table_body()?;
        self.close()?;
        let search = self.search()?;
        let cycle = self.cycle()?;
        Ok(CommonTable {
            name,
            columns,
            body,
            search,
            cycle,
            span: self.since(start),
        })
    }

    fn common_table_body(&mut self) -> Read<CommonTableBody> {
        let start = self.here();
        let with = self.with()?;
        Ok(match self.word() {
            "insert" => CommonTableBody::Insert(Box::new(self.insert(with, start)?)),
            "update" => CommonTableBody::Update(Box::new(self.update(with, start)?)),
            "delete" => CommonTableBody::Delete(Box::new(self.delete(with, start)?)),
            "merge" => CommonTableBody::Merge(Box::new(self.merge(with, start)?)),
            _ => CommonTableBody::Query(Box::new(self.query_with(with, start)?)),
        })
    }

    fn search(&mut self) -> Read<Option<Search>> {
        if !self.eat(&["search"]) {
            return Ok(None);
        }
        let breadth_first = self.eat(&["breadth"]);
        if !breadth_first {
            self.expect("depth")?;
        }
        self.expect("first")?;
        self.expect("by")?;
        let columns = self.list(Self::column_name)?;
        self.expect("set")?;
        Ok(Some(Search {
            breadth_first,
            columns,
            sequence: self.column_name()?,
        }))
    }

    fn cycle(&mut self) -> Read<Option<Cycle>> {
        let start = self.here();
        if !self.eat(&["cycle"]) {
            return Ok(None);
        }
        let columns = self.list(Self::column_name)?;
        self.expect("set")?;
        let mark = self.column_name()?;
        let values = if self.eat(&["to"]) {
            let value = self.primary()?;
            self.expect("default")?;
            Some((value, self.primary()?))
        } else {
            None
        };
        self.expect("using")?;
        Ok(Some(Cycle {
            columns,
            mark,
            values,
            path: self.column_name()?,
            span: self.since(start),
        }))
    }

    /// A relation with neither alias nor sample: `[ONLY] name [*]`.
    fn relation(&mut self) -> Read<FromItem> {
        let (name, only) = self.relation_name()?;
        Ok(FromItem::Relation {
            name,
            only,
            alias: None,
            sample: None,
        })
    }
}
