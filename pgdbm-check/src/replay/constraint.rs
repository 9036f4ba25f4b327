//! Constraints of tables.

use pgdbm_template::Code;

use super::dependents::Object;
use super::name::has_constraint;
use super::{Replay, exists, missing};
use crate::analyze;
use crate::catalog::{
    Catalog, Check, IndexDefinition, IndexElement, Key, Major, OtherConstraint, Relation, TypeId,
};
use crate::failure::{Failure, Result};
use crate::syntax::ast::{
    ColumnConstraint, ColumnConstraintKind, Expr, Name, Span, TableConstraint, TableConstraintKind,
};
use crate::tree;

/// Refuses what says how a constraint is checked where none stands before it.
pub(super) fn check_places(constraints: &[ColumnConstraint]) -> Result<()> {
    let mut constraints = constraints.iter();
    let misplaced =
        constraints.find(|constraint| matches!(constraint.kind, ColumnConstraintKind::Misplaced));
    match misplaced {
        None => Ok(()),
        Some(constraint) => {
            let message = "there is no constraint before this that it could be about";
            Err(
                Failure::error(Code::InvalidDefinition, constraint.span, message)
                    .help("write it behind PRIMARY KEY, UNIQUE or REFERENCES"),
            )
        }
    }
}

/// A column's constraint as one of the table; None for what concerns the column alone.
pub(super) fn of_column(column: &Name, constraint: &ColumnConstraint) -> Option<TableConstraint> {
    let columns = vec![column.clone()];
    let kind = match &constraint.kind {
        ColumnConstraintKind::Check(check) => TableConstraintKind::Check(check.clone()),
        ColumnConstraintKind::PrimaryKey => TableConstraintKind::PrimaryKey(columns),
        ColumnConstraintKind::Unique { nulls_not_distinct } => TableConstraintKind::Unique {
            columns,
            nulls_not_distinct: *nulls_not_distinct,
        },
        ColumnConstraintKind::References {
            relation,
            columns: referenced,
        } => TableConstraintKind::ForeignKey {
            columns,
            relation: relation.clone(),
            referenced: referenced.clone(),
            period: false,
        },
        _ => return None,
    };
    Some(TableConstraint {
        name: constraint.name.clone(),
        kind,
        not_valid: false,
        no_inherit: constraint.no_inherit,
        deferrable: constraint.deferrable,
        include: Vec::new(),
        span: constraint.span,
    })
}

pub(super) fn joined(columns: &[Name]) -> String {
    columns
        .iter()
        .map(|column| column.text.as_str())
        .collect::<Vec<_>>()
        .join("_")
}

fn texts(columns: &[Name]) -> Vec<String> {
    columns.iter().map(|column| column.text.clone()).collect()
}

/// The order in which CREATE TABLE makes its constraints: a foreign key may refer to a key that stands behind it.
pub(super) fn rank(constraint: &TableConstraint) -> u8 {
    match constraint.kind {
        TableConstraintKind::Check(_) | TableConstraintKind::NotNull(_) => 0,
        TableConstraintKind::PrimaryKey(_) | TableConstraintKind::PrimaryKeyUsingIndex(_) => 1,
        TableConstraintKind::Unique { .. }
        | TableConstraintKind::UniqueUsingIndex(_)
        | TableConstraintKind::Exclude(_) => 2,
        TableConstraintKind::ForeignKey { .. } => 3,
    }
}

/// CREATE TABLE makes one index of two keys that are the same; a name is kept.
pub(super) fn without_repetition(constraints: Vec<TableConstraint>) -> Vec<TableConstraint> {
    let mut kept: Vec<TableConstraint> = Vec::new();
    for constraint in constraints {
        let same = kept.iter_mut().find(|other| {
            matches!(
                (columns_of_key(other), columns_of_key(&constraint)),
                (Some(own), Some(columns)) if own == columns
            ) && other.deferrable == constraint.deferrable
                && texts(&other.include) == texts(&constraint.include)
                && nulls_not_distinct(other) == nulls_not_distinct(&constraint)
        });
        match same {
            Some(other) => {
                if other.name.is_none() {
                    other.name = constraint.name;
                }
            }
            None => kept.push(constraint),
        }
    }
    kept
}

fn columns_of_key(constraint: &TableConstraint) -> Option<Vec<String>> {
    match &constraint.kind {
        TableConstraintKind::PrimaryKey(columns) | TableConstraintKind::Unique { columns, .. } => {
            Some(texts(columns))
        }
        _ => None,
    }
}

fn nulls_not_distinct(constraint: &TableConstraint) -> bool {
    matches!(
        constraint.kind,
        TableConstraintKind::Unique {
            nulls_not_distinct: true,
            ..
        }
    )
}

impl Replay<'_> {
    /// Adds a constraint to a table and, unless `only` it is meant, to its children and partitions.
    pub(super) fn constrain(
        &mut self,
        id: TypeId,
        constraint: &TableConstraint,
        only: bool,
    ) -> Result<()> {
        let Some(relation) = self.catalog.relation_of(id) else {
            return Ok(());
        };
        let relation = &*relation;
        if let Some(name) = &constraint.name {
            // An index that becomes a constraint may give it its name.
            let becomes = match &constraint.kind {
                TableConstraintKind::PrimaryKeyUsingIndex(index)
                | TableConstraintKind::UniqueUsingIndex(index) => Some(index.text.as_str()),
                _ => None,
            };
            // A check of the same name as an inherited one is merged with it.
            let merged = matches!(constraint.kind, TableConstraintKind::Check(_))
                && relation
                    .checks
                    .iter()
                    .any(|check| check.name == name.text && !check.local);
            if merged {
                if let Some(relation) = self.catalog.relation_mut(id) {
                    for check in &mut relation.checks {
                        check.local |= check.name == name.text;
                    }
                }
                return Ok(());
            }
            if has_constraint(relation, &name.text) {
                if self.tolerant {
                    return Ok(());
                }
                return Err(exists("constraint", &name.text, name.span));
            }
            let has_index = matches!(rank(constraint), 1 | 2);
            if has_index
                && becomes != Some(name.text.as_str())
                && self.is_taken(&relation.schema, &name.text)
            {
                if self.tolerant {
                    return Ok(());
                }
                return Err(exists("relation", &name.text, name.span));
            }
        }
        match &constraint.kind {
            TableConstraintKind::PrimaryKey(columns) => {
                self.key(relation, constraint, columns, true, only)
            }
            TableConstraintKind::Unique {
                columns,
                nulls_not_distinct,
            } => {
                if *nulls_not_distinct {
                    self.check_nulls_not_distinct(constraint.span)?;
                }
                self.key(relation, constraint, columns, false, only)
            }
            TableConstraintKind::PrimaryKeyUsingIndex(index) => {
                self.key_of_index(relation, constraint, index, true)
            }
            TableConstraintKind::UniqueUsingIndex(index) => {
                self.key_of_index(relation, constraint, index, false)
            }
            TableConstraintKind::Check(expr) => self.check(relation, constraint, expr, only),
            TableConstraintKind::NotNull(column) => {
                self.check_columns(relation, std::slice::from_ref(column))?;
                if !constraint.not_valid {
                    let only = only || constraint.no_inherit;
                    self.set_not_null(id, std::slice::from_ref(&column.text), only);
                    if let Some(attribute) = self.attribute_mut(id, &column.text) {
                        attribute.not_null_stays |= constraint.no_inherit;
                        if let Some(name) = &constraint.name {
                            attribute.not_null_name = Some(name.text.clone());
                        }
                    }
                }
                Ok(())
            }
            TableConstraintKind::ForeignKey {
                columns,
                relation: referenced,
                referenced: of,
                period,
            } => self.foreign_key(relation, constraint, columns, (referenced, of), *period),
            TableConstraintKind::Exclude(elements) => self.exclude(relation, constraint, elements),
        }
    }

    /// `NULLS NOT DISTINCT` is younger than some servers.
    pub(super) fn check_nulls_not_distinct(&self, span: Span) -> Result<()> {
        if self.catalog.builtin.major < Major::V15 {
            return Err(Failure::error(
                Code::SyntaxError,
                span,
                "NULLS NOT DISTINCT is of PostgreSQL 15",
            ));
        }
        Ok(())
    }

    fn key(
        &mut self,
        relation: &Relation,
        constraint: &TableConstraint,
        columns: &[Name],
        primary: bool,
        only: bool,
    ) -> Result<()> {
        if primary && relation.primary_key().is_some() {
            if self.tolerant {
                return Ok(());
            }
            return Err(Failure::error(
                Code::InvalidDefinition,
                constraint.span,
                format!("`{}` has a primary key already", relation.name),
            ));
        }
        self.check_columns(relation, columns)?;
        self.check_columns(relation, &constraint.include)?;
        let columns = texts(columns);
        self.check_partition_key(relation, &columns, constraint.span)?;
        for column in &columns {
            self.check_order(relation, column, constraint.span)?;
        }
        let id = relation.row_type;
        if primary {
            self.set_not_null(id, &columns, only);
        }
        let name = match &constraint.name {
            Some(name) => name.text.clone(),
            None if primary => self.constraint_name(relation, "", "pkey", true),
            None => self.constraint_name(relation, &columns.join("_"), "key", true),
        };
        let include = texts(&constraint.include);
        let definition = IndexDefinition {
            unique: true,
            method: "btree".to_owned(),
            elements: columns
                .iter()
                .map(|column| Some(IndexElement::Column(column.clone())))
                .collect(),
            names: columns.iter().chain(&include).cloned().collect(),
            include: include.clone(),
            filter: None,
        };
        let key = Key {
            name: name.clone(),
            primary,
            constraint: true,
            columns,
            has_expressions: false,
            has_filter: false,
            include,
            deferrable: constraint.deferrable,
        };
        self.add_index(id, &name, definition, Some(key), Vec::new(), only);
        Ok(())
    }

    /// A unique key of a partitioned table holds what it is partitioned by: each partition can then see to it alone.
    pub(super) fn check_partition_key(
        &self,
        relation: &Relation,
        columns: &[String],
        span: Span,
    ) -> Result<()> {
        let Some(key) = &relation.partition_key else {
            return Ok(());
        };
        if key.has_expressions {
            return Err(Failure::error(
                Code::InvalidDefinition,
                span,
                format!(
                    "`{}` is partitioned by an expression, so that it can have no unique key",
                    relation.name
                ),
            ));
        }
        match key.columns.iter().find(|column| !columns.contains(column)) {
            Some(left_out) => Err(Failure::error(
                Code::InvalidDefinition,
                span,
                format!(
                    "a unique key of `{}` must hold `{left_out}`, by which it is partitioned",
                    relation.name
                ),
            )
            .help(format!("add `{left_out}` to the key"))),
            None => Ok(()),
        }
    }

    /// A column of a btree index needs an order.
    pub(super) fn check_order(&self, relation: &Relation, column: &str, span: Span) -> Result<()> {
        let Some(attribute) = relation.attribute(column) else {
            return Ok(());
        };
        if analyze::has_order(self.catalog, attribute.type_id) {
            return Ok(());
        }
        Err(Failure::error(
            Code::InvalidDefinition,
            span,
            format!(
                "values of type {} have no order, so that `{column}` cannot be indexed by btree",
                crate::catalog::format_type(self.catalog, attribute.type_id)
            ),
        ))
    }

    fn key_of_index(
        &mut self,
        relation: &Relation,
        constraint: &TableConstraint,
        index: &Name,
        primary: bool,
    ) -> Result<()> {
        let Some(key) = relation.keys.iter().find(|key| key.name == index.text) else {
            return Err(missing(
                Code::UnknownConstraint,
                "unique index",
                &index.text,
                index.span,
            ));
        };
        let unfit = if key.constraint {
            Some("is of a constraint already")
        } else if key.has_filter {
            Some("is about some of the rows only")
        } else if key.has_expressions {
            Some("is over expressions")
        } else {
            None
        };
        if let Some(unfit) = unfit {
            if self.tolerant {
                return Ok(());
            }
            return Err(Failure::error(
                Code::InvalidDefinition,
                index.span,
                format!(
                    "the index `{}` {unfit}, so that it can be no constraint",
                    index.text
                ),
            ));
        }
        if primary && relation.primary_key().is_some() {
            if self.tolerant {
                return Ok(());
            }
            return Err(Failure::error(
                Code::InvalidDefinition,
                constraint.span,
                format!("`{}` has a primary key already", relation.name),
            ));
        }
        let name = constraint.name.as_ref().unwrap_or(index).text.clone();
        let columns = key.columns.clone();
        let indexes = &mut self.catalog.schema_mut(&relation.schema.clone()).indexes;
        if let Some(renamed) = indexes.remove(&index.text) {
            indexes.insert(name.clone(), renamed);
        }
        if let Some(relation) = self.catalog.relation_mut(relation.row_type) {
            for key in &mut relation.keys {
                if key.name == index.text {
                    key.constraint = true;
                    key.primary = primary;
                    key.deferrable = constraint.deferrable;
                    key.name.clone_from(&name);
                }
            }
        }
        if primary {
            self.set_not_null(relation.row_type, &columns, false);
        }
        Ok(())
    }

    fn check(
        &mut self,
        relation: &Relation,
        constraint: &TableConstraint,
        expr: &Expr,
        only: bool,
    ) -> Result<()> {
        // A check that cannot be analyzed is none that says anything.
        let analyzed = match analyze::row_expr(self.catalog, relation, expr) {
            Ok(analyzed) if tree::uses::has_query(&analyzed) => {
                return Err(Failure::error(
                    Code::InvalidDefinition,
                    expr.span,
                    "a check cannot hold a query",
                ));
            }
            Ok(analyzed) => Some(analyzed),
            Err(failure) if is_certain(&failure, relation) => return Err(failure),
            Err(_) => None,
        };
        let uses = analyzed
            .as_ref()
            .map(|expr| tree::uses::of_expr(self.catalog, expr, relation))
            .unwrap_or_default();
        let columns = analyzed
            .map(|expr| tree::uses::columns(&expr, relation))
            .unwrap_or_default();
        let name = match &constraint.name {
            Some(name) => name.text.clone(),
            None => {
                // A check about one column is named after it.
                let column = match columns.as_slice() {
                    [column] => column,
                    _ => "",
                };
                self.constraint_name(relation, column, "check", false)
            }
        };
        let inherits = !constraint.no_inherit;
        let members = if inherits && !only {
            self.family(relation.row_type)
        } else {
            vec![relation.row_type]
        };
        for member in members {
            let local = member == relation.row_type;
            let mut uses = uses.clone();
            // A child's check is about its own columns.
            for (of, _) in &mut uses.columns {
                *of = member;
            }
            if let Some(relation) = self.catalog.relation_mut(member)
                && !relation.checks.iter().any(|check| check.name == name)
            {
                relation.checks.push(Check {
                    name: name.clone(),
                    columns: columns.clone(),
                    // That the check needs the columns is in `columns`: it goes with them.
                    uses: crate::catalog::Uses {
                        columns: Vec::new(),
                        ..uses
                    },
                    local,
                    inherits,
                    valid: !constraint.not_valid,
                });
            }
        }
        Ok(())
    }

    fn exclude(
        &mut self,
        relation: &Relation,
        constraint: &TableConstraint,
        elements: &[Expr],
    ) -> Result<()> {
        let (definition, used, functions) =
            self.index_definition(relation, elements, &constraint.include, None, "gist", false)?;
        let name = match &constraint.name {
            Some(name) => name.text.clone(),
            None => self.constraint_name(relation, &definition.names.join("_"), "excl", true),
        };
        let id = relation.row_type;
        if let Some(relation) = self.catalog.relation_mut(id) {
            relation.other_constraints.push(OtherConstraint {
                name: name.clone(),
                columns: used,
                references: None,
                local: true,
                doubtful: self.tolerant,
            });
        }
        self.add_index(id, &name, definition, None, functions, false);
        Ok(())
    }

    pub(super) fn check_columns(&self, relation: &Relation, columns: &[Name]) -> Result<()> {
        if relation.unknown_columns {
            return Ok(());
        }
        match columns
            .iter()
            .find(|column| relation.position(&column.text).is_none())
        {
            Some(column) => Err(self.no_column(relation, column)),
            None => Ok(()),
        }
    }

    pub(super) fn drop_constraint(
        &mut self,
        relation: &Relation,
        name: &Name,
        options: DropOptions,
        span: Span,
    ) -> Result<()> {
        let id = relation.row_type;
        let key = relation.keys.iter().find(|key| key.name == name.text);
        let check = relation.checks.iter().find(|check| check.name == name.text);
        let other = relation
            .other_constraints
            .iter()
            .find(|other| other.name == name.text);
        let object = match (check, other) {
            (Some(_), _) => Object::Check(id, name.text.clone()),
            (_, Some(other)) if other.references.is_some() => {
                Object::Constraint(id, name.text.clone())
            }
            (_, Some(_)) => Object::Index(id, name.text.clone()),
            (None, None) if key.is_some_and(|key| key.constraint) => {
                Object::Index(id, name.text.clone())
            }
            (None, None) => {
                if self.drop_not_null(relation, &name.text) || options.if_exists || self.tolerant {
                    return Ok(());
                }
                return Err(missing(
                    Code::UnknownConstraint,
                    &format!("constraint of `{}` called", relation.name),
                    &name.text,
                    name.span,
                ));
            }
        };
        if self.is_inherited(relation, &object, &name.text) {
            if self.tolerant {
                return Ok(());
            }
            return Err(Failure::error(
                Code::InvalidDefinition,
                name.span,
                format!(
                    "`{}` has the constraint `{}` from the table that it inherits from",
                    relation.name, name.text
                ),
            )
            .help("drop it there"));
        }
        let mut objects = vec![object.clone()];
        match object {
            Object::Check(..) if check.is_some_and(|check| check.inherits) => {
                self.add_inherited_checks(id, &name.text, options.only, &mut objects);
            }
            Object::Constraint(..) => {
                for member in self.family(id).into_iter().skip(1) {
                    let inherits = self.catalog.relation_of(member).is_some_and(|child| {
                        child
                            .other_constraints
                            .iter()
                            .any(|other| other.name == name.text && !other.local)
                    });
                    if inherits {
                        objects.push(Object::Constraint(member, name.text.clone()));
                    }
                }
            }
            _ => {}
        }
        self.drop_objects(objects, options.cascade, name.span, span)
    }

    /// The checks of children that have them from here alone; the others become their own.
    fn add_inherited_checks(
        &mut self,
        id: TypeId,
        name: &str,
        only: bool,
        objects: &mut Vec<Object>,
    ) {
        let children = self
            .catalog
            .relations()
            .filter(|relation| relation.parents.contains(&id))
            .cloned()
            .collect::<Vec<_>>();
        for child in children {
            let Some(check) = child.checks.iter().find(|check| check.name == name) else {
                continue;
            };
            let from_elsewhere =
                child
                    .parents
                    .iter()
                    .filter(|parent| **parent != id)
                    .any(|parent| {
                        self.catalog.relation_of(*parent).is_some_and(|parent| {
                            parent
                                .checks
                                .iter()
                                .any(|check| check.name == name && check.inherits)
                        })
                    });
            if only {
                if let Some(relation) = self.catalog.relation_mut(child.row_type) {
                    for check in &mut relation.checks {
                        check.local |= check.name == name;
                    }
                }
            } else if !check.local && !from_elsewhere {
                objects.push(Object::Check(child.row_type, name.to_owned()));
                self.add_inherited_checks(child.row_type, name, false, objects);
            }
        }
    }

    fn is_inherited(&self, relation: &Relation, object: &Object, name: &str) -> bool {
        match object {
            Object::Check(..) => relation.parents.iter().any(|parent| {
                self.catalog.relation_of(*parent).is_some_and(|parent| {
                    parent
                        .checks
                        .iter()
                        .any(|check| check.name == name && check.inherits)
                })
            }),
            Object::Constraint(..) => relation
                .other_constraints
                .iter()
                .any(|other| other.name == name && !other.local),
            _ => self
                .catalog
                .schema(&relation.schema)
                .and_then(|schema| schema.indexes.get(name))
                .is_some_and(|index| index.parent.is_some()),
        }
    }

    /// From PostgreSQL 18 on NOT NULL has a name, too.
    fn drop_not_null(&mut self, relation: &Relation, name: &str) -> bool {
        let columns = self.named_not_null(relation, name);
        for column in &columns {
            for member in self.family(relation.row_type) {
                if let Some(attribute) = self.attribute_mut(member, column) {
                    attribute.not_null = false;
                    attribute.not_null_name = None;
                }
            }
        }
        !columns.is_empty()
    }

    pub(super) fn rename_not_null(&mut self, relation: &Relation, name: &str, to: &str) -> bool {
        let columns = self.named_not_null(relation, name);
        for column in &columns {
            if let Some(attribute) = self.attribute_mut(relation.row_type, column) {
                attribute.not_null_name = Some(to.to_owned());
            }
        }
        !columns.is_empty()
    }

    /// The columns whose NOT NULL may have this name. What the table and the column were called when the server made a name up
    /// is not known, so that these may be more than one.
    fn named_not_null(&self, relation: &Relation, name: &str) -> Vec<String> {
        if self.catalog.builtin.major < Major::V18 {
            return Vec::new();
        }
        let having = |is_it: &dyn Fn(&crate::catalog::Attribute) -> bool| {
            relation
                .attributes
                .iter()
                .filter(|attribute| attribute.not_null && is_it(attribute))
                .map(|attribute| attribute.name.clone())
                .collect::<Vec<_>>()
        };
        let given = having(&|attribute| attribute.not_null_name.as_deref() == Some(name));
        if !given.is_empty() {
            return given;
        }
        let unnamed = |attribute: &crate::catalog::Attribute| attribute.not_null_name.is_none();
        let likely = having(&|attribute| {
            unnamed(attribute) && name.contains(&format!("_{}_not_null", attribute.name))
        });
        if likely.is_empty() && name.contains("_not_null") {
            return having(&unnamed);
        }
        likely
    }

    /// Columns take no NULL any more; not those of children either, unless `only` the table is meant.
    pub(super) fn set_not_null(&mut self, id: TypeId, columns: &[String], only: bool) {
        let members = if only { vec![id] } else { self.family(id) };
        for member in members {
            for column in columns {
                if let Some(attribute) = self.attribute_mut(member, column) {
                    attribute.not_null = true;
                }
            }
        }
    }

    pub(super) fn attribute_mut(
        &mut self,
        id: TypeId,
        column: &str,
    ) -> Option<&mut crate::catalog::Attribute> {
        self.catalog
            .relation_mut(id)?
            .attributes
            .iter_mut()
            .find(|attribute| attribute.name == column)
    }
}

/// How something is dropped.
#[derive(Clone, Copy, Debug)]
pub(super) struct DropOptions {
    pub(super) if_exists: bool,
    pub(super) cascade: bool,
    pub(super) only: bool,
}

/// Whether the server would refuse an expression over a relation for the same reason: names and types it knows as well as we do.
pub(super) fn is_certain(failure: &Failure, relation: &Relation) -> bool {
    failure.is_error()
        && !relation.unknown_columns
        && matches!(
            failure.code,
            Code::UnknownColumn
                | Code::UnknownFunction
                | Code::UnknownOperator
                | Code::UnknownType
                | Code::UnknownSchema
                | Code::MisplacedCall
        )
}

/// Whether every partition key that is a column is one of a relation: the catalog is only asked for what is there.
pub(super) fn is_table(catalog: &Catalog, id: TypeId) -> bool {
    catalog.relation_of(id).is_some_and(|relation| {
        matches!(
            relation.kind,
            crate::catalog::RelationKind::Table | crate::catalog::RelationKind::PartitionedTable
        )
    })
}
