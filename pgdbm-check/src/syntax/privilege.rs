//! GRANT and REVOKE: on what. Whose the privileges are, and which roles there are, is the cluster's affair.

use pgdbm_template::TokenKind;

use super::{
    ast::{Grant, GrantObjects, ObjectKind, StatementKind},
    reader::{Read, Reader},
};

impl Reader<'_, '_> {
    pub(super) fn grant(&mut self) -> StatementKind {
        let words = self.first_words();
        let from = self.position;
        self.advance();
        let grant = self.privileges();
        // What is written in another way is left to the server.
        let is_read = matches!(self.word(), "to" | "from") && self.position > from;
        self.position = self.end;
        match grant {
            Ok(Some(grant)) if is_read => StatementKind::Grant(Box::new(grant)),
            _ => StatementKind::Utility(words),
        }
    }

    /// None: on nothing that is in a schema.
    fn privileges(&mut self) -> Read<Option<Grant>> {
        let mut columns = Vec::new();
        while self.word() != "on" {
            if self.at_end() || matches!(self.word(), "to" | "from") {
                return Ok(None);
            }
            if self.is_open() {
                columns.extend(self.enclosed(Self::column_name)?);
            } else {
                self.advance();
            }
        }
        self.advance();
        let objects = if self.eat(&["all"]) {
            self.advance();
            self.expect("in")?;
            self.expect("schema")?;
            GrantObjects::Schemas(self.list(Self::column_name)?)
        } else if self.names_kind() {
            let kind = self.word();
            match kind {
                "table" => {
                    self.advance();
                    GrantObjects::Relations(self.list(Self::object_name)?)
                }
                "sequence" => {
                    self.advance();
                    GrantObjects::Sequences(self.list(Self::object_name)?)
                }
                "function" | "procedure" | "routine" => {
                    let kind = match kind {
                        "function" => ObjectKind::Function,
                        "procedure" => ObjectKind::Procedure,
                        _ => ObjectKind::Routine,
                    };
                    self.advance();
                    GrantObjects::Functions(kind, self.list(Self::function_signature)?)
                }
                "schema" => {
                    self.advance();
                    GrantObjects::Schemas(self.list(Self::column_name)?)
                }
                "type" | "domain" => {
                    self.advance();
                    GrantObjects::Types(self.list(Self::any_object_name)?)
                }
                _ => return Ok(None),
            }
        } else {
            GrantObjects::Relations(self.list(Self::object_name)?)
        };
        Ok(Some(Grant { objects, columns }))
    }

    /// Whether a kind of object stands here, and not the name of a table.
    fn names_kind(&self) -> bool {
        let is_kind = matches!(
            self.word(),
            "database"
                | "domain"
                | "foreign"
                | "function"
                | "language"
                | "large"
                | "parameter"
                | "procedure"
                | "routine"
                | "schema"
                | "sequence"
                | "table"
                | "tablespace"
                | "type"
        );
        is_kind
            && !matches!(self.word_at(1), "to" | "from")
            && !matches!(
                self.kind_at(1),
                Some(TokenKind::Comma | TokenKind::Dot) | None
            )
    }
}
