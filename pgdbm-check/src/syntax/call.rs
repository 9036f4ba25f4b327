//! Calls: plain ones with all that may follow them, and those that the grammar spells in a way of its own.

use pgdbm_template::TokenKind;

use super::{
    ast::{
        Argument, Call, Expr, ExprKind, Literal, Name, ObjectName, OrderBy, Over, Span, TypeName,
    },
    reader::{Read, Reader},
    type_name::{system_name, system_type},
};

/// A call that the grammar writes: of a function in `pg_catalog`.
pub(super) fn system_call(name: &str, arguments: Vec<Expr>, span: Span) -> ExprKind {
    let mut call = plain_call(system_name(name, span), arguments);
    call.special_syntax = true;
    ExprKind::Call(Box::new(call))
}

fn plain_call(name: ObjectName, arguments: Vec<Expr>) -> Call {
    Call {
        name,
        arguments: arguments.into_iter().map(Argument::positional).collect(),
        variadic: false,
        star: false,
        distinct: false,
        order_by: Vec::new(),
        within_group: Vec::new(),
        filter: None,
        ignore_nulls: None,
        over: None,
        special_syntax: false,
    }
}

impl Reader<'_, '_> {
    /// `name(…)` with what follows, or `type(…) 'text'`.
    pub(super) fn call_or_constant(&mut self, parts: Vec<Name>, start: Span) -> Read<Expr> {
        let name = ObjectName {
            parts,
            span: self.since(start),
        };
        let mut call = self.call(name)?;
        if self.is_string()
            && !call.arguments.is_empty()
            && !call.distinct
            && !call.variadic
            && call
                .arguments
                .iter()
                .all(|argument| argument.name.is_none())
        {
            let target = TypeName {
                span: self.since(start),
                name: call.name,
                modifiers: call
                    .arguments
                    .into_iter()
                    .map(|argument| argument.value)
                    .collect(),
                array_dimensions: 0,
                set_of: false,
                column_type: false,
            };
            return self.cast_constant(target, start);
        }
        self.call_clauses(&mut call)?;
        Ok(Expr::new(ExprKind::Call(Box::new(call)), self.since(start)))
    }

    /// The parentheses of a call whose name is read.
    pub(super) fn call(&mut self, name: ObjectName) -> Read<Call> {
        let mut call = plain_call(name, Vec::new());
        self.open()?;
        if self.is_operator("*") && self.kind_at(1) == Some(TokenKind::CloseParenthesis) {
            self.advance();
            call.star = true;
        } else if !self.is_close() {
            call.distinct = self.eat(&["distinct"]);
            if !call.distinct {
                self.eat(&["all"]);
            }
            loop {
                if self.eat(&["variadic"]) {
                    call.variadic = true;
                }
                let argument = self.argument()?;
                call.arguments.push(argument);
                if call.variadic || !self.eat_comma() {
                    break;
                }
            }
            call.order_by = self.order_by()?;
        }
        self.close()?;
        Ok(call)
    }

    /// `WITHIN GROUP`, `FILTER`, `IGNORE NULLS`, `OVER`.
    fn call_clauses(&mut self, call: &mut Call) -> Read<()> {
        if self.eat(&["within", "group"]) {
            self.open()?;
            call.within_group = self.order_by()?;
            self.close()?;
        }
        call.filter = self.filter()?;
        if self.kind() == Some(TokenKind::Identifier) && self.word_at(1) == "nulls" {
            if self.eat_plain("ignore") {
                call.ignore_nulls = Some(true);
                self.advance();
            } else if self.eat_plain("respect") {
                call.ignore_nulls = Some(false);
                self.advance();
            }
        }
        call.over = self.over()?;
        Ok(())
    }

    pub(super) fn filter(&mut self) -> Read<Option<Expr>> {
        if !(self.word() == "filter" && self.kind_at(1) == Some(TokenKind::OpenParenthesis)) {
            return Ok(None);
        }
        self.advance();
        self.open()?;
        self.expect("where")?;
        let filter = self.expression()?;
        self.close()?;
        Ok(Some(filter))
    }

    pub(super) fn over(&mut self) -> Read<Option<Over>> {
        if !self.eat(&["over"]) {
            return Ok(None);
        }
        if self.is_open() {
            return Ok(Some(Over::Window(Box::new(self.window_specification()?))));
        }
        Ok(Some(Over::Name(self.column_name()?)))
    }

    /// `name => value`, `name := value`, `value`.
    fn argument(&mut self) -> Read<Argument> {
        let named = (self.is_function_name() || self.is_column_name())
            && matches!(
                self.kind_at(1),
                Some(TokenKind::ColonEquals | TokenKind::EqualsGreater)
            );
        if !named {
            return Ok(Argument::positional(self.expression()?));
        }
        let name = self.take_name();
        self.advance();
        Ok(Argument {
            name: Some(name),
            value: self.expression()?,
        })
    }

    /// ORDER BY, where it may be missing.
    pub(super) fn order_by(&mut self) -> Read<Vec<OrderBy>> {
        if self.eat(&["order", "by"]) {
            self.list(Self::sort_key)
        } else {
            Ok(Vec::new())
        }
    }

    /// What begins with a word of its own and parentheses; None, and nothing read, for any other word.
    pub(super) fn special_call(&mut self, word: &str) -> Read<Option<ExprKind>> {
        let start = self.here();
        if word == "collation" && self.word_at(1) == "for" {
            self.advance();
            self.advance();
            let argument = self.enclosed(Self::expression)?;
            return Ok(Some(system_call(
                "pg_collation_for",
                argument,
                self.since(start),
            )));
        }
        if self.kind_at(1) != Some(TokenKind::OpenParenthesis) {
            return Ok(None);
        }
        if word.starts_with("json") {
            return self.json_call(word);
        }
        if word.starts_with("xml") {
            return self.xml_call(word);
        }
        if !matches!(
            word,
            "cast"
                | "treat"
                | "coalesce"
                | "greatest"
                | "least"
                | "nullif"
                | "grouping"
                | "merge_action"
                | "extract"
                | "overlay"
                | "position"
                | "substring"
                | "trim"
                | "normalize"
        ) {
            return Ok(None);
        }
        let word_span = self.here();
        self.advance();
        self.advance();
        let kind = match word {
            "cast" | "treat" => {
                let operand = self.expression()?;
                self.expect("as")?;
                let target = self.type_name()?;
                if word == "treat" {
                    system_call(target.name.name(), vec![operand], self.since(start))
                } else {
                    ExprKind::Cast {
                        operand: Box::new(operand),
                        target,
                    }
                }
            }
            "coalesce" => ExprKind::Coalesce(self.list(Self::expression)?),
            "greatest" => ExprKind::Greatest(self.list(Self::expression)?),
            "least" => ExprKind::Least(self.list(Self::expression)?),
            "grouping" => ExprKind::Grouping(self.list(Self::expression)?),
            "merge_action" => ExprKind::MergeAction,
            "nullif" => {
                let left = Box::new(self.expression()?);
                if !self.eat_comma() {
                    return self.stop("`,`");
                }
                ExprKind::NullIf {
                    left,
                    right: Box::new(self.expression()?),
                    operator_span: word_span,
                }
            }
            "extract" => self.extract()?,
            "position" => {
                let wanted = self.restricted_expression()?;
                self.expect("in")?;
                let text = self.restricted_expression()?;
                system_call("position", vec![text, wanted], self.since(start))
            }
            "trim" => self.trim(start)?,
            "normalize" => {
                let mut arguments = vec![self.expression()?];
                if self.eat_comma() {
                    arguments.push(Expr::new(
                        ExprKind::Literal(Literal::String(self.word().to_ascii_uppercase())),
                        self.here(),
                    ));
                    self.advance();
                }
                system_call("normalize", arguments, self.since(start))
            }
            _ => return self.overlay_or_substring(word, start, word_span).map(Some),
        };
        self.close()?;
        Ok(Some(kind))
    }

    fn extract(&mut self) -> Read<ExprKind> {
        let span = self.here();
        let field = if self.is_string() {
            self.string()?
        } else {
            self.label()?.text
        };
        self.expect("from")?;
        let source = self.expression()?;
        let field = Expr::new(ExprKind::Literal(Literal::String(field)), span);
        Ok(system_call("extract", vec![field, source], span))
    }

    /// `TRIM([BOTH | LEADING | TRAILING] [characters] FROM text)`; the text comes first in the call.
    fn trim(&mut self, start: Span) -> Read<ExprKind> {
        let name = match self.word() {
            "leading" => "ltrim",
            "trailing" => "rtrim",
            _ => "btrim",
        };
        if matches!(self.word(), "both" | "leading" | "trailing") {
            self.advance();
        }
        let mut characters = Vec::new();
        if self.word() != "from" {
            characters = self.list(Self::expression)?;
        }
        let mut arguments = Vec::new();
        if self.eat(&["from"]) {
            arguments = self.list(Self::expression)?;
        }
        arguments.append(&mut characters);
        Ok(system_call(name, arguments, self.since(start)))
    }

    /// Both are plain calls too, with commas and names.
    fn overlay_or_substring(&mut self, word: &str, start: Span, word_span: Span) -> Read<ExprKind> {
        let after_open = self.position;
        if !self.is_close() {
            let first = self.expression();
            if let Ok(first) = first {
                let mut arguments = vec![first];
                match self.word() {
                    "placing" if word == "overlay" => {
                        self.advance();
                        arguments.push(self.expression()?);
                        self.expect("from")?;
                        arguments.push(self.expression()?);
                        if self.eat(&["for"]) {
                            arguments.push(self.expression()?);
                        }
                        self.close()?;
                        return Ok(system_call(word, arguments, self.since(start)));
                    }
                    "from" | "for" | "similar" if word == "substring" => {
                        self.substring_words(&mut arguments)?;
                        self.close()?;
                        return Ok(system_call(word, arguments, self.since(start)));
                    }
                    _ => {}
                }
            }
        }
        self.position = after_open - 1;
        let name = ObjectName {
            parts: vec![Name::new(word, word_span)],
            span: word_span,
        };
        Ok(ExprKind::Call(Box::new(self.call(name)?)))
    }

    fn substring_words(&mut self, arguments: &mut Vec<Expr>) -> Read<()> {
        if self.eat(&["similar"]) {
            arguments.push(self.expression()?);
            self.expect("escape")?;
            arguments.push(self.expression()?);
            return Ok(());
        }
        if self.eat(&["from"]) {
            arguments.push(self.expression()?);
            if self.eat(&["for"]) {
                arguments.push(self.expression()?);
            }
            return Ok(());
        }
        self.advance();
        let span = self.here();
        let length = self.expression()?;
        if self.eat(&["from"]) {
            arguments.push(self.expression()?);
            arguments.push(length);
            return Ok(());
        }
        // Without a start the server begins at 1, and takes the length as an int4.
        arguments.push(Expr::new(ExprKind::Literal(Literal::Integer(1)), span));
        let cast = ExprKind::Cast {
            operand: Box::new(length),
            target: system_type("int4", Vec::new(), span),
        };
        arguments.push(Expr::new(cast, span));
        Ok(())
    }
}
