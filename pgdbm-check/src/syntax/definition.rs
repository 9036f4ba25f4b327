//! Statements that define, change and drop things.

mod object;
mod program;
mod relation;
mod routine;
mod rule;
mod table;
mod types;

use super::{
    ast::{CreateExtension, CreateSchema, Statement, StatementKind},
    reader::{Read, Reader},
};

impl Reader<'_, '_> {
    pub(super) fn definition(&mut self) -> Read<StatementKind> {
        match self.word() {
            "create" => self.create(),
            "alter" => self.alter(),
            "drop" => self.drop(),
            _ => self.comment(),
        }
    }

    fn create(&mut self) -> Read<StatementKind> {
        let start = self.here();
        let from = self.position;
        self.advance();
        let or_replace = self.eat(&["or", "replace"]);
        if matches!(self.word(), "local" | "global") {
            self.advance();
        }
        let temporary = matches!(self.word(), "temp" | "temporary");
        if temporary || self.word() == "unlogged" {
            self.advance();
        }
        let word = self.word();
        let next = self.word_at(1);
        match word {
            "table" => self.create_table(temporary, false),
            "foreign" if next == "table" => {
                self.advance();
                self.create_table(false, true)
            }
            "view" => self.create_view(or_replace, temporary, false),
            "recursive" => {
                self.advance();
                self.create_view(or_replace, temporary, true)
            }
            "materialized" => {
                self.advance();
                self.create_materialized_view()
            }
            "type" => self.create_type(),
            "domain" => self.create_domain(),
            "function" | "procedure" => self.create_function(or_replace, start),
            "aggregate" => self.create_aggregate(or_replace),
            "operator" if !matches!(next, "class" | "family") => self.create_operator(start),
            "cast" => self.create_cast(),
            "sequence" => self.create_sequence(temporary),
            "index" => self.create_index(false),
            "unique" => {
                self.advance();
                self.create_index(true)
            }
            "trigger" => self.create_trigger(or_replace),
            "constraint" => {
                self.advance();
                self.create_trigger(or_replace)
            }
            "policy" => self.create_policy(),
            "rule" => self.create_rule(or_replace),
            "schema" => self.create_schema(),
            "extension" => self.create_extension(),
            _ => self.other_object(from),
        }
    }

    /// What is made, altered or dropped is nothing that a query can tell.
    pub(super) fn other_object(&mut self, from: usize) -> Read<StatementKind> {
        const OBJECTS: &[&str] = &[
            "access",
            "collation",
            "conversion",
            "database",
            "default",
            "event",
            "foreign",
            "group",
            "language",
            "large",
            "operator",
            "owned",
            "procedural",
            "publication",
            "role",
            "server",
            "statistics",
            "subscription",
            "system",
            "tablespace",
            "text",
            "transform",
            "trusted",
            "user",
        ];
        if !OBJECTS.contains(&self.word()) {
            return self.stop("a kind of object");
        }
        self.position = from;
        Ok(self.utility())
    }

    fn create_schema(&mut self) -> Read<StatementKind> {
        self.advance();
        let if_not_exists = self.if_not_exists();
        let name = if self.word() == "authorization" {
            None
        } else {
            Some(self.column_name()?)
        };
        if self.eat(&["authorization"]) {
            self.label()?;
        }
        let mut elements = Vec::new();
        while matches!(self.word(), "create" | "grant") {
            // An element ends where the next one begins; elements are not parted by anything.
            let mut end = self.position + 1;
            while end < self.end
                && !(matches!(self.tokens.word(end), "create" | "grant")
                    && self.tokens.word(end - 1) != "as")
            {
                end += 1;
            }
            let mut element = Reader::new(self.tokens, self.position, end);
            let statement: Statement = element.whole_statement()?;
            elements.push(statement);
            self.position = end;
        }
        Ok(StatementKind::CreateSchema(Box::new(CreateSchema {
            name,
            if_not_exists,
            elements,
        })))
    }

    fn create_extension(&mut self) -> Read<StatementKind> {
        self.advance();
        let if_not_exists = self.if_not_exists();
        let name = self.column_name()?;
        self.eat(&["with"]);
        let mut schema = None;
        while !self.at_end() {
            if self.eat(&["schema"]) {
                schema = Some(self.column_name()?);
            } else if self.eat(&["version"]) {
                if self.is_string() {
                    self.string()?;
                } else {
                    self.label()?;
                }
            } else if !self.eat(&["cascade"]) {
                return self.stop("SCHEMA, VERSION or CASCADE");
            }
        }
        Ok(StatementKind::CreateExtension(Box::new(CreateExtension {
            name,
            if_not_exists,
            schema,
        })))
    }
}
