//! Expressions: operators by PostgreSQL's table of precedence.
//!
//! Follows the manual's [Operator Precedence](https://www.postgresql.org/docs/current/sql-syntax-lexical.html#SQL-PRECEDENCE)
//! and the precedence declarations of the server's grammar, by climbing.

use pgdbm_template::TokenKind;

use super::{
    ast::{Expr, ExprKind, LikeKind, Literal, Name, Operator, Quantifier, Span, Truth},
    reader::{Read, Reader},
};

/// How tightly operators bind, the loosest first.
mod precedence {
    pub(super) const OR: u8 = 1;
    pub(super) const AND: u8 = 2;
    pub(super) const NOT: u8 = 3;
    pub(super) const IS: u8 = 4;
    pub(super) const COMPARISON: u8 = 5;
    /// BETWEEN, IN, LIKE, ILIKE, SIMILAR.
    pub(super) const RANGE: u8 = 6;
    /// Every operator without a place of its own.
    pub(super) const OTHER: u8 = 8;
    pub(super) const ADDITION: u8 = 9;
    pub(super) const MULTIPLICATION: u8 = 10;
    pub(super) const POWER: u8 = 11;
    pub(super) const AT: u8 = 12;
    pub(super) const COLLATE: u8 = 13;
    pub(super) const SIGN: u8 = 14;
    pub(super) const CAST: u8 = 17;
    /// OVERLAPS, which stands between two rows and nothing else.
    pub(super) const ROW: u8 = 18;
}

/// Which operators an expression may hold: `b_expr` of the grammar stands where AND, IN and the like would be taken for
/// what follows it.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Form {
    Full,
    Restricted,
}

/// What may follow an operand.
#[derive(Clone, Copy)]
enum Follower {
    Or,
    And,
    Is,
    IsNull { negated: bool },
    Range { negated: bool },
    Operator,
    QualifiedOperator,
    At,
    Collate,
    Cast,
    Overlaps,
}

impl Reader<'_, '_> {
    /// `a_expr`
    pub(super) fn expression(&mut self) -> Read<Expr> {
        self.climb(0, Form::Full)
    }

    /// `b_expr`
    pub(super) fn restricted_expression(&mut self) -> Read<Expr> {
        self.climb(0, Form::Restricted)
    }

    fn climb(&mut self, least: u8, form: Form) -> Read<Expr> {
        let start = self.here();
        let mut left = self.operand(form)?;
        // The level of a non-associative operator whose right operand has just ended.
        let mut closed = None;
        while let Some((follower, level)) = self.follower(form) {
            if level < least {
                break;
            }
            if closed == Some(level) {
                return self.stop("an operator that may follow this one");
            }
            // Deeper, the operator would bind what stands before it before a column could have a name.
            if least == 0 && self.is_last_word() {
                break;
            }
            let (expr, ends_open) = self.follow(left, follower, level, form, start)?;
            left = expr;
            left.span = self.since(start);
            self.tokens.note_group(left.span);
            closed = ends_open.then_some(level);
        }
        Ok(left)
    }

    /// A prefix operator with its operand, or a primary expression.
    fn operand(&mut self, form: Form) -> Read<Expr> {
        let start = self.here();
        if self.word() == "not" && form == Form::Full {
            self.advance();
            let operand = self.climb(precedence::NOT, form)?;
            let span = self.since(start);
            self.tokens.note_group(span);
            return Ok(Expr::new(ExprKind::Not(Box::new(operand)), span));
        }
        if let Some(operator) = self.prefix_operator()? {
            let level = match operator.name.as_str() {
                "+" | "-" if operator.schema.is_none() => precedence::SIGN,
                _ => precedence::OTHER + 1,
            };
            let operand = self.climb(level, form)?;
            let span = self.since(start);
            self.tokens.note_group(span);
            if operator.name == "-" && operator.schema.is_none() {
                return Ok(negate(operator, operand, span));
            }
            return Ok(Expr::new(
                ExprKind::Prefix {
                    operator,
                    operand: Box::new(operand),
                },
                span,
            ));
        }
        self.primary()
    }

    fn prefix_operator(&mut self) -> Read<Option<Operator>> {
        match self.kind() {
            Some(TokenKind::Operator { .. })
                if !matches!(
                    self.text(),
                    "*" | "/" | "%" | "^" | "<" | ">" | "=" | "<=" | ">=" | "<>" | "!="
                ) =>
            {
                Ok(Some(self.take_operator()))
            }
            Some(TokenKind::Identifier) if self.is_qualified_operator() => {
                self.qualified_operator().map(Some)
            }
            _ => Ok(None),
        }
    }

    fn is_qualified_operator(&self) -> bool {
        self.word() == "operator" && self.kind_at(1) == Some(TokenKind::OpenParenthesis)
    }

    /// The operator's token at the cursor.
    pub(super) fn take_operator(&mut self) -> Operator {
        let span = self.here();
        let name = match self.text() {
            "!=" => "<>".to_owned(),
            text => text.to_owned(),
        };
        self.advance();
        Operator {
            schema: None,
            name,
            span,
        }
    }

    /// `OPERATOR(schema.+)`
    pub(super) fn qualified_operator(&mut self) -> Read<Operator> {
        let start = self.here();
        self.expect("operator")?;
        self.open()?;
        let (schema, name) = self.operator_name()?;
        self.close()?;
        Ok(Operator {
            schema,
            name,
            span: self.since(start),
        })
    }

    /// `schema.+`
    pub(super) fn operator_name(&mut self) -> Read<(Option<Name>, String)> {
        let mut schema = None;
        while self.is_column_name() && self.kind_at(1) == Some(TokenKind::Dot) {
            schema = Some(self.take_name());
            self.advance();
        }
        if !matches!(self.kind(), Some(TokenKind::Operator { .. })) {
            return self.stop("an operator");
        }
        Ok((schema, self.take_operator().name))
    }

    /// An operator in any of its ways, for ORDER BY … USING.
    pub(super) fn any_operator(&mut self) -> Read<Operator> {
        if self.is_qualified_operator() {
            self.qualified_operator()
        } else if matches!(self.kind(), Some(TokenKind::Operator { .. })) {
            Ok(self.take_operator())
        } else {
            self.stop("an operator")
        }
    }

    fn follower(&self, form: Form) -> Option<(Follower, u8)> {
        match self.kind()? {
            TokenKind::Typecast => Some((Follower::Cast, precedence::CAST)),
            TokenKind::Operator { .. } => {
                let level = match self.text() {
                    "+" | "-" => precedence::ADDITION,
                    "*" | "/" | "%" => precedence::MULTIPLICATION,
                    "^" => precedence::POWER,
                    "<" | ">" | "=" | "<=" | ">=" | "<>" | "!=" => precedence::COMPARISON,
                    _ => precedence::OTHER,
                };
                Some((Follower::Operator, level))
            }
            TokenKind::Identifier => self.word_follower(form),
            _ => None,
        }
    }

    /// Whether what follows can be no operand, as in `SELECT a is, b` and `SELECT a and FROM t`: then the word is the column's
    /// name and no operator.
    fn is_last_word(&self) -> bool {
        if self.kind() != Some(TokenKind::Identifier) {
            return false;
        }
        let ends = match self.kind_at(1) {
            None | Some(TokenKind::Comma | TokenKind::CloseParenthesis) => true,
            Some(TokenKind::Identifier) => matches!(
                self.word_at(1),
                "from"
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
                    | "into"
                    | "on"
                    | "returning"
            ),
            _ => false,
        };
        ends && !matches!(self.word(), "isnull" | "notnull" | "overlaps")
    }

    fn word_follower(&self, form: Form) -> Option<(Follower, u8)> {
        let found = match self.word() {
            "operator" if self.is_qualified_operator() => {
                (Follower::QualifiedOperator, precedence::OTHER)
            }
            "is" => {
                let negated = self.word_at(1) == "not";
                let what = self.word_at(1 + usize::from(negated));
                if form == Form::Restricted && !matches!(what, "distinct" | "document") {
                    return None;
                }
                (Follower::Is, precedence::IS)
            }
            _ if form == Form::Restricted => return None,
            "or" => (Follower::Or, precedence::OR),
            "and" => (Follower::And, precedence::AND),
            "isnull" => (Follower::IsNull { negated: false }, precedence::IS),
            "notnull" => (Follower::IsNull { negated: true }, precedence::IS),
            // `substring(a SIMILAR b ESCAPE c)`
            "similar" if self.word_at(1) != "to" => return None,
            "between" | "in" | "like" | "ilike" | "similar" => {
                (Follower::Range { negated: false }, precedence::RANGE)
            }
            "not"
                if matches!(
                    self.word_at(1),
                    "between" | "in" | "like" | "ilike" | "similar"
                ) =>
            {
                (Follower::Range { negated: true }, precedence::RANGE)
            }
            "at" => (Follower::At, precedence::AT),
            "collate" => (Follower::Collate, precedence::COLLATE),
            "overlaps" => (Follower::Overlaps, precedence::ROW),
            _ => return None,
        };
        Some(found)
    }

    /// Takes the operator and what follows it. The flag: the result ends with an operand of a non-associative operator.
    fn follow(
        &mut self,
        left: Expr,
        follower: Follower,
        level: u8,
        form: Form,
        start: Span,
    ) -> Read<(Expr, bool)> {
        let kind = match follower {
            Follower::Or | Follower::And => {
                self.advance();
                let right = self.climb(level + 1, form)?;
                let flat = |operands: Vec<Expr>, right| {
                    let mut operands = operands;
                    operands.push(right);
                    operands
                };
                match (follower, left.kind) {
                    (Follower::Or, ExprKind::Or(operands)) => ExprKind::Or(flat(operands, right)),
                    (Follower::And, ExprKind::And(operands)) => {
                        ExprKind::And(flat(operands, right))
                    }
                    (Follower::Or, kind) => ExprKind::Or(vec![Expr::new(kind, left.span), right]),
                    (_, kind) => ExprKind::And(vec![Expr::new(kind, left.span), right]),
                }
            }
            Follower::Is => return self.is_predicate(left, form, start),
            Follower::IsNull { negated } => {
                self.advance();
                ExprKind::IsNull {
                    operand: Box::new(left),
                    negated,
                }
            }
            Follower::Range { negated } => return self.range_predicate(left, negated, start),
            Follower::Operator | Follower::QualifiedOperator => {
                let operator = match follower {
                    Follower::Operator => self.take_operator(),
                    _ => self.qualified_operator()?,
                };
                if form == Form::Full
                    && let Some(quantifier) = self.quantifier()
                {
                    return Ok((self.quantified(left, operator, quantifier, start)?, false));
                }
                let right = self.climb(level + 1, form)?;
                let expr = Expr::new(
                    ExprKind::Infix {
                        operator,
                        left: Box::new(left),
                        right: Box::new(right),
                    },
                    self.since(start),
                );
                return Ok((expr, level == precedence::COMPARISON));
            }
            Follower::At => {
                self.advance();
                let zone = if self.eat(&["local"]) {
                    None
                } else {
                    self.expect("time")?;
                    self.expect("zone")?;
                    Some(Box::new(self.climb(level + 1, form)?))
                };
                ExprKind::AtTimeZone {
                    operand: Box::new(left),
                    zone,
                }
            }
            Follower::Collate => {
                self.advance();
                ExprKind::Collate {
                    operand: Box::new(left),
                    collation: self.any_object_name()?,
                }
            }
            Follower::Cast => {
                self.advance();
                ExprKind::Cast {
                    operand: Box::new(left),
                    target: self.type_name()?,
                }
            }
            Follower::Overlaps => {
                let operator_span = self.here();
                self.advance();
                let right = self.primary()?;
                let (ExprKind::Row { fields, .. }, ExprKind::Row { fields: others, .. }) =
                    (left.kind, right.kind)
                else {
                    return self.stop("two rows around OVERLAPS");
                };
                let arguments = fields.into_iter().chain(others).collect();
                super::call::system_call("overlaps", arguments, operator_span)
            }
        };
        Ok((Expr::new(kind, self.since(start)), false))
    }

    /// `ANY (`, `SOME (`, `ALL (`
    fn quantifier(&mut self) -> Option<Quantifier> {
        let quantifier = match self.word() {
            "any" | "some" => Quantifier::Any,
            "all" => Quantifier::All,
            _ => return None,
        };
        self.advance();
        Some(quantifier)
    }

    fn quantified(
        &mut self,
        left: Expr,
        operator: Operator,
        quantifier: Quantifier,
        start: Span,
    ) -> Read<Expr> {
        let left = Box::new(left);
        let kind = if self.is_enclosed_query() {
            ExprKind::QuantifiedQuery {
                operator,
                quantifier,
                left,
                query: Box::new(self.enclosed_query()?),
            }
        } else {
            self.open()?;
            let array = Box::new(self.expression()?);
            self.close()?;
            ExprKind::QuantifiedArray {
                operator,
                quantifier,
                left,
                array,
            }
        };
        Ok(Expr::new(kind, self.since(start)))
    }

    fn is_predicate(&mut self, left: Expr, form: Form, start: Span) -> Read<(Expr, bool)> {
        let is_span = self.here();
        self.advance();
        let negated = self.eat(&["not"]);
        let operand = Box::new(left);
        let word = self.word();
        let truth = |truth| ExprKind::IsTruth {
            operand: operand.clone(),
            truth,
            negated,
        };
        let kind = match word {
            "null" => ExprKind::IsNull { operand, negated },
            "true" => truth(Truth::True),
            "false" => truth(Truth::False),
            "unknown" => truth(Truth::Unknown),
            "document" => ExprKind::IsDocument { operand, negated },
            "json" => {
                self.advance();
                if matches!(self.word(), "value" | "array" | "object" | "scalar") {
                    self.advance();
                }
                if matches!(self.word(), "with" | "without") && self.word_at(1) == "unique" {
                    self.advance();
                    self.advance();
                    self.eat(&["keys"]);
                }
                return Ok((
                    Expr::new(ExprKind::IsJson { operand, negated }, self.since(start)),
                    false,
                ));
            }
            "distinct" => {
                self.advance();
                self.expect("from")?;
                let operator_span = self.since(is_span);
                let right = self.climb(precedence::IS + 1, form)?;
                let kind = ExprKind::IsDistinct {
                    left: operand,
                    right: Box::new(right),
                    negated,
                    operator_span,
                };
                return Ok((Expr::new(kind, self.since(start)), true));
            }
            "nfc" | "nfd" | "nfkc" | "nfkd" | "normalized" => {
                let mut arguments = vec![*operand];
                if word != "normalized" {
                    arguments.push(Expr::new(
                        ExprKind::Literal(Literal::String(word.to_ascii_uppercase())),
                        self.here(),
                    ));
                    self.advance();
                }
                self.expect("normalized")?;
                let span = self.since(start);
                let call = super::call::system_call("is_normalized", arguments, span);
                let call = Expr::new(call, span);
                let kind = if negated {
                    ExprKind::Not(Box::new(call))
                } else {
                    call.kind
                };
                return Ok((Expr::new(kind, span), false));
            }
            _ => return self.stop("NULL, TRUE, FALSE, UNKNOWN, DISTINCT FROM, JSON or NORMALIZED"),
        };
        self.advance();
        Ok((Expr::new(kind, self.since(start)), false))
    }

    /// `[NOT] BETWEEN`, `IN`, `LIKE`, `ILIKE`, `SIMILAR TO`.
    fn range_predicate(&mut self, left: Expr, negated: bool, start: Span) -> Read<(Expr, bool)> {
        let operator_start = self.here();
        if negated {
            self.advance();
        }
        let word = self.word();
        self.advance();
        let operand = Box::new(left);
        let kind = match word {
            "between" => {
                let operator_span = self.since(operator_start);
                let symmetric = self.eat(&["symmetric"]);
                if !symmetric {
                    self.eat(&["asymmetric"]);
                }
                let low = Box::new(self.restricted_expression()?);
                self.expect("and")?;
                let high = Box::new(self.climb(precedence::RANGE + 1, Form::Full)?);
                ExprKind::Between {
                    negated,
                    symmetric,
                    operand,
                    low,
                    high,
                    operator_span,
                }
            }
            "in" => {
                let operator_span = self.since(operator_start);
                let kind = if self.is_enclosed_query() {
                    ExprKind::InQuery {
                        negated,
                        operand,
                        query: Box::new(self.enclosed_query()?),
                        operator_span,
                    }
                } else {
                    ExprKind::InList {
                        negated,
                        operand,
                        list: self.enclosed(Self::expression)?,
                        operator_span,
                    }
                };
                return Ok((Expr::new(kind, self.since(start)), false));
            }
            _ => {
                let kind = match word {
                    "like" => LikeKind::Like,
                    "ilike" => LikeKind::ILike,
                    _ => {
                        self.expect("to")?;
                        LikeKind::SimilarTo
                    }
                };
                let operator_span = self.since(operator_start);
                if kind != LikeKind::SimilarTo
                    && let Some(quantifier) = self.quantifier()
                {
                    let name = match (kind, negated) {
                        (LikeKind::Like, false) => "~~",
                        (LikeKind::Like, true) => "!~~",
                        (_, false) => "~~*",
                        (_, true) => "!~~*",
                    };
                    let operator = Operator {
                        schema: None,
                        name: name.to_owned(),
                        span: operator_span,
                    };
                    let expr = self.quantified(*operand, operator, quantifier, start)?;
                    return Ok((expr, false));
                }
                let pattern = Box::new(self.climb(precedence::RANGE + 1, Form::Full)?);
                let escape = if self.eat(&["escape"]) {
                    Some(Box::new(self.climb(precedence::RANGE + 1, Form::Full)?))
                } else {
                    None
                };
                ExprKind::Like {
                    kind,
                    negated,
                    operand,
                    pattern,
                    escape,
                    operator_span,
                }
            }
        };
        Ok((Expr::new(kind, self.since(start)), true))
    }
}

/// `-1` is a constant, as it is for the server.
fn negate(operator: Operator, operand: Expr, span: Span) -> Expr {
    let kind = match operand.kind {
        ExprKind::Literal(Literal::Integer(value)) => match value.checked_neg() {
            Some(value) => ExprKind::Literal(Literal::Integer(value)),
            None => ExprKind::Literal(Literal::Numeric("2147483648".to_owned())),
        },
        ExprKind::Literal(Literal::Numeric(digits)) => {
            let digits = match digits.strip_prefix('-') {
                Some(positive) => positive.to_owned(),
                None => format!("-{digits}"),
            };
            match digits.parse::<i32>() {
                Ok(value) => ExprKind::Literal(Literal::Integer(value)),
                Err(_) => ExprKind::Literal(Literal::Numeric(digits)),
            }
        }
        _ => ExprKind::Prefix {
            operator,
            operand: Box::new(operand),
        },
    };
    Expr::new(kind, span)
}
