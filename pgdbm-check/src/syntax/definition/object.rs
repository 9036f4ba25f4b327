//! ALTER, DROP and COMMENT: which kind of thing they are about, and how it is named.

use pgdbm_template::TokenKind;

use super::super::{
    ast::{
        Comment, Drop, Name, ObjectKind, ObjectName, ObjectReference, Rename, SetSchema,
        StatementKind,
    },
    reader::{Read, Reader},
};

impl Reader<'_, '_> {
    pub(super) fn alter(&mut self) -> Read<StatementKind> {
        let from = self.position;
        self.advance();
        let Some(kind) = self.object_kind() else {
            return self.other_object(from);
        };
        match kind {
            ObjectKind::Table
            | ObjectKind::ForeignTable
            | ObjectKind::View
            | ObjectKind::MaterializedView
            | ObjectKind::Index => self.alter_relation(kind),
            ObjectKind::Type => self.alter_type(),
            ObjectKind::Domain => self.alter_domain(),
            ObjectKind::Function
            | ObjectKind::Procedure
            | ObjectKind::Routine
            | ObjectKind::Aggregate => self.alter_function(kind),
            ObjectKind::Sequence => self.alter_sequence(),
            ObjectKind::Trigger | ObjectKind::Policy | ObjectKind::Rule => {
                let if_exists = self.if_exists();
                let name = self.column_name()?;
                self.expect("on")?;
                let of = self.object_name()?;
                if self.eat(&["rename", "to"]) {
                    return Ok(StatementKind::Rename(Box::new(Rename {
                        kind,
                        owner: Some(ObjectKind::Table),
                        object: ObjectReference::Member { of, name },
                        if_exists,
                        to: self.column_name()?,
                    })));
                }
                self.position = from;
                Ok(self.utility())
            }
            ObjectKind::Schema | ObjectKind::Extension | ObjectKind::Collation => {
                let name = self.object_name()?;
                if self.eat(&["rename", "to"]) {
                    return Ok(StatementKind::Rename(Box::new(Rename {
                        kind,
                        owner: None,
                        object: ObjectReference::Name(name),
                        if_exists: false,
                        to: self.column_name()?,
                    })));
                }
                if self.eat(&["set", "schema"]) {
                    return Ok(StatementKind::SetSchema(Box::new(SetSchema {
                        kind,
                        object: ObjectReference::Name(name),
                        if_exists: false,
                        schema: self.column_name()?,
                    })));
                }
                self.position = from;
                Ok(self.utility())
            }
            ObjectKind::Operator if !matches!(self.word(), "class" | "family") => {
                let object = self.operator_reference()?;
                if self.eat(&["set", "schema"]) {
                    return Ok(StatementKind::SetSchema(Box::new(SetSchema {
                        kind,
                        object,
                        if_exists: false,
                        schema: self.column_name()?,
                    })));
                }
                self.position = from;
                Ok(self.utility())
            }
            _ => {
                self.position = from;
                Ok(self.utility())
            }
        }
    }

    /// Takes the words for a kind of thing that the catalog knows; nothing for other kinds.
    fn object_kind(&mut self) -> Option<ObjectKind> {
        let (kind, words) = match self.word() {
            "aggregate" => (ObjectKind::Aggregate, 1),
            "cast" => (ObjectKind::Cast, 1),
            "collation" => (ObjectKind::Collation, 1),
            "column" => (ObjectKind::Column, 1),
            "constraint" => (ObjectKind::Constraint, 1),
            "domain" => (ObjectKind::Domain, 1),
            "extension" => (ObjectKind::Extension, 1),
            "foreign" if self.word_at(1) == "table" => (ObjectKind::ForeignTable, 2),
            "function" => (ObjectKind::Function, 1),
            "index" => (ObjectKind::Index, 1),
            "materialized" => (ObjectKind::MaterializedView, 2),
            "operator" if !matches!(self.word_at(1), "class" | "family") => {
                (ObjectKind::Operator, 1)
            }
            "policy" => (ObjectKind::Policy, 1),
            "procedure" => (ObjectKind::Procedure, 1),
            "routine" => (ObjectKind::Routine, 1),
            "rule" => (ObjectKind::Rule, 1),
            "schema" => (ObjectKind::Schema, 1),
            "sequence" => (ObjectKind::Sequence, 1),
            "table" => (ObjectKind::Table, 1),
            "trigger" => (ObjectKind::Trigger, 1),
            "type" => (ObjectKind::Type, 1),
            "view" => (ObjectKind::View, 1),
            _ => return None,
        };
        self.position += words;
        Some(kind)
    }

    pub(super) fn drop(&mut self) -> Read<StatementKind> {
        let from = self.position;
        self.advance();
        let Some(kind) = self.object_kind() else {
            return self.other_object(from);
        };
        if kind == ObjectKind::Index {
            self.eat(&["concurrently"]);
        }
        let if_exists = self.if_exists();
        let objects = self.list(|reader| reader.object_reference(kind))?;
        let cascade = self.drop_behavior();
        Ok(StatementKind::Drop(Box::new(Drop {
            kind,
            objects,
            if_exists,
            cascade,
        })))
    }

    fn object_reference(&mut self, kind: ObjectKind) -> Read<ObjectReference> {
        match kind {
            ObjectKind::Function | ObjectKind::Procedure | ObjectKind::Routine => {
                Ok(ObjectReference::Function(self.function_signature()?))
            }
            ObjectKind::Aggregate => Ok(ObjectReference::Function(self.aggregate_reference()?)),
            ObjectKind::Operator => self.operator_reference(),
            ObjectKind::Cast => {
                let start = self.here();
                self.open()?;
                let source = self.type_name()?;
                self.expect("as")?;
                let target = self.type_name()?;
                self.close()?;
                Ok(ObjectReference::Cast {
                    source,
                    target,
                    span: self.since(start),
                })
            }
            ObjectKind::Trigger
            | ObjectKind::Policy
            | ObjectKind::Rule
            | ObjectKind::Constraint => {
                let name = self.column_name()?;
                self.expect("on")?;
                // The word may also be the name of a table.
                if kind == ObjectKind::Constraint
                    && self.word_at(1) != "is"
                    && self.kind_at(1) != Some(TokenKind::Dot)
                {
                    self.eat(&["domain"]);
                }
                Ok(ObjectReference::Member {
                    of: self.any_object_name()?,
                    name,
                })
            }
            // The grammar takes any type here, `DROP TYPE int` included.
            ObjectKind::Type | ObjectKind::Domain => {
                Ok(ObjectReference::Name(self.type_name()?.name))
            }
            ObjectKind::Column => {
                let mut name = self.object_name()?;
                match name.parts.pop() {
                    Some(column) if !name.parts.is_empty() => Ok(member(name, column)),
                    _ => self.stop("a relation and a column"),
                }
            }
            _ => Ok(ObjectReference::Name(self.object_name()?)),
        }
    }

    /// `schema.+ (left, right)`, `+ (NONE, right)`
    fn operator_reference(&mut self) -> Read<ObjectReference> {
        let start = self.here();
        let (schema, name) = self.operator_name()?;
        self.open()?;
        let left = self.operand_type()?;
        if !self.eat_comma() {
            return self.stop("`,`");
        }
        let right = self.operand_type()?;
        self.close()?;
        Ok(ObjectReference::Operator {
            schema,
            name,
            left,
            right,
            span: self.since(start),
        })
    }

    fn operand_type(&mut self) -> Read<Option<super::super::ast::TypeName>> {
        if self.eat(&["none"]) {
            Ok(None)
        } else {
            self.type_name().map(Some)
        }
    }

    pub(super) fn comment(&mut self) -> Read<StatementKind> {
        self.advance();
        self.expect("on")?;
        let found = self.object_kind();
        let kind = found.unwrap_or(ObjectKind::Other);
        let object = match found {
            Some(kind) => Some(self.object_reference(kind)?),
            None => {
                // Whatever it is, it ends where IS and the text begin.
                while !self.at_end()
                    && (self.word() != "is" || self.kind_at(1) == Some(TokenKind::Dot))
                {
                    self.advance();
                }
                None
            }
        };
        self.expect("is")?;
        let text = if self.eat(&["null"]) {
            None
        } else {
            Some(self.string()?)
        };
        Ok(StatementKind::Comment(Box::new(Comment {
            kind,
            object,
            text,
        })))
    }
}

fn member(of: ObjectName, name: Name) -> ObjectReference {
    ObjectReference::Member { of, name }
}
