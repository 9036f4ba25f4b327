//! Relations that are not tables: views, sequences, indexes.

use super::super::{
    ast::{
        AlterSequence, CreateIndex, CreateSequence, CreateTableAs, CreateView, ObjectKind,
        ObjectReference, Rename, SetSchema, StatementKind,
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
        self.skip_to_as()?;
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
            query,
        })))
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
        let type_name = self.sequence_options()?;
        Ok(StatementKind::CreateSequence(Box::new(CreateSequence {
            name,
            if_not_exists,
            temporary,
            type_name,
        })))
    }

    /// The options to the statement's end; only the type is kept.
    fn sequence_options(&mut self) -> Read<Option<super::super::ast::TypeName>> {
        let mut type_name = None;
        while !self.at_end() {
            if self.eat(&["as"]) {
                type_name = Some(self.type_name()?);
            } else {
                self.advance();
            }
        }
        Ok(type_name)
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
        let type_name = self.sequence_options()?;
        Ok(StatementKind::AlterSequence(Box::new(AlterSequence {
            name,
            if_exists,
            type_name,
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
        let (relation, _) = self.relation_name()?;
        if self.eat(&["using"]) {
            self.column_name()?;
        }
        let elements = self.enclosed(Self::index_element)?;
        let include = if self.eat(&["include"]) {
            self.enclosed(Self::index_element)?
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
            elements,
            include,
            filter: self.filter_of("where")?,
            nulls_not_distinct,
        })))
    }
}
