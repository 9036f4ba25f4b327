//! Relations: tables, views and whatever else has columns.

use std::sync::Arc;

use super::{FunctionId, Origin, TypeId};
use crate::syntax::ast::RuleEvent;
use crate::tree;

#[derive(Clone, Debug)]
pub(crate) struct Relation {
    /// Its row type, which is also its identity.
    pub(crate) row_type: TypeId,
    pub(crate) schema: String,
    pub(crate) name: String,
    pub(crate) kind: RelationKind,
    /// Columns that were dropped are not among them.
    pub(crate) attributes: Vec<Attribute>,
    /// Primary key, unique constraints and unique indexes.
    pub(crate) keys: Vec<Key>,
    pub(crate) checks: Vec<Check>,
    pub(crate) triggers: Vec<Trigger>,
    /// Row types of the tables it inherits from or is a partition of.
    pub(crate) parents: Vec<TypeId>,
    pub(crate) partition: bool,
    /// The composite type that it was made of: `CREATE TABLE … OF type`.
    pub(crate) of_type: Option<TypeId>,
    /// PARTITION BY
    pub(crate) partition_key: Option<PartitionKey>,
    /// Foreign keys and exclusions.
    pub(crate) other_constraints: Vec<OtherConstraint>,
    /// What it was made from could not be analyzed: nothing is known of its columns.
    pub(crate) unknown_columns: bool,
    /// Its keys are not known: a view, or a declaration that leaves them out.
    pub(crate) keys_unknown: bool,
    /// It was made where that depends on what a block finds: perhaps it is not there.
    pub(crate) doubtful: bool,
    /// Rules may change what a statement does.
    pub(crate) rules: Vec<Rule>,
    pub(crate) view: Option<Arc<View>>,
    /// A comment's text, for generated documentation.
    pub(crate) comment: Option<String>,
    pub(crate) origin: Option<Origin>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum RelationKind {
    Table,
    PartitionedTable,
    ForeignTable,
    View,
    MaterializedView,
    Sequence,
    CompositeType,
}

#[derive(Clone, Debug)]
pub(crate) struct Attribute {
    pub(crate) name: String,
    pub(crate) type_id: TypeId,
    /// `atttypmod`; -1: none.
    pub(crate) modifier: i32,
    pub(crate) not_null: bool,
    pub(crate) has_default: bool,
    pub(crate) identity: Option<Identity>,
    pub(crate) generated: Option<Generated>,
    /// Its NOT NULL is this table's alone: NO INHERIT.
    pub(crate) not_null_stays: bool,
    /// What its NOT NULL is called, where that was said.
    pub(crate) not_null_name: Option<String>,
    /// The relation declares it itself, and does not only inherit it.
    pub(crate) local: bool,
    /// The sequence that goes with it: of `serial`, of an identity, OWNED BY.
    pub(crate) sequence: Option<TypeId>,
    /// What its default, or the expression that generates it, is made of.
    pub(crate) default: Option<Arc<DefaultValue>>,
    pub(crate) comment: Option<String>,
    pub(crate) origin: Option<Origin>,
}

/// A default value or the expression of a generated column.
#[derive(Clone, Debug)]
pub(crate) struct DefaultValue {
    /// Its type before it becomes that of the column.
    pub(crate) type_id: TypeId,
    pub(crate) uses: Uses,
}

/// What a definition needs: it cannot stay where that goes.
#[derive(Clone, Debug, Default)]
pub(crate) struct Uses {
    pub(crate) relations: Vec<TypeId>,
    /// Columns by relation and name.
    pub(crate) columns: Vec<(TypeId, String)>,
    /// Only those that migrations made.
    pub(crate) functions: Vec<FunctionId>,
    pub(crate) types: Vec<TypeId>,
    pub(crate) sequences: Vec<TypeId>,
}

/// What a table is partitioned by.
#[derive(Clone, Debug, Default)]
pub(crate) struct PartitionKey {
    pub(crate) columns: Vec<String>,
    pub(crate) has_expressions: bool,
}

/// A foreign key, or an exclusion.
#[derive(Clone, Debug)]
pub(crate) struct OtherConstraint {
    pub(crate) name: String,
    /// The columns that it constrains.
    pub(crate) columns: Vec<String>,
    /// None: an exclusion.
    pub(crate) references: Option<Reference>,
    /// The relation declares it itself, and has it not only from the table that it is a partition of.
    pub(crate) local: bool,
    /// See [`Relation::doubtful`].
    pub(crate) doubtful: bool,
}

/// What a foreign key refers to.
#[derive(Clone, Debug)]
pub(crate) struct Reference {
    pub(crate) relation: TypeId,
    pub(crate) columns: Vec<String>,
    /// The index that makes them unique; empty where that is not known.
    pub(crate) key: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Identity {
    Always,
    ByDefault,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Generated {
    Stored,
}

/// A primary key, a unique constraint or a unique index.
#[derive(Clone, Debug)]
pub(crate) struct Key {
    pub(crate) name: String,
    pub(crate) primary: bool,
    /// A constraint (which ON CONSTRAINT and functional dependency ask for), not only an index.
    pub(crate) constraint: bool,
    /// The names of the columns; empty with expressions.
    pub(crate) columns: Vec<String>,
    /// The key's elements as written, where they are expressions or the index has a WHERE, for ON CONFLICT.
    pub(crate) has_expressions: bool,
    pub(crate) has_filter: bool,
    /// INCLUDE
    pub(crate) include: Vec<String>,
    /// It may be broken until the transaction ends: neither ON CONFLICT nor a foreign key may use it.
    pub(crate) deferrable: bool,
}

#[derive(Clone, Debug)]
pub(crate) struct Check {
    pub(crate) name: String,
    /// The columns that it looks at.
    pub(crate) columns: Vec<String>,
    pub(crate) uses: Uses,
    /// The relation declares it itself, and does not only inherit it.
    pub(crate) local: bool,
    /// Children have it too.
    pub(crate) inherits: bool,
    /// Existing rows were checked against it.
    pub(crate) valid: bool,
}

#[derive(Clone, Debug)]
pub(crate) struct Trigger {
    pub(crate) name: String,
    pub(crate) for_each_row: bool,
    /// BEFORE or INSTEAD OF, for each row: it may fill columns.
    pub(crate) may_change_row: bool,
    pub(crate) on_insert: bool,
    pub(crate) on_update: bool,
    pub(crate) on_delete: bool,
    pub(crate) enabled: bool,
    /// UPDATE OF
    pub(crate) columns: Vec<String>,
    pub(crate) function: Option<FunctionId>,
}

/// A rule of INSERT, UPDATE or DELETE.
#[derive(Clone, Debug)]
pub(crate) struct Rule {
    pub(crate) name: String,
    pub(crate) event: RuleEvent,
    /// WHERE
    pub(crate) conditional: bool,
    /// DO INSTEAD, not ALSO.
    pub(crate) instead: bool,
    pub(crate) actions: Vec<RuleAction>,
}

/// What is done instead or as well.
#[derive(Clone, Copy, Debug)]
pub(crate) struct RuleAction {
    /// None: SELECT or NOTIFY.
    pub(crate) event: Option<RuleEvent>,
    /// RETURNING
    pub(crate) returning: bool,
}

/// The query of a view, as it was analyzed when the view was made.
#[derive(Clone, Debug)]
pub(crate) struct View {
    /// None where it could not be analyzed.
    pub(crate) query: Option<Arc<tree::Query>>,
    pub(crate) uses: Uses,
}

impl Relation {
    pub(crate) fn new(schema: &str, name: &str, kind: RelationKind) -> Self {
        Self {
            row_type: TypeId(0),
            schema: schema.to_owned(),
            name: name.to_owned(),
            kind,
            attributes: Vec::new(),
            keys: Vec::new(),
            checks: Vec::new(),
            triggers: Vec::new(),
            parents: Vec::new(),
            partition: false,
            of_type: None,
            partition_key: None,
            other_constraints: Vec::new(),
            unknown_columns: false,
            keys_unknown: false,
            doubtful: false,
            rules: Vec::new(),
            view: None,
            comment: None,
            origin: None,
        }
    }

    /// The column's place, counted from 0.
    pub(crate) fn position(&self, column: &str) -> Option<usize> {
        self.attributes
            .iter()
            .position(|attribute| attribute.name == column)
    }

    pub(crate) fn attribute(&self, column: &str) -> Option<&Attribute> {
        self.attributes
            .iter()
            .find(|attribute| attribute.name == column)
    }

    pub(crate) fn constraint_names(&self) -> impl Iterator<Item = &str> {
        let keys = self.keys.iter().filter(|key| key.constraint);
        keys.map(|key| &key.name)
            .chain(self.checks.iter().map(|check| &check.name))
            .chain(self.other_constraints.iter().map(|other| &other.name))
            .map(String::as_str)
    }

    pub(crate) fn primary_key(&self) -> Option<&Key> {
        self.keys.iter().find(|key| key.primary)
    }

    /// It has system columns such as `ctid` and `tableoid`.
    pub(crate) fn has_system_columns(&self) -> bool {
        matches!(
            self.kind,
            RelationKind::Table
                | RelationKind::PartitionedTable
                | RelationKind::ForeignTable
                | RelationKind::MaterializedView
                | RelationKind::Sequence
        )
    }
}

impl Attribute {
    /// A nullable column with nothing else to it.
    pub(crate) fn new(name: &str, type_id: TypeId, modifier: i32) -> Self {
        Self {
            name: name.to_owned(),
            type_id,
            modifier,
            not_null: false,
            has_default: false,
            identity: None,
            generated: None,
            not_null_stays: false,
            not_null_name: None,
            local: true,
            sequence: None,
            default: None,
            comment: None,
            origin: None,
        }
    }
}
