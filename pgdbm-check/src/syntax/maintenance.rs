//! Statements about the server's housekeeping: VACUUM, ANALYZE, LOCK, TRUNCATE, NOTIFY and the like. Nothing of them is
//! kept; they are read to see that they can be.

use pgdbm_template::TokenKind;

use super::{
    ast::StatementKind,
    reader::{Read, Reader},
};

impl Reader<'_, '_> {
    pub(super) fn maintenance(&mut self) -> Read<StatementKind> {
        let words = self.first_words();
        let word = self.word();
        self.advance();
        match word {
            "vacuum" => self.vacuum()?,
            "analyze" | "analyse" => {
                if self.is_open() {
                    self.options()?;
                } else {
                    self.eat(&["verbose"]);
                }
                self.relations_with_columns()?;
            }
            "cluster" => self.cluster()?,
            "reindex" => self.reindex()?,
            "lock" => self.lock()?,
            "truncate" => {
                self.eat(&["table"]);
                self.list(Self::relation_with_descendants)?;
                if self.eat(&["continue"]) || self.eat(&["restart"]) {
                    self.expect("identity")?;
                }
                let _ = self.eat(&["cascade"]) || self.eat(&["restrict"]);
            }
            "refresh" => {
                self.expect("materialized")?;
                self.expect("view")?;
                self.eat(&["concurrently"]);
                self.object_name()?;
                if self.eat(&["with"]) {
                    self.eat(&["no"]);
                    self.expect("data")?;
                }
            }
            "listen" => drop(self.column_name()?),
            "notify" => {
                self.column_name()?;
                if self.eat_comma() {
                    self.string()?;
                }
            }
            "unlisten" => {
                if !self.eat_operator("*") {
                    self.column_name()?;
                }
            }
            "load" => drop(self.string()?),
            "discard" => {
                let known = ["all", "temp", "temporary", "plans", "sequences"];
                if !known.contains(&self.word()) {
                    return self.stop("ALL, PLANS, SEQUENCES or TEMP");
                }
                self.advance();
            }
            "checkpoint" => {
                if self.is_open() {
                    self.options()?;
                }
            }
            "close" => self.name_or_all()?,
            "deallocate" => {
                // `prepare` may also be the name.
                let next_is_name = self.position + 1 < self.end;
                if self.word() == "prepare" && next_is_name {
                    self.advance();
                }
                self.name_or_all()?;
            }
            _ => return self.stop("a statement"),
        }
        Ok(StatementKind::Utility(words))
    }

    /// `SET CONSTRAINTS ALL | names DEFERRED | IMMEDIATE`
    pub(super) fn set_constraints(&mut self) -> Read<StatementKind> {
        self.advance();
        self.expect("constraints")?;
        if !self.eat(&["all"]) {
            self.list(Self::object_name)?;
        }
        if !(self.eat(&["deferred"]) || self.eat(&["immediate"])) {
            return self.stop("DEFERRED or IMMEDIATE");
        }
        Ok(StatementKind::Utility("SET CONSTRAINTS".to_owned()))
    }

    fn vacuum(&mut self) -> Read<()> {
        if self.is_open() {
            self.options()?;
        } else {
            self.eat(&["full"]);
            self.eat(&["freeze"]);
            self.eat(&["verbose"]);
            let _ = self.eat(&["analyze"]) || self.eat(&["analyse"]);
        }
        self.relations_with_columns()
    }

    fn cluster(&mut self) -> Read<()> {
        if self.is_open() {
            self.options()?;
        } else {
            self.eat(&["verbose"]);
        }
        if self.at_end() {
            return Ok(());
        }
        self.object_name()?;
        if self.eat(&["using"]) {
            self.column_name()?;
        } else if self.eat(&["on"]) {
            self.object_name()?;
        }
        Ok(())
    }

    fn reindex(&mut self) -> Read<()> {
        if self.is_open() {
            self.options()?;
        }
        let kind = self.word();
        if !["index", "table", "schema", "system", "database"].contains(&kind) {
            return self.stop("INDEX, TABLE, SCHEMA, DATABASE or SYSTEM");
        }
        self.advance();
        self.eat(&["concurrently"]);
        match kind {
            "index" | "table" => drop(self.object_name()?),
            "schema" => drop(self.column_name()?),
            _ if self.at_end() => {}
            _ => drop(self.column_name()?),
        }
        Ok(())
    }

    fn lock(&mut self) -> Read<()> {
        self.eat(&["table"]);
        self.list(Self::relation_with_descendants)?;
        if self.eat(&["in"]) {
            let modes: [&[&str]; 8] = [
                &["access", "share"],
                &["access", "exclusive"],
                &["row", "share"],
                &["row", "exclusive"],
                &["share", "update", "exclusive"],
                &["share", "row", "exclusive"],
                &["share"],
                &["exclusive"],
            ];
            if !modes.into_iter().any(|mode| self.eat(mode)) {
                return self.stop("a kind of lock");
            }
            self.expect("mode")?;
        }
        self.eat(&["nowait"]);
        Ok(())
    }

    fn name_or_all(&mut self) -> Read<()> {
        if !self.eat(&["all"]) {
            self.column_name()?;
        }
        Ok(())
    }

    /// `[ONLY] t [*]`
    fn relation_with_descendants(&mut self) -> Read<()> {
        if self.eat(&["only"]) {
            if self.is_open() {
                self.open()?;
                self.object_name()?;
                return self.close();
            }
            self.object_name()?;
            return Ok(());
        }
        self.object_name()?;
        self.eat_operator("*");
        Ok(())
    }

    /// `t (a, b), u`, or nothing.
    fn relations_with_columns(&mut self) -> Read<()> {
        if self.at_end() {
            return Ok(());
        }
        self.list(|reader| {
            reader.relation_with_descendants()?;
            reader.optional_column_names()
        })?;
        Ok(())
    }

    /// `(VERBOSE, FULL false, PARALLEL 2)`
    fn options(&mut self) -> Read<()> {
        self.enclosed(|reader| {
            if !matches!(reader.word(), "analyze" | "analyse") && !reader.is_unreserved_word() {
                return reader.stop("an option");
            }
            reader.advance();
            if reader.is_close() || reader.is_kind(TokenKind::Comma) {
                return Ok(());
            }
            reader.setting_value().map(drop)
        })?;
        Ok(())
    }

    /// `opt_boolean_or_string` or a number, as SET and options take it.
    pub(super) fn setting_value(&mut self) -> Read<String> {
        if self.is_string() {
            return self.string();
        }
        if matches!(self.word(), "true" | "false" | "on") || self.is_unreserved_word() {
            return Ok(self.take_name().text);
        }
        self.signed_number()
    }

    pub(super) fn signed_number(&mut self) -> Read<String> {
        let mut number = String::new();
        if self.is_operator("-") || self.is_operator("+") {
            number.push_str(self.text());
            self.advance();
        }
        let is_number = matches!(
            self.kind(),
            Some(TokenKind::Integer | TokenKind::Decimal | TokenKind::Real)
        );
        if !is_number {
            return self.stop("a value");
        }
        number.push_str(self.text());
        self.advance();
        Ok(number)
    }
}
