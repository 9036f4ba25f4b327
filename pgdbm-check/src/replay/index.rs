//! Indexes: unique ones are keys, all have names, and partitions have those of their table.

use pgdbm_template::Code;

use super::index_class::Wanted;
use super::steady::check_steady;
use super::{Replay, exists};
use crate::analyze;
use crate::catalog::{
    FunctionId, Index, IndexDefinition, IndexElement, Key, OtherConstraint, Relation, RelationKind,
    TypeId,
};
use crate::failure::{Failure, Result};
use crate::syntax::ast::{CreateIndex, Expr, ExprKind, IndexPart, Name};
use crate::tree;

impl Replay<'_> {
    pub(super) fn create_index(&mut self, index: &CreateIndex) -> Result<()> {
        let relation = analyze::relation(self.catalog, &index.relation)?;
        if relation.row_type.own_index().is_none() {
            return Ok(());
        }
        let indexable = matches!(
            relation.kind,
            RelationKind::Table | RelationKind::PartitionedTable | RelationKind::MaterializedView
        );
        if !indexable {
            return Err(Failure::error(
                Code::WrongKind,
                index.relation.name_span(),
                format!("`{}` can have no indexes", relation.name),
            ));
        }
        if index.nulls_not_distinct {
            self.check_nulls_not_distinct(index.relation.span)?;
        }
        let include = index
            .include
            .iter()
            .filter_map(|column| match &column.kind {
                ExprKind::Column(names) => names.last().cloned(),
                _ => None,
            })
            .collect::<Vec<_>>();
        let wanted = Wanted {
            method: index.method.as_ref(),
            unique: index.unique,
            include: !include.is_empty(),
            exclude: false,
        };
        let (definition, _, functions) = self.index_definition(
            &relation,
            &index.elements,
            &include,
            index.filter.as_ref(),
            &wanted,
        )?;
        let columns = definition
            .elements
            .iter()
            .filter_map(|element| match element {
                Some(IndexElement::Column(column)) => Some(column.clone()),
                _ => None,
            })
            .collect::<Vec<_>>();
        let has_expressions = columns.len() < definition.elements.len();
        if index.unique {
            self.check_partition_key(&relation, &columns, index.relation.span)?;
        }
        let name = match &index.name {
            Some(name) => {
                if self.is_taken(&relation.schema, &name.text) {
                    if index.if_not_exists || self.tolerant {
                        return Ok(());
                    }
                    return Err(exists("relation", &name.text, name.span));
                }
                name.text.clone()
            }
            None => self.relation_name(&relation, &definition.names.join("_"), "idx"),
        };
        let key = index.unique.then(|| Key {
            name: name.clone(),
            primary: false,
            constraint: false,
            columns,
            has_expressions,
            has_filter: index.filter.is_some(),
            include: definition.include.clone(),
            deferrable: false,
        });
        self.add_index(
            relation.row_type,
            &name,
            definition,
            key,
            functions,
            index.only,
        );
        Ok(())
    }

    /// What an index is made of, the columns that it uses (also inside expressions and the condition), and the functions.
    pub(super) fn index_definition(
        &self,
        relation: &Relation,
        elements: &[IndexPart],
        include: &[Name],
        filter: Option<&Expr>,
        wanted: &Wanted<'_>,
    ) -> Result<(IndexDefinition, Vec<String>, Vec<FunctionId>)> {
        self.check_columns(relation, include)?;
        self.check_method(wanted, elements)?;
        let mut definition = IndexDefinition {
            unique: wanted.unique,
            method: self.method_of(wanted).to_owned(),
            elements: Vec::new(),
            include: include.iter().map(|name| name.text.clone()).collect(),
            filter: None,
            names: self.element_names(elements, include),
        };
        let mut used = Vec::new();
        let mut functions = Vec::new();
        for part in elements {
            let element = &part.expr;
            let made = match &element.kind {
                ExprKind::Column(names)
                    if names.len() == 1 && !(part.enclosed && is_whole_row(relation, names)) =>
                {
                    self.check_columns(relation, names)?;
                    let name = names.first().map(|name| name.text.clone());
                    used.extend(name.clone());
                    name.map(IndexElement::Column)
                }
                _ => self
                    .used_by(relation, element, &mut used, &mut functions)?
                    .map(IndexElement::Expression),
            };
            let type_id = match &made {
                Some(IndexElement::Column(column)) => {
                    relation.attribute(column).map(|column| column.type_id)
                }
                Some(IndexElement::Expression(expr)) => {
                    check_steady(self.catalog, expr, "the expression of an index")?;
                    Some(expr.type_id)
                }
                None => None,
            };
            if let Some(type_id) = type_id {
                self.check_class(wanted, part, type_id)?;
            }
            definition.elements.push(made);
        }
        if let Some(filter) = filter {
            let filter = self.used_by(relation, filter, &mut used, &mut functions)?;
            if let Some(filter) = &filter {
                self.check_truth(filter, "the condition of an index")?;
                check_steady(self.catalog, filter, "the condition of an index")?;
            }
            definition.filter = Some(filter);
        }
        used.extend(definition.include.iter().cloned());
        Ok((definition, used, functions))
    }

    /// Adds an index to a table and its partitions; a key makes it unique.
    pub(super) fn add_index(
        &mut self,
        id: TypeId,
        name: &str,
        definition: IndexDefinition,
        key: Option<Key>,
        functions: Vec<FunctionId>,
        only: bool,
    ) {
        let number = self.put_index(id, name, definition, key, functions, None);
        let is_partitioned = self
            .catalog
            .relation_of(id)
            .is_some_and(|relation| relation.kind == RelationKind::PartitionedTable);
        if is_partitioned && !only {
            for partition in self.partitions(id) {
                self.index_partition(partition, name, id, number);
            }
        }
    }

    fn put_index(
        &mut self,
        id: TypeId,
        name: &str,
        definition: IndexDefinition,
        key: Option<Key>,
        functions: Vec<FunctionId>,
        parent: Option<u32>,
    ) -> u32 {
        let number = self.catalog.next_object();
        let mut columns = definition.include.clone();
        for element in definition.elements.iter().flatten() {
            if let IndexElement::Column(column) = element {
                columns.push(column.clone());
            }
        }
        let Some(relation) = self.catalog.relation_of(id) else {
            return number;
        };
        let inside = definition
            .elements
            .iter()
            .flatten()
            .filter_map(|element| match element {
                IndexElement::Expression(expr) => Some(expr),
                IndexElement::Column(_) => None,
            })
            .chain(definition.filter.iter().flatten());
        for expr in inside {
            columns.extend(tree::uses::columns(expr, &relation));
        }
        let index = Index {
            number,
            relation: id,
            columns,
            functions,
            parent,
            definition,
        };
        self.catalog
            .schema_mut(&relation.schema)
            .indexes
            .insert(name.to_owned(), index);
        if let (Some(key), Some(relation)) = (key, self.catalog.relation_mut(id)) {
            relation.keys.push(key);
        }
        number
    }

    fn partitions(&self, id: TypeId) -> Vec<TypeId> {
        self.catalog
            .relations()
            .filter(|relation| relation.partition && relation.parents.contains(&id))
            .map(|relation| relation.row_type)
            .collect()
    }

    /// Gives a partition all indexes of its table.
    pub(super) fn index_as_parent(&mut self, partition: TypeId, parent: TypeId) {
        for (number, name) in self.indexes_in_order(parent) {
            self.index_partition(partition, &name, parent, number);
        }
    }

    /// The names and numbers of a table's indexes, oldest first.
    pub(super) fn indexes_in_order(&self, id: TypeId) -> Vec<(u32, String)> {
        let Some(relation) = self.catalog.relation_of(id) else {
            return Vec::new();
        };
        let mut indexes = self
            .catalog
            .indexes(&relation.schema)
            .filter(|(_, index)| index.relation == id)
            .map(|(name, index)| (index.number, name.clone()))
            .collect::<Vec<_>>();
        indexes.sort_unstable();
        indexes
    }

    /// The partition's part of an index: one that it has already and that is the same, or a new one.
    fn index_partition(&mut self, partition: TypeId, name: &str, table: TypeId, number: u32) {
        let (Some(parent), Some(child)) = (
            self.catalog.relation_of(table),
            self.catalog.relation_of(partition),
        ) else {
            return;
        };
        let Some(index) = self
            .catalog
            .schema(&parent.schema)
            .and_then(|schema| schema.indexes.get(name))
            .cloned()
        else {
            return;
        };
        let key_of = |relation: &Relation, name: &str| {
            relation.keys.iter().find(|key| key.name == name).cloned()
        };
        let key = key_of(&parent, name);
        let wants_constraint = key.as_ref().is_some_and(|key| key.constraint);
        let own = self
            .indexes_in_order(partition)
            .into_iter()
            .map(|(_, own)| own)
            .find(|own| {
                self.catalog
                    .schema(&child.schema)
                    .and_then(|schema| schema.indexes.get(own))
                    .is_some_and(|candidate| {
                        candidate.parent.is_none()
                            && is_same(&candidate.definition, &index.definition)
                    })
                    && (!wants_constraint || key_of(&child, own).is_some_and(|key| key.constraint))
            });
        let child_number = match own {
            Some(own) => {
                let schema = self.catalog.schema_mut(&child.schema);
                let Some(own) = schema.indexes.get_mut(&own) else {
                    return;
                };
                own.parent = Some(number);
                None
            }
            None => {
                let name = self.copy_index(&child, &index, key.as_ref(), Some(number));
                Some(name)
            }
        };
        if let Some((number, name)) = child_number
            && child.kind == RelationKind::PartitionedTable
        {
            for below in self.partitions(partition) {
                self.index_partition(below, &name, partition, number);
            }
        }
    }

    /// The same index for another table, under a name of its own.
    pub(super) fn copy_index(
        &mut self,
        relation: &Relation,
        index: &Index,
        key: Option<&Key>,
        parent: Option<u32>,
    ) -> (u32, String) {
        let names = index.definition.names.join("_");
        let excludes = self
            .catalog
            .relation_of(index.relation)
            .and_then(|of| self.exclusion(&of, index.number));
        let name = match key {
            Some(key) if key.primary => self.constraint_name(relation, "", "pkey", true),
            Some(key) if key.constraint => self.constraint_name(relation, &names, "key", true),
            _ if excludes.is_some() => self.constraint_name(relation, &names, "excl", true),
            _ => self.relation_name(relation, &names, "idx"),
        };
        let key = key.map(|key| Key {
            name: name.clone(),
            ..key.clone()
        });
        if let Some(excludes) = excludes
            && let Some(relation) = self.catalog.relation_mut(relation.row_type)
        {
            relation.other_constraints.push(OtherConstraint {
                name: name.clone(),
                local: parent.is_none(),
                ..excludes
            });
        }
        let number = self.put_index(
            relation.row_type,
            &name,
            index.definition.clone(),
            key,
            index.functions.clone(),
            parent,
        );
        (number, name)
    }

    /// The exclusion whose index has this number.
    fn exclusion(&self, relation: &Relation, number: u32) -> Option<OtherConstraint> {
        relation
            .other_constraints
            .iter()
            .find(|other| {
                other.references.is_none()
                    && self
                        .catalog
                        .schema(&relation.schema)
                        .and_then(|schema| schema.indexes.get(&other.name))
                        .is_some_and(|index| index.number == number)
            })
            .cloned()
    }

    /// A partition that is one no more keeps its indexes as its own.
    pub(super) fn free_indexes(&mut self, id: TypeId) {
        let Some(relation) = self.catalog.relation_of(id) else {
            return;
        };
        for index in self
            .catalog
            .schema_mut(&relation.schema)
            .indexes
            .values_mut()
        {
            if index.relation == id {
                index.parent = None;
            }
        }
    }

    /// The names of an index's own columns, of which its own name is made. After `ChooseIndexColumnNames`.
    fn element_names(&self, elements: &[IndexPart], include: &[Name]) -> Vec<String> {
        let mut names: Vec<String> = Vec::new();
        let bases = elements.iter().map(|element| {
            analyze::index_column_name(self.catalog.builtin.major, &element.expr)
                .unwrap_or_else(|| "expr".to_owned())
        });
        for base in bases.chain(include.iter().map(|name| name.text.clone())) {
            let mut name = base.clone();
            let mut number = 1;
            while names.contains(&name) {
                name = format!("{base}{number}");
                number += 1;
            }
            names.push(name);
        }
        names
    }

    /// An expression or condition of an index, with what it uses. Only what is not there is a mistake: nothing else is known
    /// better than by the server.
    pub(super) fn used_by(
        &self,
        relation: &Relation,
        expr: &Expr,
        used: &mut Vec<String>,
        functions: &mut Vec<FunctionId>,
    ) -> Result<Option<tree::Expr>> {
        match analyze::row_expr(self.catalog, relation, expr) {
            Ok(made) if tree::uses::has_query(&made) => Err(Failure::error(
                Code::InvalidDefinition,
                expr.span,
                "an index, or what a table is partitioned by, can hold no query",
            )),
            Ok(expr) => {
                used.extend(tree::uses::columns(&expr, relation));
                functions.extend(tree::uses::of_expr(self.catalog, &expr, relation).functions);
                Ok(Some(expr))
            }
            Err(failure) if super::constraint::is_certain(self.catalog, &failure, relation) => {
                Err(failure)
            }
            Err(_) => Ok(None),
        }
    }
}

/// Whether the name of a table stands where one of a column could: its whole row is meant.
pub(super) fn is_whole_row(relation: &Relation, names: &[Name]) -> bool {
    names
        .iter()
        .all(|name| name.text == relation.name && relation.attribute(&name.text).is_none())
}

/// Whether two indexes of a table and its partition are alike. What could not be analyzed is like nothing.
fn is_same(own: &IndexDefinition, other: &IndexDefinition) -> bool {
    own.unique == other.unique
        && own.method == other.method
        && own.include == other.include
        && own.elements == other.elements
        && own.filter == other.filter
        && own.elements.iter().all(Option::is_some)
        && own.filter.as_ref().is_none_or(Option::is_some)
}
