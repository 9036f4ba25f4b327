//! Relations that are not tables: views, sequences, indexes.

use pgdbm_template::TokenKind;

use super::super::{
    ast::{
        AlterSequence, CreateIndex, CreateSequence, CreateTableAs, CreateView, Name, ObjectKind,
        ObjectReference, Rename, SequenceOwner, SetSchema, StatementKind,
    },
    reader::{Read, Reader},
};

impl Reader<'_, '_> {
    pub(super) fn create_view(
        &mut self,
        or_replace: bool,
        temporary: bool,
        recursive: bool,
    ) -> Read<StatementKind> {
        self.expect("view")?;
        let name = self.object_name()?;
        let columns = self.optional_column_names()?;
        let options = if self.eat(&["with"]) {
            self.enclosed(Self::view_option)?
        } else {
            Vec::new()
        };
        self.expect("as")?;
        let query = self.query()?;
        if self.eat(&["with"]) {
            if !self.eat(&["cascaded"]) {
                self.eat(&["local"]);
            }
            self.expect("check")?;
            self.expect("option")?;
        }
        Ok(StatementKind::CreateView(Box::new(CreateView {
            name,
            columns,
            or_replace,
            temporary,
            recursive,
            options,
            query,
        })))
    }

    /// `name`, `name = value`; the name is kept.
    fn view_option(&mut self) -> Read<Name> {
        let name = self.label()?;
        while !self.at_end() && !self.is_kind(TokenKind::Comma) && !self.is_close() {
            self.advance();
        }
        Ok(name)
    }

    pub(super) fn create_materialized_view(&mut self) -> Read<StatementKind> {
        self.expect("view")?;
        let if_not_exists = self.if_not_exists();
        let name = self.object_name()?;
        let columns = self.optional_column_names()?;
        self.skip_to_as()?;
        let query = Some(self.query()?);
        self.with_data();
        Ok(StatementKind::CreateTableAs(Box::new(CreateTableAs {
            name,
            columns,
            if_not_exists,
            temporary: false,
            materialized_view: true,
            query,
        })))
    }

    pub(super) fn create_sequence(&mut self, temporary: bool) -> Read<StatementKind> {
        self.advance();
        let if_not_exists = self.if_not_exists();
        let name = self.object_name()?;
        let owner = self.sequence_options()?;
        Ok(StatementKind::CreateSequence(Box::new(CreateSequence {
            name,
            if_not_exists,
            temporary,
            owner,
        })))
    }

    /// The options to the statement's end; only the owner is kept.
    fn sequence_options(&mut self) -> Read<Option<SequenceOwner>> {
        let mut owner = None;
        while !self.at_end() {
            if self.eat(&["as"]) {
                self.type_name()?;
            } else if self.eat(&["owned", "by"]) {
                let mut name = self.any_object_name()?;
                owner = Some(match name.parts.pop() {
                    Some(column) if !name.parts.is_empty() => SequenceOwner::Column {
                        relation: name,
                        column,
                    },
                    _ => SequenceOwner::None,
                });
            } else {
                self.advance();
            }
        }
        Ok(owner)
    }

    /// ALTER SEQUENCE; the cursor is behind those words.
    pub(super) fn alter_sequence(&mut self) -> Read<StatementKind> {
        let if_exists = self.if_exists();
        let name = self.object_name()?;
        if self.eat(&["rename", "to"]) {
            return Ok(StatementKind::Rename(Box::new(Rename {
                kind: ObjectKind::Sequence,
                owner: None,
                object: ObjectReference::Name(name),
                if_exists,
                to: self.column_name()?,
            })));
        }
        if self.eat(&["set", "schema"]) {
            return Ok(StatementKind::SetSchema(Box::new(SetSchema {
                kind: ObjectKind::Sequence,
                object: ObjectReference::Name(name),
                if_exists,
                schema: self.column_name()?,
            })));
        }
        let owner = self.sequence_options()?;
        Ok(StatementKind::AlterSequence(Box::new(AlterSequence {
            name,
            if_exists,
            owner,
        })))
    }

    pub(super) fn create_index(&mut self, unique: bool) -> Read<StatementKind> {
        self.expect("index")?;
        self.eat(&["concurrently"]);
        let if_not_exists = self.if_not_exists();
        let name = if self.word() == "on" {
            None
        } else {
            Some(self.column_name()?)
        };
        self.expect("on")?;
        let (relation, only) = self.relation_name()?;
        let method = if self.eat(&["using"]) {
            Some(self.column_name()?)
        } else {
            None
        };
        let elements = self.enclosed(Self::index_element)?;
        let include = if self.eat(&["include"]) {
            let parts = self.enclosed(Self::index_element)?;
            parts.into_iter().map(|part| part.expr).collect()
        } else {
            Vec::new()
        };
        let nulls_not_distinct = self.nulls_not_distinct();
        if self.eat(&["with"]) {
            self.skip_enclosed()?;
        }
        if self.eat(&["tablespace"]) {
            self.column_name()?;
        }
        Ok(StatementKind::CreateIndex(Box::new(CreateIndex {
            name,
            if_not_exists,
            unique,
            relation,
            method,
            only,
            elements,
            include,
            filter: self.filter_of("where")?,
            nulls_not_distinct,
        })))
    }
}
