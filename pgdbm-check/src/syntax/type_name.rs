//! Type names as they are written: the grammar's own spellings become the catalog's.

use pgdbm_template::TokenKind;

use super::{
    ast::{Expr, ExprKind, Literal, Name, ObjectName, Span, TypeName},
    literal,
    reader::{Read, Reader},
};

/// Words that begin a type by the grammar's own rules, and may be column names all the same.
pub(super) const TYPE_WORDS: &[&str] = &[
    "bigint",
    "bit",
    "boolean",
    "char",
    "character",
    "dec",
    "decimal",
    "double",
    "float",
    "int",
    "integer",
    "interval",
    "json",
    "national",
    "nchar",
    "numeric",
    "real",
    "smallint",
    "time",
    "timestamp",
    "varchar",
];

impl Reader<'_, '_> {
    /// `Typename`, and where a function's types stand also `SETOF` and `%TYPE`.
    pub(super) fn type_name(&mut self) -> Read<TypeName> {
        let start = self.here();
        let set_of = self.word() == "setof";
        if set_of {
            self.advance();
        }
        let mut type_name = self.simple_type(start)?;
        type_name.set_of = set_of;
        if self.word() == "array" {
            self.advance();
            type_name.array_dimensions = 1;
            if self.eat_kind(TokenKind::OpenBracket) {
                self.eat_kind(TokenKind::Integer);
                self.close_bracket()?;
            }
        }
        while self.is_kind(TokenKind::OpenBracket)
            && matches!(
                self.kind_at(1),
                Some(TokenKind::CloseBracket | TokenKind::Integer)
            )
        {
            self.advance();
            self.eat_kind(TokenKind::Integer);
            self.close_bracket()?;
            type_name.array_dimensions += 1;
        }
        type_name.span = self.since(start);
        Ok(type_name)
    }

    pub(super) fn close_bracket(&mut self) -> Read<()> {
        if self.eat_kind(TokenKind::CloseBracket) {
            Ok(())
        } else {
            self.stop("`]`")
        }
    }

    fn simple_type(&mut self, start: Span) -> Read<TypeName> {
        let word = self.word();
        if !TYPE_WORDS.contains(&word) || word == "double" && self.word_at(1) != "precision" {
            return self.generic_type();
        }
        self.advance();
        let mut modifiers = Vec::new();
        let name = match word {
            "int" | "integer" => "int4",
            "smallint" => "int2",
            "bigint" => "int8",
            "real" => "float4",
            "boolean" => "bool",
            "json" => "json",
            "double" => {
                self.advance();
                "float8"
            }
            "float" => {
                let digits = self.length()?;
                match digits.first().map(|digits| &digits.kind) {
                    Some(ExprKind::Literal(Literal::Integer(digits))) if *digits < 25 => "float4",
                    _ => "float8",
                }
            }
            "dec" | "decimal" | "numeric" => {
                modifiers = self.type_modifiers()?;
                "numeric"
            }
            "bit" => {
                let varying = self.eat(&["varying"]);
                modifiers = self.type_modifiers()?;
                if !varying && modifiers.is_empty() {
                    modifiers.push(one(start));
                }
                if varying { "varbit" } else { "bit" }
            }
            "varchar" => {
                modifiers = self.length()?;
                "varchar"
            }
            "char" | "character" | "nchar" | "national" => {
                if word == "national" && !self.eat(&["character"]) {
                    self.expect("char")?;
                }
                let varying = self.eat(&["varying"]);
                modifiers = self.length()?;
                if !varying && modifiers.is_empty() {
                    modifiers.push(one(start));
                }
                if varying { "varchar" } else { "bpchar" }
            }
            "time" | "timestamp" => {
                modifiers = self.length()?;
                let with_zone = self.eat(&["with", "time", "zone"]);
                if !with_zone {
                    self.eat(&["without", "time", "zone"]);
                }
                match (word, with_zone) {
                    ("time", false) => "time",
                    ("time", true) => "timetz",
                    (_, false) => "timestamp",
                    (_, true) => "timestamptz",
                }
            }
            _ => {
                modifiers = self.length()?;
                if modifiers.is_empty() {
                    self.interval_fields(&mut modifiers)?;
                }
                "interval"
            }
        };
        let span = self.since(start);
        Ok(system_type(name, modifiers, span))
    }

    /// `(10)`, where the grammar wants one number and nothing else.
    fn length(&mut self) -> Read<Vec<Expr>> {
        if self.is_open()
            && (self.kind_at(1) != Some(TokenKind::Integer)
                || self.kind_at(2) != Some(TokenKind::CloseParenthesis))
        {
            self.advance();
            return self.stop("a number");
        }
        self.type_modifiers()
    }

    /// `YEAR TO MONTH`, `DAY TO SECOND (3)`, …
    pub(super) fn interval_fields(&mut self, modifiers: &mut Vec<Expr>) -> Read<()> {
        const FIELDS: &[&str] = &["year", "month", "day", "hour", "minute", "second"];
        if !FIELDS.contains(&self.word()) {
            return Ok(());
        }
        self.advance();
        if self.word() == "to" && FIELDS.contains(&self.word_at(1)) {
            self.advance();
            self.advance();
        }
        modifiers.extend(self.length()?);
        Ok(())
    }

    fn generic_type(&mut self) -> Read<TypeName> {
        let start = self.here();
        if !self.is_function_name() {
            return self.stop("a type");
        }
        let name = self.any_object_name()?;
        if self.is_operator("%") && self.word_at(1) == "type" {
            self.advance();
            self.advance();
            return Ok(TypeName {
                name,
                modifiers: Vec::new(),
                array_dimensions: 0,
                set_of: false,
                column_type: true,
                span: self.since(start),
            });
        }
        let modifiers = self.type_modifiers()?;
        Ok(TypeName {
            name,
            modifiers,
            array_dimensions: 0,
            set_of: false,
            column_type: false,
            span: self.since(start),
        })
    }

    fn type_modifiers(&mut self) -> Read<Vec<Expr>> {
        if self.is_open() {
            self.enclosed(Self::expression)
        } else {
            Ok(Vec::new())
        }
    }

    /// A type that stands before a constant (`date '…'`), or nothing, and then the cursor has not moved.
    pub(super) fn type_before_constant(&mut self) -> Option<TypeName> {
        let position = self.position;
        let start = self.here();
        let type_name = self.simple_type(start);
        match type_name {
            Ok(type_name) if self.is_string() && !type_name.column_type => Some(type_name),
            _ => {
                self.position = position;
                None
            }
        }
    }

    /// A number's token as a modifier or a bound.
    pub(super) fn number(&mut self) -> Read<Expr> {
        let span = self.here();
        match self.kind() {
            Some(TokenKind::Integer | TokenKind::Decimal | TokenKind::Real) => {
                let value = literal::number(self.text());
                self.advance();
                Ok(Expr::new(ExprKind::Literal(value), span))
            }
            _ => self.stop("a number"),
        }
    }
}

fn one(span: Span) -> Expr {
    Expr::new(ExprKind::Literal(Literal::Integer(1)), span)
}

/// A name in `pg_catalog` that the grammar itself writes.
pub(super) fn system_name(name: &str, span: Span) -> ObjectName {
    ObjectName {
        parts: vec![Name::new("pg_catalog", span), Name::new(name, span)],
        span,
    }
}

pub(super) fn system_type(name: &str, modifiers: Vec<Expr>, span: Span) -> TypeName {
    TypeName {
        name: system_name(name, span),
        modifiers,
        array_dimensions: 0,
        set_of: false,
        column_type: false,
        span,
    }
}
