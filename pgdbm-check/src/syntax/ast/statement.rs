//! Statements: the data-changing ones, and the list of all.

use super::{
    Alias, AlterDomain, AlterFunction, AlterRelation, AlterSequence, AlterType, Argument,
    CallStatement, Comment, CreateAggregate, CreateCast, CreateDomain, CreateExtension,
    CreateFunction, CreateIndex, CreateOperator, CreatePolicy, CreateRule, CreateSchema,
    CreateSequence, CreateTable, CreateTableAs, CreateTrigger, CreateType, CreateView, Drop, Expr,
    FromItem, Grant, Name, ObjectName, Query, Rename, SetSchema, Span, Target, With,
};

/// A statement.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Statement {
    pub(crate) kind: StatementKind,
    pub(crate) span: Span,
}

/// What a statement is.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum StatementKind {
    Query(Box<Query>),
    Insert(Box<Insert>),
    Update(Box<Update>),
    Delete(Box<Delete>),
    Merge(Box<Merge>),
    Call(Box<CallStatement>),
    CreateTable(Box<CreateTable>),
    CreateTableAs(Box<CreateTableAs>),
    CreateView(Box<CreateView>),
    CreateType(Box<CreateType>),
    CreateDomain(Box<CreateDomain>),
    CreateFunction(Box<CreateFunction>),
    CreateAggregate(Box<CreateAggregate>),
    CreateOperator(Box<CreateOperator>),
    CreateCast(Box<CreateCast>),
    CreateSequence(Box<CreateSequence>),
    CreateIndex(Box<CreateIndex>),
    CreateTrigger(Box<CreateTrigger>),
    CreatePolicy(Box<CreatePolicy>),
    CreateRule(Box<CreateRule>),
    CreateSchema(Box<CreateSchema>),
    CreateExtension(Box<CreateExtension>),
    /// ALTER TABLE, VIEW, MATERIALIZED VIEW, FOREIGN TABLE, INDEX with actions.
    AlterRelation(Box<AlterRelation>),
    AlterType(Box<AlterType>),
    AlterDomain(Box<AlterDomain>),
    AlterFunction(Box<AlterFunction>),
    AlterSequence(Box<AlterSequence>),
    /// ALTER … RENAME of anything.
    Rename(Box<Rename>),
    /// ALTER … SET SCHEMA of anything.
    SetSchema(Box<SetSchema>),
    Drop(Box<Drop>),
    Comment(Box<Comment>),
    /// SET and RESET, and `SELECT pg_catalog.set_config('search_path', …)` is an ordinary query.
    Set(SetVariable),
    /// EXPLAIN: rows of text, and the inner statement's parameters.
    Explain {
        statement: Box<Statement>,
        format: ExplainFormat,
    },
    /// PREPARE name AS statement
    Prepare {
        name: Name,
        statement: Box<Statement>,
    },
    /// DECLARE cursor FOR query
    DeclareCursor {
        query: Box<Query>,
    },
    /// SHOW name (or ALL)
    Show(Vec<Name>),
    /// DO: the body's text is for nobody but the server.
    Do {
        body: String,
    },
    /// COPY, with the query it may hold.
    Copy {
        query: Option<Box<Statement>>,
        relation: Option<ObjectName>,
    },
    /// GRANT and REVOKE
    Grant(Box<Grant>),
    /// BEGIN, COMMIT, ROLLBACK, SAVEPOINT …
    Transaction(Transaction),
    /// Any other statement, which neither has parameters nor rows: `GRANT`, `VACUUM`, … Its first words, upper case.
    Utility(String),
    /// EXECUTE, FETCH and whatever else has rows that cannot be known here. Its first words.
    Opaque(String),
}

/// What a statement does to the transaction that it stands in.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Transaction {
    Begin,
    /// AND CHAIN: another one begins.
    Commit {
        chain: bool,
    },
    Rollback {
        chain: bool,
    },
    Savepoint(Name),
    Release(Name),
    RollbackTo(Name),
    /// PREPARE TRANSACTION, and what becomes of that.
    TwoPhase,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ExplainFormat {
    Text,
    Xml,
    Json,
    Yaml,
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Insert {
    pub(crate) with: Option<With>,
    pub(crate) relation: ObjectName,
    pub(crate) alias: Option<Name>,
    /// The column list; empty without one.
    pub(crate) columns: Vec<AssignmentTarget>,
    pub(crate) source: InsertSource,
    pub(crate) on_conflict: Option<OnConflict>,
    pub(crate) returning: Option<Returning>,
    pub(crate) overriding: Option<Overriding>,
    pub(crate) span: Span,
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) enum InsertSource {
    DefaultValues,
    /// VALUES or any SELECT.
    Query(Box<Query>),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Overriding {
    System,
    User,
}

/// A column as the target of an assignment: `name`, `name.field`, `name[1]`.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct AssignmentTarget {
    pub(crate) name: Name,
    pub(crate) path: Vec<AssignmentStep>,
    pub(crate) span: Span,
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) enum AssignmentStep {
    Field(Name),
    Subscript(super::Subscript),
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) struct OnConflict {
    pub(crate) target: Option<ConflictTarget>,
    pub(crate) action: ConflictAction,
    pub(crate) span: Span,
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) enum ConflictTarget {
    Constraint(Name),
    /// The elements with collation and operator class left out, and the partial index's WHERE.
    Columns {
        elements: Vec<Expr>,
        /// An order that an element is given, which the grammar takes and the analysis refuses.
        ordered: Option<Span>,
        filter: Option<Expr>,
        span: Span,
    },
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) enum ConflictAction {
    Nothing,
    Update {
        assignments: Vec<Assignment>,
        filter: Option<Expr>,
    },
}

/// RETURNING [WITH (OLD AS o, NEW AS n)] list
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Returning {
    pub(crate) old: Option<Name>,
    pub(crate) new: Option<Name>,
    pub(crate) targets: Vec<Target>,
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Assignment {
    Column {
        target: AssignmentTarget,
        value: Expr,
    },
    /// `(a, b) = ROW(…)`, `(a, b) = (SELECT …)`
    Columns {
        targets: Vec<AssignmentTarget>,
        source: Expr,
        span: Span,
    },
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Update {
    pub(crate) with: Option<With>,
    pub(crate) relation: ObjectName,
    pub(crate) only: bool,
    pub(crate) alias: Option<Name>,
    pub(crate) assignments: Vec<Assignment>,
    pub(crate) from: Vec<FromItem>,
    pub(crate) filter: Option<Expr>,
    pub(crate) returning: Option<Returning>,
    pub(crate) span: Span,
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Delete {
    pub(crate) with: Option<With>,
    pub(crate) relation: ObjectName,
    pub(crate) only: bool,
    pub(crate) alias: Option<Name>,
    pub(crate) using: Vec<FromItem>,
    pub(crate) filter: Option<Expr>,
    pub(crate) returning: Option<Returning>,
    pub(crate) span: Span,
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Merge {
    pub(crate) with: Option<With>,
    pub(crate) relation: ObjectName,
    pub(crate) only: bool,
    pub(crate) alias: Option<Name>,
    pub(crate) source: FromItem,
    pub(crate) condition: Expr,
    pub(crate) branches: Vec<MergeBranch>,
    pub(crate) returning: Option<Returning>,
    pub(crate) span: Span,
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) struct MergeBranch {
    pub(crate) matched: MergeMatched,
    pub(crate) condition: Option<Expr>,
    pub(crate) action: MergeAction,
    pub(crate) span: Span,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum MergeMatched {
    Matched,
    NotMatchedBySource,
    /// NOT MATCHED [BY TARGET]
    NotMatchedByTarget,
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) enum MergeAction {
    Nothing,
    Delete,
    Update(Vec<Assignment>),
    Insert {
        columns: Vec<AssignmentTarget>,
        overriding: Option<Overriding>,
        /// None: DEFAULT VALUES.
        values: Option<Vec<Expr>>,
    },
}

/// SET name = values, RESET name (no values).
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct SetVariable {
    /// `LOCAL`
    pub(crate) local: bool,
    /// Lower case, parts joined with dots: `search_path`. `SET SCHEMA 'x'` is `search_path`.
    pub(crate) name: String,
    /// The values as text, identifiers folded. None: `TO DEFAULT` and RESET.
    pub(crate) values: Option<Vec<String>>,
}

impl Argument {
    /// An argument without a name.
    pub(crate) fn positional(value: Expr) -> Self {
        Self { name: None, value }
    }
}

impl Alias {
    /// An alias without columns.
    pub(crate) fn plain(name: Name) -> Self {
        Self {
            name,
            columns: Vec::new(),
        }
    }
}
