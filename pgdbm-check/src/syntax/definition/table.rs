//! Tables: their columns and constraints, and what ALTER TABLE does to them.

use pgdbm_template::TokenKind;

use super::super::{
    ast::{
        AlterAction, AlterRelation, ColumnConstraint, ColumnConstraintKind, ColumnDef, CreateTable,
        CreateTableAs, IndexPart, LikeOption, Name, ObjectKind, ObjectName, ObjectReference,
        Rename, SetSchema, StatementKind, TableConstraint, TableConstraintKind, TableElement,
    },
    reader::{Read, Reader},
};

/// What follows a constraint and matters.
#[derive(Default)]
struct ConstraintAttributes {
    deferrable: bool,
    no_inherit: bool,
}

impl Reader<'_, '_> {
    pub(super) fn create_table(&mut self, temporary: bool, foreign: bool) -> Read<StatementKind> {
        self.advance();
        let if_not_exists = self.if_not_exists();
        let name = self.object_name()?;
        if self.is_table_as() {
            return self.create_table_as(name, if_not_exists, temporary);
        }
        let mut table = CreateTable {
            name,
            if_not_exists,
            temporary,
            foreign,
            elements: Vec::new(),
            inherits: Vec::new(),
            partition_of: None,
            partition_by: None,
            of_type: None,
        };
        if self.eat(&["of"]) {
            table.of_type = Some(self.any_object_name()?);
        } else if self.eat(&["partition", "of"]) {
            table.partition_of = Some(self.object_name()?);
        }
        if self.eat_open() {
            if !self.is_close() {
                let has_types = table.of_type.is_none() && table.partition_of.is_none();
                table.elements = self.list(|reader| reader.table_element(has_types))?;
            }
            self.close()?;
        }
        loop {
            match self.word() {
                "for" if self.word_at(1) == "values" => {
                    self.advance();
                    self.advance();
                    self.partition_bound()?;
                }
                "default" => self.advance(),
                "inherits" => {
                    self.advance();
                    table.inherits = self.enclosed(Self::object_name)?;
                }
                "partition" if self.word_at(1) == "by" => {
                    self.advance();
                    self.advance();
                    self.label()?;
                    let parts = self.enclosed(Self::index_element)?;
                    table.partition_by = Some(parts.into_iter().map(|part| part.expr).collect());
                }
                "using" | "tablespace" => {
                    self.advance();
                    self.column_name()?;
                }
                "with" => {
                    self.advance();
                    self.skip_enclosed()?;
                }
                "without" => {
                    self.advance();
                    self.expect("oids")?;
                }
                "on" => {
                    self.advance();
                    self.expect("commit")?;
                    if !self.eat(&["drop"]) {
                        self.advance();
                        self.expect("rows")?;
                    }
                }
                "server" if foreign => {
                    self.advance();
                    self.column_name()?;
                }
                "options" if foreign => {
                    self.advance();
                    self.skip_enclosed()?;
                }
                _ => break,
            }
        }
        Ok(StatementKind::CreateTable(Box::new(table)))
    }

    /// `IN (…)`, `FROM (…) TO (…)`, `WITH (…)`
    fn partition_bound(&mut self) -> Read<()> {
        match self.word() {
            "from" => {
                self.advance();
                self.skip_enclosed()?;
                self.expect("to")?;
            }
            "in" | "with" => self.advance(),
            _ => return self.stop("IN, FROM or WITH"),
        }
        self.skip_enclosed()
    }

    /// Whether AS follows, behind what may stand before it.
    fn is_table_as(&self) -> bool {
        let mut depth = 0_usize;
        let mut ahead = 0;
        loop {
            match self.kind_at(ahead) {
                None => return false,
                Some(TokenKind::OpenParenthesis) => depth += 1,
                Some(TokenKind::CloseParenthesis) => depth = depth.saturating_sub(1),
                Some(TokenKind::Identifier) if depth == 0 => match self.word_at(ahead) {
                    "as" => return true,
                    "partition" | "inherits" | "of" => return false,
                    _ => {}
                },
                Some(_) => {}
            }
            ahead += 1;
        }
    }

    fn create_table_as(
        &mut self,
        name: ObjectName,
        if_not_exists: bool,
        temporary: bool,
    ) -> Read<StatementKind> {
        let columns = self.optional_column_names()?;
        self.skip_to_as()?;
        let query = if self.word() == "execute" {
            self.position = self.end;
            None
        } else {
            Some(self.query()?)
        };
        self.with_data();
        Ok(StatementKind::CreateTableAs(Box::new(CreateTableAs {
            name,
            columns,
            if_not_exists,
            temporary,
            materialized_view: false,
            query,
        })))
    }

    /// USING, WITH (…), ON COMMIT and TABLESPACE up to AS.
    pub(super) fn skip_to_as(&mut self) -> Read<()> {
        while !self.eat(&["as"]) {
            if self.at_end() {
                return self.stop("as");
            }
            if self.is_open() {
                self.skip_enclosed()?;
            } else {
                self.advance();
            }
        }
        Ok(())
    }

    pub(super) fn with_data(&mut self) {
        if !self.eat(&["with", "data"]) {
            self.eat(&["with", "no", "data"]);
        }
    }

    fn table_element(&mut self, has_types: bool) -> Read<TableElement> {
        let start = self.here();
        if self.eat(&["like"]) {
            let name = self.object_name()?;
            let mut including = Vec::new();
            loop {
                let adds = match self.word() {
                    "including" => true,
                    "excluding" => false,
                    _ => break,
                };
                self.advance();
                self.like_option(adds, &mut including)?;
            }
            return Ok(TableElement::Like {
                name,
                including,
                span: self.since(start),
            });
        }
        if self.is_table_constraint() {
            return Ok(TableElement::Constraint(self.table_constraint()?));
        }
        Ok(TableElement::Column(self.column_def(has_types)?))
    }

    fn like_option(&mut self, adds: bool, including: &mut Vec<LikeOption>) -> Read<()> {
        use LikeOption as Like;
        const ALL: &[LikeOption] = &[
            Like::Comments,
            Like::Compression,
            Like::Constraints,
            Like::Defaults,
            Like::Generated,
            Like::Identity,
            Like::Indexes,
            Like::Statistics,
            Like::Storage,
        ];
        let options = match self.word() {
            "all" => ALL,
            "comments" => &[Like::Comments],
            "compression" => &[Like::Compression],
            "constraints" => &[Like::Constraints],
            "defaults" => &[Like::Defaults],
            "generated" => &[Like::Generated],
            "identity" => &[Like::Identity],
            "indexes" => &[Like::Indexes],
            "statistics" => &[Like::Statistics],
            "storage" => &[Like::Storage],
            _ => return self.stop("what to copy"),
        };
        self.advance();
        including.retain(|option| !options.contains(option));
        if adds {
            including.extend_from_slice(options);
        }
        Ok(())
    }

    fn is_table_constraint(&self) -> bool {
        match self.word() {
            "constraint" | "check" | "unique" | "primary" | "foreign" => true,
            // NOT NULL column
            "not" => self.word_at(1) == "null",
            "exclude" => {
                self.kind_at(1) == Some(TokenKind::OpenParenthesis) || self.word_at(1) == "using"
            }
            _ => false,
        }
    }

    fn table_constraint(&mut self) -> Read<TableConstraint> {
        let start = self.here();
        let name = self.constraint_name()?;
        let kind = match self.word() {
            "check" => {
                self.advance();
                self.open()?;
                let check = self.expression()?;
                self.close()?;
                TableConstraintKind::Check(check)
            }
            "not" => {
                self.advance();
                self.expect("null")?;
                TableConstraintKind::NotNull(self.column_name()?)
            }
            "unique" => {
                self.advance();
                if self.eat(&["using", "index"]) {
                    TableConstraintKind::UniqueUsingIndex(self.column_name()?)
                } else {
                    let nulls_not_distinct = self.nulls_not_distinct();
                    let columns = self.key_columns()?;
                    TableConstraintKind::Unique {
                        columns,
                        nulls_not_distinct,
                    }
                }
            }
            "primary" => {
                self.advance();
                self.expect("key")?;
                if self.eat(&["using", "index"]) {
                    TableConstraintKind::PrimaryKeyUsingIndex(self.column_name()?)
                } else {
                    TableConstraintKind::PrimaryKey(self.key_columns()?)
                }
            }
            "foreign" => {
                self.advance();
                self.expect("key")?;
                let (columns, period) = self.foreign_columns()?;
                self.expect("references")?;
                let relation = self.object_name()?;
                let (referenced, _) = if self.is_open() {
                    self.foreign_columns()?
                } else {
                    (Vec::new(), false)
                };
                self.reference_actions()?;
                TableConstraintKind::ForeignKey {
                    columns,
                    relation,
                    referenced,
                    period,
                }
            }
            "exclude" => {
                self.advance();
                let method = if self.eat(&["using"]) {
                    Some(self.column_name()?)
                } else {
                    None
                };
                TableConstraintKind::Exclude {
                    method,
                    elements: self.enclosed(Self::excluded_element)?,
                }
            }
            _ => return self.stop("a constraint"),
        };
        let mut not_valid = false;
        let mut include = Vec::new();
        let mut attributes = ConstraintAttributes::default();
        loop {
            match self.word() {
                "include" => {
                    self.advance();
                    include = self.enclosed(Self::column_name)?;
                }
                "with" | "where" => {
                    self.advance();
                    self.skip_enclosed()?;
                }
                "using" => {
                    self.advance();
                    self.expect("index")?;
                    self.expect("tablespace")?;
                    self.column_name()?;
                }
                "not" if self.word_at(1) == "valid" => {
                    self.advance();
                    self.advance();
                    not_valid = true;
                }
                _ if self.constraint_attribute(&mut attributes) => {}
                _ => break,
            }
        }
        Ok(TableConstraint {
            name,
            kind,
            not_valid,
            no_inherit: attributes.no_inherit,
            deferrable: attributes.deferrable,
            include,
            span: self.since(start),
        })
    }

    fn constraint_name(&mut self) -> Read<Option<Name>> {
        if self.eat(&["constraint"]) {
            self.column_name().map(Some)
        } else {
            Ok(None)
        }
    }

    pub(super) fn nulls_not_distinct(&mut self) -> bool {
        if self.eat(&["nulls", "not", "distinct"]) {
            return true;
        }
        self.eat(&["nulls", "distinct"]);
        false
    }

    /// `(a, b WITHOUT OVERLAPS)`
    fn key_columns(&mut self) -> Read<Vec<Name>> {
        self.enclosed(|reader| {
            let name = reader.column_name()?;
            reader.eat(&["without", "overlaps"]);
            Ok(name)
        })
    }

    /// `column WITH operator`; the operator says nothing about names or types.
    fn excluded_element(&mut self) -> Read<IndexPart> {
        let element = self.index_element()?;
        self.expect("with")?;
        while !self.at_end() && !self.is_kind(TokenKind::Comma) && !self.is_close() {
            if self.is_open() {
                self.skip_enclosed()?;
            } else {
                self.advance();
            }
        }
        Ok(element)
    }

    /// `(a, PERIOD b)`, and whether there is a period.
    fn foreign_columns(&mut self) -> Read<(Vec<Name>, bool)> {
        let mut period = false;
        let columns = self.enclosed(|reader| {
            if reader.word() == "period"
                && !matches!(
                    reader.kind_at(1),
                    Some(TokenKind::Comma | TokenKind::CloseParenthesis)
                )
            {
                reader.advance();
                period = true;
            }
            reader.column_name()
        })?;
        Ok((columns, period))
    }

    /// MATCH, ON DELETE, ON UPDATE.
    fn reference_actions(&mut self) -> Read<()> {
        if self.eat(&["match"]) {
            self.label()?;
        }
        loop {
            if self.eat(&["on", "delete"]) || self.eat(&["on", "update"]) {
                match self.word() {
                    "no" => {
                        self.advance();
                        self.expect("action")?;
                    }
                    "set" => {
                        self.advance();
                        self.advance();
                        if self.is_open() {
                            self.skip_enclosed()?;
                        }
                    }
                    "restrict" | "cascade" => self.advance(),
                    _ => return self.stop("NO ACTION, RESTRICT, CASCADE or SET"),
                }
            } else {
                return Ok(());
            }
        }
    }

    /// DEFERRABLE and its kin, which say nothing about types. NOT VALID and NOT NULL are not among them.
    fn constraint_attribute(&mut self, attributes: &mut ConstraintAttributes) -> bool {
        if self.eat(&["deferrable"]) || self.eat(&["initially", "deferred"]) {
            attributes.deferrable = true;
            return true;
        }
        if self.eat(&["no", "inherit"]) {
            attributes.no_inherit = true;
            return true;
        }
        self.eat(&["not", "deferrable"])
            || self.eat(&["initially", "immediate"])
            || self.eat(&["enforced"])
            || self.eat(&["not", "enforced"])
    }

    /// A column with its type, or one that another object gives its type.
    pub(super) fn column_def(&mut self, has_type: bool) -> Read<ColumnDef> {
        let start = self.here();
        let name = self.column_name()?;
        let type_name = if has_type {
            Some(self.type_name()?)
        } else {
            self.eat(&["with", "options"]);
            None
        };
        let constraints = self.column_constraints()?;
        Ok(ColumnDef {
            name,
            type_name,
            constraints,
            span: self.since(start),
        })
    }

    pub(super) fn column_constraints(&mut self) -> Read<Vec<ColumnConstraint>> {
        let mut constraints = Vec::new();
        loop {
            let start = self.here();
            let name = self.constraint_name()?;
            let mut attributes = ConstraintAttributes::default();
            let is_attribute = name.is_none() && self.word() != "no";
            let kind = if is_attribute && self.constraint_attribute(&mut attributes) {
                ColumnConstraintKind::Misplaced
            } else if let Some(kind) = self.column_constraint()? {
                kind
            } else if name.is_some() {
                return self.stop("a constraint");
            } else {
                return Ok(constraints);
            };
            while self.constraint_attribute(&mut attributes) || self.eat(&["not", "valid"]) {}
            constraints.push(ColumnConstraint {
                name,
                kind,
                no_inherit: attributes.no_inherit,
                deferrable: attributes.deferrable,
                span: self.since(start),
            });
        }
    }

    fn column_constraint(&mut self) -> Read<Option<ColumnConstraintKind>> {
        let word = self.word();
        let kind = match word {
            "not" => {
                self.advance();
                self.expect("null")?;
                ColumnConstraintKind::NotNull
            }
            "null" => {
                self.advance();
                ColumnConstraintKind::Null
            }
            "default" => {
                self.advance();
                ColumnConstraintKind::Default(self.restricted_expression()?)
            }
            "check" => {
                self.advance();
                self.open()?;
                let check = self.expression()?;
                self.close()?;
                ColumnConstraintKind::Check(check)
            }
            "primary" => {
                self.advance();
                self.expect("key")?;
                self.index_parameters()?;
                ColumnConstraintKind::PrimaryKey
            }
            "unique" => {
                self.advance();
                let nulls_not_distinct = self.nulls_not_distinct();
                self.index_parameters()?;
                ColumnConstraintKind::Unique { nulls_not_distinct }
            }
            "references" => {
                self.advance();
                let relation = self.object_name()?;
                let columns = self.optional_column_names()?;
                self.reference_actions()?;
                ColumnConstraintKind::References { relation, columns }
            }
            "generated" => self.generated()?,
            "collate" => {
                self.advance();
                self.any_object_name()?;
                ColumnConstraintKind::Other
            }
            "storage" | "compression" => {
                self.advance();
                self.label()?;
                ColumnConstraintKind::Other
            }
            "options" => {
                self.advance();
                self.skip_enclosed()?;
                ColumnConstraintKind::Other
            }
            _ => return Ok(None),
        };
        Ok(Some(kind))
    }

    /// WITH (…) and USING INDEX TABLESPACE behind a key.
    fn index_parameters(&mut self) -> Read<()> {
        if self.word() == "with" {
            self.advance();
            self.skip_enclosed()?;
        }
        if self.eat(&["using", "index", "tablespace"]) {
            self.column_name()?;
        }
        Ok(())
    }

    fn generated(&mut self) -> Read<ColumnConstraintKind> {
        self.advance();
        let always = self.generated_when()?;
        self.expect("as")?;
        if self.eat(&["identity"]) {
            if self.is_open() {
                self.skip_enclosed()?;
            }
            return Ok(ColumnConstraintKind::Identity { always });
        }
        self.open()?;
        let expression = self.expression()?;
        self.close()?;
        if !self.eat(&["stored"]) {
            self.eat_plain("virtual");
        }
        Ok(ColumnConstraintKind::Generated(expression))
    }

    /// ALWAYS (true), BY DEFAULT (false).
    fn generated_when(&mut self) -> Read<bool> {
        if self.eat(&["always"]) {
            return Ok(true);
        }
        self.expect("by")?;
        self.expect("default")?;
        Ok(false)
    }

    /// ALTER TABLE, FOREIGN TABLE, VIEW, MATERIALIZED VIEW, INDEX; the cursor is behind those words.
    pub(super) fn alter_relation(&mut self, kind: ObjectKind) -> Read<StatementKind> {
        if self.eat(&["all", "in", "tablespace"]) {
            self.position = self.end;
            return Ok(StatementKind::Utility("ALTER TABLE".to_owned()));
        }
        let if_exists = self.if_exists();
        let (name, only) = self.relation_name()?;
        if self.word() == "rename" {
            return self.rename_relation(kind, name, if_exists);
        }
        if self.eat(&["set", "schema"]) {
            return Ok(StatementKind::SetSchema(Box::new(SetSchema {
                kind,
                object: ObjectReference::Name(name),
                if_exists,
                schema: self.column_name()?,
            })));
        }
        let actions = self.list(Self::alter_action)?;
        Ok(StatementKind::AlterRelation(Box::new(AlterRelation {
            kind,
            name,
            if_exists,
            only,
            actions,
        })))
    }

    fn rename_relation(
        &mut self,
        kind: ObjectKind,
        name: ObjectName,
        if_exists: bool,
    ) -> Read<StatementKind> {
        self.advance();
        let rename = |kind, owner, object, to| {
            StatementKind::Rename(Box::new(Rename {
                kind,
                owner,
                object,
                if_exists,
                to,
            }))
        };
        if self.eat(&["to"]) {
            let to = self.column_name()?;
            return Ok(rename(kind, None, ObjectReference::Name(name), to));
        }
        let member = if self.eat(&["constraint"]) {
            ObjectKind::Constraint
        } else {
            // COLUMN may be left out, and may be a column's name where TO follows.
            self.eat(&["column"]);
            ObjectKind::Column
        };
        let old = self.column_name()?;
        self.expect("to")?;
        let to = self.column_name()?;
        let object = ObjectReference::Member {
            of: name,
            name: old,
        };
        Ok(rename(member, Some(kind), object, to))
    }

    /// Steps over the rest of one action: to the comma that parts it from the next.
    fn skip_action(&mut self) -> Read<AlterAction> {
        while !self.at_end() && !self.is_kind(TokenKind::Comma) {
            if self.is_open() {
                self.skip_enclosed()?;
            } else {
                self.advance();
            }
        }
        Ok(AlterAction::Other)
    }

    fn alter_action(&mut self) -> Read<AlterAction> {
        match self.word() {
            "add" => {
                self.advance();
                if self.is_table_constraint() {
                    return Ok(AlterAction::AddConstraint(self.table_constraint()?));
                }
                self.eat(&["column"]);
                let if_not_exists = self.if_not_exists();
                Ok(AlterAction::AddColumn {
                    column: self.column_def(true)?,
                    if_not_exists,
                })
            }
            "drop" => {
                self.advance();
                if self.eat(&["constraint"]) {
                    let if_exists = self.if_exists();
                    return Ok(AlterAction::DropConstraint {
                        if_exists,
                        name: self.column_name()?,
                        cascade: self.drop_behavior(),
                    });
                }
                self.eat(&["column"]);
                let if_exists = self.if_exists();
                Ok(AlterAction::DropColumn {
                    if_exists,
                    column: self.column_name()?,
                    cascade: self.drop_behavior(),
                })
            }
            "alter" => {
                self.advance();
                if self.eat(&["constraint"]) {
                    return self.skip_action();
                }
                self.eat(&["column"]);
                self.alter_column()
            }
            "validate" => {
                self.advance();
                self.expect("constraint")?;
                Ok(AlterAction::ValidateConstraint(self.column_name()?))
            }
            "attach" => {
                self.advance();
                self.expect("partition")?;
                let partition = self.object_name()?;
                self.skip_action()?;
                Ok(AlterAction::AttachPartition(partition))
            }
            "detach" => {
                self.advance();
                self.expect("partition")?;
                let partition = self.object_name()?;
                self.skip_action()?;
                Ok(AlterAction::DetachPartition(partition))
            }
            "inherit" => {
                self.advance();
                Ok(AlterAction::Inherit(self.object_name()?))
            }
            "no" if self.word_at(1) == "inherit" => {
                self.advance();
                self.advance();
                Ok(AlterAction::NoInherit(self.object_name()?))
            }
            "of" => {
                self.advance();
                Ok(AlterAction::OfType(self.any_object_name()?))
            }
            "not" if self.word_at(1) == "of" => {
                self.advance();
                self.advance();
                Ok(AlterAction::NotOf)
            }
            "enable" | "disable" => self.switch_trigger(),
            "set" | "reset" | "owner" | "cluster" | "force" | "no" | "replica" | "options"
            | "depends" => self.skip_action(),
            _ => self.stop("what to alter"),
        }
    }

    fn switch_trigger(&mut self) -> Read<AlterAction> {
        let enabled = self.word() == "enable";
        self.advance();
        if matches!(self.word(), "always" | "replica") {
            self.advance();
        }
        if !self.eat(&["trigger"]) {
            return self.skip_action();
        }
        let name = if matches!(self.word(), "all" | "user") {
            self.advance();
            None
        } else {
            Some(self.column_name()?)
        };
        Ok(AlterAction::SetTrigger { name, enabled })
    }

    fn alter_column(&mut self) -> Read<AlterAction> {
        // ALTER INDEX names columns by number.
        if self.is_kind(TokenKind::Integer) {
            return self.skip_action();
        }
        let column = self.column_name()?;
        if self.eat(&["set", "default"]) {
            return Ok(AlterAction::SetDefault {
                column,
                default: self.expression()?,
            });
        }
        if self.eat(&["drop", "default"]) {
            return Ok(AlterAction::DropDefault { column });
        }
        if self.eat(&["set", "not", "null"]) {
            return Ok(AlterAction::SetNotNull { column });
        }
        if self.eat(&["drop", "not", "null"]) {
            return Ok(AlterAction::DropNotNull { column });
        }
        if self.eat(&["set", "data", "type"]) || self.eat(&["type"]) {
            let type_name = self.type_name()?;
            if self.eat(&["collate"]) {
                self.any_object_name()?;
            }
            let using = if self.eat(&["using"]) {
                Some(self.expression()?)
            } else {
                None
            };
            self.skip_options()?;
            return Ok(AlterAction::SetType {
                column,
                type_name,
                using,
            });
        }
        if self.eat(&["add", "generated"]) {
            let always = self.generated_when()?;
            self.expect("as")?;
            self.expect("identity")?;
            if self.is_open() {
                self.skip_enclosed()?;
            }
            return Ok(AlterAction::AddGeneratedIdentity { column, always });
        }
        if self.eat(&["drop", "identity"]) {
            return Ok(AlterAction::DropIdentity {
                column,
                if_exists: self.if_exists(),
            });
        }
        if self.eat(&["drop", "expression"]) {
            return Ok(AlterAction::DropExpression {
                column,
                if_exists: self.if_exists(),
            });
        }
        if self.eat(&["set", "expression"]) {
            self.expect("as")?;
            self.open()?;
            let expression = self.expression()?;
            self.close()?;
            return Ok(AlterAction::SetExpression { column, expression });
        }
        if self.is(&["set", "generated"]) || self.word() == "restart" {
            let mut always = None;
            if self.eat(&["set", "generated"]) {
                always = Some(self.generated_when()?);
            }
            self.skip_action()?;
            return Ok(AlterAction::SetIdentity { column, always });
        }
        self.skip_action()
    }

    /// OPTIONS (…) of a foreign table's column.
    fn skip_options(&mut self) -> Read<()> {
        if self.eat(&["options"]) {
            self.skip_enclosed()?;
        }
        Ok(())
    }

    /// CASCADE or RESTRICT; true for CASCADE.
    pub(super) fn drop_behavior(&mut self) -> bool {
        let cascade = self.eat(&["cascade"]);
        if !cascade {
            self.eat(&["restrict"]);
        }
        cascade
    }
}
