//! INSERT, UPDATE, DELETE, MERGE.

use pgdbm_template::TokenKind;

use super::{
    ast::{
        Assignment, AssignmentStep, AssignmentTarget, ConflictAction, ConflictTarget, Delete, Expr,
        ExprKind, IndexPart, Insert, InsertSource, Merge, MergeAction, MergeBranch, MergeMatched,
        Name, OnConflict, Overriding, Returning, Span, Update, With,
    },
    reader::{Read, Reader},
};

impl Reader<'_, '_> {
    pub(super) fn insert(&mut self, with: Option<With>, start: Span) -> Read<Insert> {
        self.advance();
        self.expect("into")?;
        let relation = self.object_name()?;
        let alias = if self.eat(&["as"]) {
            Some(self.column_name()?)
        } else {
            None
        };
        // A column may be called as a query begins: `(values, k)`.
        let is_column_list = self.word_at(1) == "values"
            && matches!(
                self.kind_at(2),
                Some(TokenKind::Comma | TokenKind::CloseParenthesis)
            );
        let columns = if self.is_open() && (is_column_list || !self.is_enclosed_query()) {
            self.enclosed(Self::assignment_target)?
        } else {
            Vec::new()
        };
        let overriding = self.overriding()?;
        let source = if self.eat(&["default", "values"]) {
            InsertSource::DefaultValues
        } else {
            InsertSource::Query(Box::new(self.query()?))
        };
        let on_conflict = self.on_conflict()?;
        Ok(Insert {
            with,
            relation,
            alias,
            columns,
            source,
            on_conflict,
            returning: self.returning()?,
            overriding,
            span: self.since(start),
        })
    }

    fn overriding(&mut self) -> Read<Option<Overriding>> {
        if !self.eat(&["overriding"]) {
            return Ok(None);
        }
        let overriding = if self.eat(&["system"]) {
            Overriding::System
        } else {
            self.expect("user")?;
            Overriding::User
        };
        self.expect("value")?;
        Ok(Some(overriding))
    }

    /// `name`, `name.field`, `name[1]`
    fn assignment_target(&mut self) -> Read<AssignmentTarget> {
        let start = self.here();
        let name = self.column_name()?;
        let mut path = Vec::new();
        loop {
            if self.is_kind(TokenKind::OpenBracket) {
                path.push(AssignmentStep::Subscript(self.subscript()?));
            } else if self.eat_kind(TokenKind::Dot) {
                path.push(AssignmentStep::Field(self.label()?));
            } else {
                break;
            }
        }
        Ok(AssignmentTarget {
            name,
            path,
            span: self.since(start),
        })
    }

    fn on_conflict(&mut self) -> Read<Option<OnConflict>> {
        let start = self.here();
        if !self.eat(&["on", "conflict"]) {
            return Ok(None);
        }
        let target = if self.eat(&["on", "constraint"]) {
            Some(ConflictTarget::Constraint(self.column_name()?))
        } else if self.is_open() {
            let span = self.here();
            let mut ordered = None;
            let elements = self.enclosed(|reader| {
                let expr = reader.conflict_element()?.expr;
                let start = reader.here();
                if reader.order() {
                    ordered = Some(reader.since(start));
                }
                Ok(expr)
            })?;
            Some(ConflictTarget::Columns {
                elements,
                ordered,
                filter: self.filter_of("where")?,
                span: self.since(span),
            })
        } else {
            None
        };
        self.expect("do")?;
        let action = if self.eat(&["nothing"]) {
            ConflictAction::Nothing
        } else {
            self.expect("update")?;
            self.expect("set")?;
            ConflictAction::Update {
                assignments: self.list(Self::assignment)?,
                filter: self.filter_of("where")?,
            }
        };
        Ok(Some(OnConflict {
            target,
            action,
            span: self.since(start),
        }))
    }

    /// An element of an index: a column, a call or an expression in parentheses, with collation, class and order behind it.
    pub(super) fn index_element(&mut self) -> Read<IndexPart> {
        let mut part = self.conflict_element()?;
        let start = self.here();
        if self.order() {
            part.order = Some(self.since(start));
        }
        Ok(part)
    }

    /// `[ASC | DESC] [NULLS FIRST | LAST]`; gives whether there is any.
    fn order(&mut self) -> bool {
        let mut is_there = self.eat(&["asc"]) || self.eat(&["desc"]);
        if self.is_nulls_order() {
            is_there = true;
            self.advance();
            self.advance();
        }
        is_there
    }

    /// NULLS is a name, unless FIRST or LAST follows.
    fn is_nulls_order(&self) -> bool {
        self.word() == "nulls" && matches!(self.word_at(1), "first" | "last")
    }

    /// The same without an order.
    fn conflict_element(&mut self) -> Read<IndexPart> {
        let is_name = matches!(
            self.kind(),
            Some(
                TokenKind::Identifier
                    | TokenKind::QuotedIdentifier { .. }
                    | TokenKind::UnicodeIdentifier { .. }
            )
        );
        if self.is_nulls_order() || !(is_name || self.is_open()) {
            return self.stop("a column, a call or an expression in parentheses");
        }
        let enclosed = self.is_open();
        // The parentheses are the element's own; a query needs a second pair.
        if enclosed && matches!(self.word_at(1), "select" | "values" | "with") {
            self.advance();
            return self.stop("an expression");
        }
        let expr = self.primary()?;
        if self.eat(&["collate"]) {
            self.any_object_name()?;
        }
        let mut class = None;
        if (self.is_column_name() || self.is_function_name())
            && !matches!(self.word(), "asc" | "desc")
            && !self.is_nulls_order()
        {
            class = Some(self.any_object_name()?);
            if self.is_open() {
                self.skip_enclosed()?;
            }
        }
        Ok(IndexPart {
            expr,
            enclosed,
            class,
            order: None,
        })
    }

    /// `RETURNING [WITH (OLD AS o, NEW AS n)] list`
    fn returning(&mut self) -> Read<Option<Returning>> {
        if !self.eat(&["returning"]) {
            return Ok(None);
        }
        let mut old = None;
        let mut new = None;
        if self.word() == "with" && self.kind_at(1) == Some(TokenKind::OpenParenthesis) {
            self.advance();
            self.enclosed(|reader| {
                let side = if reader.eat_plain("old") {
                    &mut old
                } else if reader.eat_plain("new") {
                    &mut new
                } else {
                    return reader.stop("OLD or NEW");
                };
                reader.expect("as")?;
                *side = Some(reader.column_name()?);
                Ok(())
            })?;
        }
        Ok(Some(Returning {
            old,
            new,
            targets: self.targets()?,
        }))
    }

    fn assignment(&mut self) -> Read<Assignment> {
        let start = self.here();
        if self.is_open() {
            let targets = self.enclosed(Self::assignment_target)?;
            self.equals()?;
            let source = self.expression()?;
            return Ok(Assignment::Columns {
                targets,
                source,
                span: self.since(start),
            });
        }
        let target = self.assignment_target()?;
        self.equals()?;
        Ok(Assignment::Column {
            target,
            value: self.expression()?,
        })
    }

    /// `[AS] name`; SET stands behind the relation of an UPDATE, so it is no name there.
    fn target_alias(&mut self) -> Read<Option<Name>> {
        if self.eat(&["as"]) {
            return self.column_name().map(Some);
        }
        if self.is_column_name() && self.word() != "set" {
            return Ok(Some(self.take_name()));
        }
        Ok(None)
    }

    pub(super) fn update(&mut self, with: Option<With>, start: Span) -> Read<Update> {
        self.advance();
        let (relation, only) = self.relation_name()?;
        let alias = self.target_alias()?;
        self.expect("set")?;
        let assignments = self.list(Self::assignment)?;
        let from = if self.eat(&["from"]) {
            self.table_refs()?
        } else {
            Vec::new()
        };
        Ok(Update {
            with,
            relation,
            only,
            alias,
            assignments,
            from,
            filter: self.filter_or_cursor()?,
            returning: self.returning()?,
            span: self.since(start),
        })
    }

    pub(super) fn delete(&mut self, with: Option<With>, start: Span) -> Read<Delete> {
        self.advance();
        self.expect("from")?;
        let (relation, only) = self.relation_name()?;
        let alias = self.target_alias()?;
        let using = if self.eat(&["using"]) {
            self.table_refs()?
        } else {
            Vec::new()
        };
        Ok(Delete {
            with,
            relation,
            only,
            alias,
            using,
            filter: self.filter_or_cursor()?,
            returning: self.returning()?,
            span: self.since(start),
        })
    }

    /// `WHERE condition`, `WHERE CURRENT OF cursor`
    fn filter_or_cursor(&mut self) -> Read<Option<Expr>> {
        let start = self.here();
        if self.eat(&["where", "current", "of"]) {
            let cursor = self.column_name()?;
            return Ok(Some(Expr::new(
                ExprKind::CurrentOf(cursor),
                self.since(start),
            )));
        }
        self.filter_of("where")
    }

    pub(super) fn merge(&mut self, with: Option<With>, start: Span) -> Read<Merge> {
        self.advance();
        self.expect("into")?;
        let (relation, only) = self.relation_name()?;
        let alias = self.target_alias()?;
        self.expect("using")?;
        let source = self.table_ref()?;
        self.expect("on")?;
        let condition = self.expression()?;
        let mut branches = Vec::new();
        while self.word() == "when" {
            branches.push(self.merge_branch()?);
        }
        if branches.is_empty() {
            return self.stop("when");
        }
        Ok(Merge {
            with,
            relation,
            only,
            alias,
            source,
            condition,
            branches,
            returning: self.returning()?,
            span: self.since(start),
        })
    }

    fn merge_branch(&mut self) -> Read<MergeBranch> {
        let start = self.here();
        self.advance();
        let matched = if self.eat(&["matched"]) {
            MergeMatched::Matched
        } else {
            self.expect("not")?;
            self.expect("matched")?;
            if self.eat(&["by", "source"]) {
                MergeMatched::NotMatchedBySource
            } else {
                self.eat(&["by", "target"]);
                MergeMatched::NotMatchedByTarget
            }
        };
        let condition = if self.eat(&["and"]) {
            Some(self.expression()?)
        } else {
            None
        };
        self.expect("then")?;
        let is_there = matched != MergeMatched::NotMatchedByTarget;
        let action = match self.word() {
            "insert" if is_there => {
                return self.stop("UPDATE, DELETE or DO NOTHING, because there is a row");
            }
            "update" | "delete" if !is_there => {
                return self.stop("INSERT or DO NOTHING, because there is no row");
            }
            "delete" => {
                self.advance();
                MergeAction::Delete
            }
            "do" => {
                self.advance();
                self.expect("nothing")?;
                MergeAction::Nothing
            }
            "update" => {
                self.advance();
                self.expect("set")?;
                MergeAction::Update(self.list(Self::assignment)?)
            }
            "insert" => {
                self.advance();
                let columns = if self.is_open() {
                    self.enclosed(Self::assignment_target)?
                } else {
                    Vec::new()
                };
                let overriding = self.overriding()?;
                let values = if self.eat(&["default", "values"]) {
                    None
                } else {
                    self.expect("values")?;
                    Some(self.enclosed(Self::expression)?)
                };
                MergeAction::Insert {
                    columns,
                    overriding,
                    values,
                }
            }
            _ => return self.stop("INSERT, UPDATE, DELETE or DO NOTHING"),
        };
        Ok(MergeBranch {
            matched,
            condition,
            action,
            span: self.since(start),
        })
    }
}
