//! Expressions without operators: constants, names, parentheses, and what begins with a word of its own.

use pgdbm_template::TokenKind;

use super::{
    ast::{Ambient, CaseBranch, Expr, ExprKind, Literal, Name, Subscript},
    literal,
    reader::{Read, Reader},
    type_name::{TYPE_WORDS, system_type},
};

/// Words that name types and columns and stand before no parenthesis, unless a string follows that.
const NOT_CALLED: &[&str] = &[
    "between",
    "bigint",
    "bit",
    "boolean",
    "char",
    "character",
    "dec",
    "decimal",
    "float",
    "inout",
    "int",
    "integer",
    "interval",
    "national",
    "nchar",
    "none",
    "numeric",
    "out",
    "precision",
    "real",
    "setof",
    "smallint",
    "time",
    "timestamp",
    "values",
    "varchar",
];

impl Reader<'_, '_> {
    /// `c_expr` with the fields and subscripts that follow it.
    pub(super) fn primary(&mut self) -> Read<Expr> {
        let start = self.here();
        let kind = match self.kind() {
            Some(
                TokenKind::String { .. }
                | TokenKind::EscapeString { .. }
                | TokenKind::UnicodeString { .. }
                | TokenKind::DollarString { .. },
            ) => ExprKind::Literal(Literal::String(self.string()?)),
            // N'…' is a character constant by the grammar.
            Some(TokenKind::NationalString { .. }) => {
                let text = self.string()?;
                let span = self.since(start);
                let operand = Expr::new(ExprKind::Literal(Literal::String(text)), span);
                ExprKind::Cast {
                    operand: Box::new(operand),
                    target: system_type("bpchar", Vec::new(), span),
                }
            }
            Some(TokenKind::BitString { .. } | TokenKind::HexString { .. }) => {
                let bits = literal::bits(self.text());
                self.advance();
                ExprKind::Literal(bits)
            }
            Some(TokenKind::Integer | TokenKind::Decimal | TokenKind::Real) => {
                return self.number();
            }
            Some(TokenKind::Parameter { .. }) => {
                let Ok(number) = self.text().get(1..).unwrap_or_default().parse() else {
                    return self.stop("a parameter's number");
                };
                self.advance();
                let parameter = Expr::new(ExprKind::Parameter(number), start);
                return self.indirection(parameter);
            }
            Some(TokenKind::OpenParenthesis) => return self.parenthesized(),
            Some(TokenKind::Identifier) => return self.word_expression(),
            Some(TokenKind::QuotedIdentifier { .. } | TokenKind::UnicodeIdentifier { .. }) => {
                return self.named();
            }
            _ => return self.stop("an expression"),
        };
        Ok(Expr::new(kind, self.since(start)))
    }

    /// `(expr)`, `(a, b)`, `(SELECT …)`.
    fn parenthesized(&mut self) -> Read<Expr> {
        let start = self.here();
        if self.is_enclosed_query() {
            let query = self.enclosed_query()?;
            let subquery = Expr::new(ExprKind::Subquery(Box::new(query)), self.since(start));
            return self.indirection(subquery);
        }
        self.open()?;
        let first = self.expression()?;
        if !self.eat_comma() {
            self.close()?;
            return self.indirection(first);
        }
        let mut fields = vec![first];
        fields.extend(self.list(Self::expression)?);
        self.close()?;
        let row = Expr::new(
            ExprKind::Row {
                fields,
                explicit: false,
            },
            self.since(start),
        );
        Ok(row)
    }

    /// `.name`, `.*`, `[1]`, `[1:2]` behind an expression.
    fn indirection(&mut self, base: Expr) -> Read<Expr> {
        let start = base.span;
        let mut expr = base;
        loop {
            if self.is_kind(TokenKind::OpenBracket) {
                let mut subscripts = Vec::new();
                while self.is_kind(TokenKind::OpenBracket) {
                    subscripts.push(self.subscript()?);
                }
                expr = Expr::new(
                    ExprKind::Subscript {
                        operand: Box::new(expr),
                        subscripts,
                    },
                    self.since(start),
                );
            } else if self.eat_kind(TokenKind::Dot) {
                let kind = if self.eat_operator("*") {
                    ExprKind::FieldWildcard(Box::new(expr))
                } else {
                    ExprKind::Field {
                        operand: Box::new(expr),
                        name: self.label()?,
                    }
                };
                expr = Expr::new(kind, self.since(start));
            } else {
                return Ok(expr);
            }
        }
    }

    pub(super) fn subscript(&mut self) -> Read<Subscript> {
        self.advance();
        let lower = if self.is_kind(TokenKind::Colon) {
            None
        } else {
            Some(self.expression()?)
        };
        let subscript = if self.eat_kind(TokenKind::Colon) {
            let upper = if self.is_kind(TokenKind::CloseBracket) {
                None
            } else {
                Some(self.expression()?)
            };
            Subscript::Slice { lower, upper }
        } else {
            match lower {
                Some(index) => Subscript::Index(index),
                None => return self.stop("a subscript"),
            }
        };
        self.close_bracket()?;
        Ok(subscript)
    }

    fn word_expression(&mut self) -> Read<Expr> {
        let start = self.here();
        let word = self.word();
        if let Some(ambient) = self.ambient(word) {
            return Ok(Expr::new(ExprKind::Ambient(ambient), self.since(start)));
        }
        let literal = match word {
            "null" => Some(ExprKind::Literal(Literal::Null)),
            "true" => Some(ExprKind::Literal(Literal::Boolean(true))),
            "false" => Some(ExprKind::Literal(Literal::Boolean(false))),
            "default" => Some(ExprKind::Default),
            _ => None,
        };
        if let Some(kind) = literal {
            self.advance();
            return Ok(Expr::new(kind, start));
        }
        // The fields of an interval stand behind its constant.
        let fields_first = word == "interval" && self.kind_at(1) == Some(TokenKind::Identifier);
        if TYPE_WORDS.contains(&word)
            && !fields_first
            && let Some(mut target) = self.type_before_constant()
        {
            let constant = self.here();
            let operand = Expr::new(ExprKind::Literal(Literal::String(self.string()?)), constant);
            if word == "interval" {
                self.interval_fields(&mut target.modifiers)?;
            }
            let kind = ExprKind::Cast {
                operand: Box::new(operand),
                target,
            };
            return Ok(Expr::new(kind, self.since(start)));
        }
        let called = self.kind_at(1) == Some(TokenKind::OpenParenthesis);
        let kind = match word {
            "case" => self.case()?,
            "array" if self.kind_at(1) == Some(TokenKind::OpenBracket) => {
                self.advance();
                return {
                    let mut array = self.array()?;
                    array.span = self.since(start);
                    self.indirection(array)
                };
            }
            "array" if called => {
                self.advance();
                ExprKind::ArrayQuery(Box::new(self.enclosed_query()?))
            }
            "exists" if called => {
                self.advance();
                ExprKind::Exists(Box::new(self.enclosed_query()?))
            }
            "row" if called => {
                self.advance();
                self.open()?;
                let fields = if self.is_close() {
                    Vec::new()
                } else {
                    self.list(Self::expression)?
                };
                self.close()?;
                ExprKind::Row {
                    fields,
                    explicit: true,
                }
            }
            _ => match self.special_call(word)? {
                Some(kind) => kind,
                None => return self.named(),
            },
        };
        Ok(Expr::new(kind, self.since(start)))
    }

    /// `[…]` of ARRAY, of which the entries may be such lists again.
    fn array(&mut self) -> Read<Expr> {
        let start = self.here();
        self.advance();
        let elements = if self.is_kind(TokenKind::CloseBracket) {
            Vec::new()
        } else {
            self.list(|reader| {
                if reader.is_kind(TokenKind::OpenBracket) {
                    reader.array()
                } else {
                    reader.expression()
                }
            })?
        };
        self.close_bracket()?;
        Ok(Expr::new(ExprKind::Array(elements), self.since(start)))
    }

    fn case(&mut self) -> Read<ExprKind> {
        self.advance();
        let operand = if self.word() == "when" {
            None
        } else {
            Some(Box::new(self.expression()?))
        };
        let mut branches = Vec::new();
        while self.eat(&["when"]) {
            let when = self.expression()?;
            self.expect("then")?;
            let then = self.expression()?;
            branches.push(CaseBranch { when, then });
        }
        if branches.is_empty() {
            return self.stop("when");
        }
        let otherwise = if self.eat(&["else"]) {
            Some(Box::new(self.expression()?))
        } else {
            None
        };
        self.expect("end")?;
        Ok(ExprKind::Case {
            operand,
            branches,
            otherwise,
        })
    }

    /// `CURRENT_DATE`, `LOCALTIME(3)`, …
    fn ambient(&mut self, word: &str) -> Option<Ambient> {
        let called = self.kind_at(1) == Some(TokenKind::OpenParenthesis);
        let (ambient, precision) = match word {
            "current_date" => (Ambient::CurrentDate, false),
            "current_time" => (Ambient::CurrentTime, true),
            "current_timestamp" => (Ambient::CurrentTimestamp, true),
            "localtime" => (Ambient::LocalTime, true),
            "localtimestamp" => (Ambient::LocalTimestamp, true),
            "current_role" => (Ambient::CurrentRole, false),
            "current_user" => (Ambient::CurrentUser, false),
            "user" => (Ambient::User, false),
            "session_user" => (Ambient::SessionUser, false),
            "system_user" => (Ambient::SystemUser, false),
            "current_catalog" => (Ambient::CurrentCatalog, false),
            // `current_schema()` and `current_schema.x` are a call and a name.
            "current_schema" if !called && self.kind_at(1) != Some(TokenKind::Dot) => {
                (Ambient::CurrentSchema, false)
            }
            _ => return None,
        };
        self.advance();
        if precision
            && called
            && self.kind_at(1) == Some(TokenKind::Integer)
            && self.kind_at(2) == Some(TokenKind::CloseParenthesis)
        {
            self.position += 3;
        }
        Some(ambient)
    }

    /// A column, a call or a constant with its type before it.
    fn named(&mut self) -> Read<Expr> {
        let start = self.here();
        if !self.is_column_name() && !self.is_function_name() {
            return self.stop("an expression");
        }
        let column = self.is_column_name();
        let function = self.is_function_name();
        let is_type_word = NOT_CALLED.contains(&self.word());
        let mut parts = vec![self.take_name()];
        loop {
            let is_one = parts.len() == 1;
            if is_one && (is_type_word && self.is_open() || !function && self.is_string()) {
                return self.stop("an operator or the end of the expression");
            }
            if self.is_open() {
                return self.call_or_constant(parts, start);
            }
            if self.is_string() {
                return self.constant_of(parts, start);
            }
            if !self.is_kind(TokenKind::Dot) || !column {
                break;
            }
            self.advance();
            if self.eat_operator("*") {
                return Ok(Expr::new(ExprKind::Wildcard(parts), self.since(start)));
            }
            parts.push(self.label()?);
        }
        if !column {
            return self.stop("an expression");
        }
        let expr = Expr::new(ExprKind::Column(parts), self.since(start));
        self.indirection(expr)
    }

    /// `type 'text'`
    fn constant_of(&mut self, parts: Vec<Name>, start: super::ast::Span) -> Read<Expr> {
        let name = super::ast::ObjectName {
            parts,
            span: self.since(start),
        };
        let target = super::ast::TypeName {
            span: name.span,
            name,
            modifiers: Vec::new(),
            array_dimensions: 0,
            set_of: false,
            column_type: false,
        };
        self.cast_constant(target, start)
    }

    pub(super) fn cast_constant(
        &mut self,
        target: super::ast::TypeName,
        start: super::ast::Span,
    ) -> Read<Expr> {
        let constant = self.here();
        let operand = Expr::new(ExprKind::Literal(Literal::String(self.string()?)), constant);
        Ok(Expr::new(
            ExprKind::Cast {
                operand: Box::new(operand),
                target,
            },
            self.since(start),
        ))
    }
}
