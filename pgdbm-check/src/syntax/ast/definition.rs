//! Statements that define, change and drop things.

use super::{Expr, Name, ObjectName, Operator, Query, Span, TypeName};

/// CREATE TABLE, CREATE FOREIGN TABLE.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct CreateTable {
    pub(crate) name: ObjectName,
    pub(crate) if_not_exists: bool,
    pub(crate) temporary: bool,
    pub(crate) foreign: bool,
    pub(crate) elements: Vec<TableElement>,
    /// INHERITS (…)
    pub(crate) inherits: Vec<ObjectName>,
    /// PARTITION OF parent
    pub(crate) partition_of: Option<ObjectName>,
    /// PARTITION BY: this table has partitions of its own, by these columns and expressions.
    pub(crate) partition_by: Option<Vec<Expr>>,
    /// OF type
    pub(crate) of_type: Option<ObjectName>,
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) enum TableElement {
    Column(ColumnDef),
    Constraint(TableConstraint),
    Like {
        name: ObjectName,
        including: Vec<LikeOption>,
        span: Span,
    },
}

/// What LIKE copies besides names, types and NOT NULL. `INCLUDING ALL` lists them all; what EXCLUDING takes away is not listed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum LikeOption {
    Comments,
    Compression,
    Constraints,
    Defaults,
    Generated,
    Identity,
    Indexes,
    Statistics,
    Storage,
}

/// A column of CREATE TABLE or ADD COLUMN.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct ColumnDef {
    pub(crate) name: Name,
    /// None in typed tables and partitions (`name WITH OPTIONS …`).
    pub(crate) type_name: Option<TypeName>,
    pub(crate) constraints: Vec<ColumnConstraint>,
    pub(crate) span: Span,
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) struct ColumnConstraint {
    pub(crate) name: Option<Name>,
    pub(crate) kind: ColumnConstraintKind,
    /// NO INHERIT
    pub(crate) no_inherit: bool,
    /// DEFERRABLE
    pub(crate) deferrable: bool,
    pub(crate) span: Span,
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) enum ColumnConstraintKind {
    NotNull,
    Null,
    Default(Expr),
    Check(Expr),
    PrimaryKey,
    Unique {
        nulls_not_distinct: bool,
    },
    References {
        relation: ObjectName,
        columns: Vec<Name>,
    },
    /// GENERATED ALWAYS AS (expr) STORED or VIRTUAL
    Generated(Expr),
    /// GENERATED ALWAYS | BY DEFAULT AS IDENTITY
    Identity {
        always: bool,
    },
    /// DEFERRABLE and its kin with no constraint before it: the grammar takes that, and nothing else does.
    Misplaced,
    /// COLLATE, STORAGE, COMPRESSION …: nothing the checker needs.
    Other,
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) struct TableConstraint {
    pub(crate) name: Option<Name>,
    pub(crate) kind: TableConstraintKind,
    /// NOT VALID: existing rows may break it.
    pub(crate) not_valid: bool,
    /// NO INHERIT
    pub(crate) no_inherit: bool,
    /// DEFERRABLE
    pub(crate) deferrable: bool,
    /// Columns of INCLUDE, of keys and exclusions.
    pub(crate) include: Vec<Name>,
    pub(crate) span: Span,
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) enum TableConstraintKind {
    PrimaryKey(Vec<Name>),
    /// PRIMARY KEY USING INDEX name
    PrimaryKeyUsingIndex(Name),
    Unique {
        columns: Vec<Name>,
        nulls_not_distinct: bool,
    },
    UniqueUsingIndex(Name),
    Check(Expr),
    /// PostgreSQL 18: CONSTRAINT c NOT NULL column
    NotNull(Name),
    ForeignKey {
        columns: Vec<Name>,
        relation: ObjectName,
        referenced: Vec<Name>,
        /// The last column is a PERIOD.
        period: bool,
    },
    /// The elements, each without its operator.
    Exclude {
        /// USING
        method: Option<Name>,
        elements: Vec<IndexPart>,
    },
}

/// CREATE TABLE … AS, CREATE MATERIALIZED VIEW.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct CreateTableAs {
    pub(crate) name: ObjectName,
    pub(crate) columns: Vec<Name>,
    pub(crate) if_not_exists: bool,
    pub(crate) temporary: bool,
    pub(crate) materialized_view: bool,
    /// None: AS EXECUTE.
    pub(crate) query: Option<Query>,
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) struct CreateView {
    pub(crate) name: ObjectName,
    pub(crate) columns: Vec<Name>,
    pub(crate) or_replace: bool,
    pub(crate) temporary: bool,
    pub(crate) recursive: bool,
    /// The names in WITH (…), lower case.
    pub(crate) options: Vec<Name>,
    pub(crate) query: Query,
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) struct CreateType {
    pub(crate) name: ObjectName,
    pub(crate) kind: CreateTypeKind,
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) enum CreateTypeKind {
    /// CREATE TYPE name;
    Shell,
    /// CREATE TYPE name (INPUT = …, …): the options that matter.
    Base {
        category: Option<String>,
        preferred: bool,
        element: Option<TypeName>,
        like: Option<TypeName>,
    },
    Enum(Vec<EnumLabel>),
    Composite(Vec<(Name, TypeName)>),
    Range {
        subtype: Option<TypeName>,
        multirange: Option<ObjectName>,
    },
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct EnumLabel {
    pub(crate) text: String,
    pub(crate) span: Span,
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) struct CreateDomain {
    pub(crate) name: ObjectName,
    pub(crate) base: TypeName,
    pub(crate) constraints: Vec<ColumnConstraint>,
}

/// CREATE FUNCTION and CREATE PROCEDURE.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct CreateFunction {
    pub(crate) name: ObjectName,
    pub(crate) or_replace: bool,
    pub(crate) procedure: bool,
    pub(crate) parameters: Vec<FunctionParameter>,
    pub(crate) returns: Returns,
    pub(crate) window: bool,
    pub(crate) strict: bool,
    pub(crate) volatility: Volatility,
    /// Lower case.
    pub(crate) language: Option<String>,
    /// AS 'body', or the statements that stand there themselves; for a C function the file and the symbol.
    pub(crate) body: Vec<(String, Span)>,
    pub(crate) span: Span,
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Returns {
    /// No RETURNS: OUT parameters say it, or it is a procedure.
    Nothing,
    /// RETURNS type, RETURNS SETOF type ([`TypeName::set_of`]).
    Type(TypeName),
    /// RETURNS TABLE (…)
    Table(Vec<(Name, TypeName)>),
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) struct FunctionParameter {
    pub(crate) mode: ParameterMode,
    pub(crate) name: Option<Name>,
    pub(crate) type_name: TypeName,
    pub(crate) default: Option<Expr>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ParameterMode {
    In,
    Out,
    InOut,
    Variadic,
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) struct CreateAggregate {
    pub(crate) name: ObjectName,
    pub(crate) or_replace: bool,
    pub(crate) signature: AggregateSignature,
    /// `sfunc = name`, `stype = type`, …; names lower case.
    pub(crate) options: Vec<DefinitionOption>,
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) struct AggregateSignature {
    /// `(*)`: no arguments.
    pub(crate) direct: Vec<FunctionParameter>,
    /// Behind ORDER BY.
    pub(crate) ordered: Option<Vec<FunctionParameter>>,
}

/// `name = value` in CREATE AGGREGATE, OPERATOR, TYPE.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct DefinitionOption {
    pub(crate) name: String,
    pub(crate) value: Option<DefinitionValue>,
    pub(crate) span: Span,
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) enum DefinitionValue {
    /// A name or a type: both are written alike.
    Type(TypeName),
    Operator(Operator),
    /// A string, a number, a word.
    Text(String),
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) struct CreateOperator {
    pub(crate) schema: Option<Name>,
    pub(crate) name: String,
    pub(crate) options: Vec<DefinitionOption>,
    pub(crate) span: Span,
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) struct CreateCast {
    pub(crate) source: TypeName,
    pub(crate) target: TypeName,
    pub(crate) context: CastContext,
    pub(crate) method: CastMethod,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum CastContext {
    Explicit,
    Assignment,
    Implicit,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum CastMethod {
    Function,
    Binary,
    InOut,
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) struct CreateSequence {
    pub(crate) name: ObjectName,
    pub(crate) if_not_exists: bool,
    pub(crate) temporary: bool,
    pub(crate) owner: Option<SequenceOwner>,
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) struct AlterSequence {
    pub(crate) name: ObjectName,
    pub(crate) if_exists: bool,
    pub(crate) owner: Option<SequenceOwner>,
}

/// OWNED BY
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum SequenceOwner {
    None,
    Column { relation: ObjectName, column: Name },
}

/// An element of an index or of an exclusion.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct IndexPart {
    pub(crate) expr: Expr,
    /// It stands in parentheses of its own: the name of a table is its row then.
    pub(crate) enclosed: bool,
    /// The operator class.
    pub(crate) class: Option<ObjectName>,
    /// `ASC`, `DESC`, `NULLS FIRST`, `NULLS LAST`
    pub(crate) order: Option<Span>,
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) struct CreateIndex {
    /// None: the server makes one up.
    pub(crate) name: Option<Name>,
    pub(crate) if_not_exists: bool,
    pub(crate) unique: bool,
    pub(crate) relation: ObjectName,
    /// USING
    pub(crate) method: Option<Name>,
    /// ON ONLY: the partitions get none.
    pub(crate) only: bool,
    pub(crate) elements: Vec<IndexPart>,
    /// Columns of INCLUDE.
    pub(crate) include: Vec<Expr>,
    pub(crate) filter: Option<Expr>,
    pub(crate) nulls_not_distinct: bool,
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) struct CreateTrigger {
    pub(crate) name: Name,
    pub(crate) or_replace: bool,
    pub(crate) relation: ObjectName,
    pub(crate) timing: TriggerTiming,
    pub(crate) events: Vec<TriggerEvent>,
    pub(crate) for_each_row: bool,
    pub(crate) function: ObjectName,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum TriggerTiming {
    Before,
    After,
    InsteadOf,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum TriggerEvent {
    Insert,
    /// UPDATE [OF columns]
    Update(Vec<Name>),
    Delete,
    Truncate,
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) struct CreatePolicy {
    pub(crate) name: Name,
    pub(crate) relation: ObjectName,
    pub(crate) using: Option<Expr>,
    pub(crate) with_check: Option<Expr>,
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) struct CreateRule {
    pub(crate) name: Name,
    pub(crate) or_replace: bool,
    pub(crate) relation: ObjectName,
    pub(crate) event: RuleEvent,
    /// WHERE
    pub(crate) conditional: bool,
    /// DO INSTEAD, not ALSO.
    pub(crate) instead: bool,
    pub(crate) actions: Vec<super::Statement>,
}

/// What a rule is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum RuleEvent {
    /// It makes a view of a table.
    Select,
    Insert,
    Update,
    Delete,
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) struct CreateSchema {
    /// None: CREATE SCHEMA AUTHORIZATION role.
    pub(crate) name: Option<Name>,
    pub(crate) if_not_exists: bool,
    /// The statements that CREATE SCHEMA may hold.
    pub(crate) elements: Vec<super::Statement>,
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) struct CreateExtension {
    pub(crate) name: Name,
    pub(crate) if_not_exists: bool,
    pub(crate) schema: Option<Name>,
}

/// ALTER TABLE and its kin: actions in order.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct AlterRelation {
    pub(crate) kind: ObjectKind,
    pub(crate) name: ObjectName,
    pub(crate) if_exists: bool,
    pub(crate) only: bool,
    pub(crate) actions: Vec<AlterAction>,
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) enum AlterAction {
    AddColumn {
        column: ColumnDef,
        if_not_exists: bool,
    },
    DropColumn {
        column: Name,
        if_exists: bool,
        cascade: bool,
    },
    SetType {
        column: Name,
        type_name: TypeName,
        using: Option<Expr>,
    },
    SetDefault {
        column: Name,
        default: Expr,
    },
    DropDefault {
        column: Name,
    },
    SetNotNull {
        column: Name,
    },
    DropNotNull {
        column: Name,
    },
    AddGeneratedIdentity {
        column: Name,
        always: bool,
    },
    /// SET GENERATED …
    SetIdentity {
        column: Name,
        always: Option<bool>,
    },
    DropIdentity {
        column: Name,
        if_exists: bool,
    },
    /// SET EXPRESSION AS (…)
    SetExpression {
        column: Name,
        expression: Expr,
    },
    DropExpression {
        column: Name,
        if_exists: bool,
    },
    AddConstraint(TableConstraint),
    DropConstraint {
        name: Name,
        if_exists: bool,
        cascade: bool,
    },
    /// VALIDATE CONSTRAINT
    ValidateConstraint(Name),
    AttachPartition(ObjectName),
    DetachPartition(ObjectName),
    Inherit(ObjectName),
    NoInherit(ObjectName),
    OfType(ObjectName),
    NotOf,
    /// DISABLE / ENABLE TRIGGER name (None: ALL or USER).
    SetTrigger {
        name: Option<Name>,
        enabled: bool,
    },
    /// OWNER TO, SET (…), CLUSTER ON, REPLICA IDENTITY, ENABLE ROW LEVEL SECURITY, SET STATISTICS …
    Other,
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) struct AlterType {
    pub(crate) name: ObjectName,
    pub(crate) actions: Vec<AlterTypeAction>,
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) enum AlterTypeAction {
    AddValue {
        label: EnumLabel,
        if_not_exists: bool,
        place: Option<LabelPlace>,
    },
    RenameValue {
        from: EnumLabel,
        to: EnumLabel,
    },
    AddAttribute {
        name: Name,
        type_name: TypeName,
    },
    DropAttribute {
        name: Name,
        if_exists: bool,
    },
    SetAttributeType {
        name: Name,
        type_name: TypeName,
    },
    Other,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum LabelPlace {
    Before(EnumLabel),
    After(EnumLabel),
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) struct AlterDomain {
    pub(crate) name: ObjectName,
    pub(crate) action: AlterDomainAction,
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) enum AlterDomainAction {
    SetDefault(Expr),
    DropDefault,
    SetNotNull,
    DropNotNull,
    AddConstraint {
        name: Option<Name>,
        check: Option<Expr>,
        not_valid: bool,
    },
    DropConstraint {
        name: Name,
        if_exists: bool,
    },
    ValidateConstraint(Name),
    Other,
}

/// What privileges are given or taken on.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Grant {
    pub(crate) objects: GrantObjects,
    /// The columns that the privileges are for; empty: all.
    pub(crate) columns: Vec<Name>,
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) enum GrantObjects {
    Relations(Vec<ObjectName>),
    Sequences(Vec<ObjectName>),
    Functions(ObjectKind, Vec<FunctionSignature>),
    /// Also ALL … IN SCHEMA.
    Schemas(Vec<Name>),
    Types(Vec<ObjectName>),
}

/// What a function promises of its results.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Volatility {
    Immutable,
    Stable,
    Volatile,
}

/// ALTER FUNCTION … (options): whether it is strict and what it promises of its results are all that matters.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct AlterFunction {
    pub(crate) kind: ObjectKind,
    pub(crate) function: FunctionSignature,
    pub(crate) strict: Option<bool>,
    pub(crate) volatility: Option<Volatility>,
}

/// How ALTER and DROP name a function.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct FunctionSignature {
    pub(crate) name: ObjectName,
    /// None: without parentheses, so the name must be unique. Modes and names are kept, OUT parameters may be listed.
    pub(crate) parameters: Option<Vec<FunctionParameter>>,
}

/// The kinds of things that DDL names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ObjectKind {
    Aggregate,
    Cast,
    Collation,
    Column,
    Constraint,
    Domain,
    Extension,
    ForeignTable,
    Function,
    Index,
    MaterializedView,
    Operator,
    Policy,
    Procedure,
    Routine,
    Rule,
    Schema,
    Sequence,
    Table,
    Trigger,
    Type,
    View,
    /// ACCESS METHOD, PUBLICATION, SERVER, TEXT SEARCH …: nothing a query's types depend on.
    Other,
}

/// What an ALTER, DROP or COMMENT is about.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum ObjectReference {
    Name(ObjectName),
    Function(FunctionSignature),
    /// A column, attribute, constraint, trigger, policy or rule of a relation, type or domain.
    Member {
        of: ObjectName,
        name: Name,
    },
    Operator {
        schema: Option<Name>,
        name: String,
        left: Option<TypeName>,
        right: Option<TypeName>,
        span: Span,
    },
    Cast {
        source: TypeName,
        target: TypeName,
        span: Span,
    },
}

/// ALTER kind object RENAME [member] TO name
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Rename {
    /// What is renamed: for `ALTER VIEW v RENAME COLUMN a TO b` it is `Column`.
    pub(crate) kind: ObjectKind,
    /// What it belongs to, for members: `View` in the example, `Type` for attributes, `Domain` for its constraints.
    pub(crate) owner: Option<ObjectKind>,
    pub(crate) object: ObjectReference,
    pub(crate) if_exists: bool,
    pub(crate) to: Name,
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) struct SetSchema {
    pub(crate) kind: ObjectKind,
    pub(crate) object: ObjectReference,
    pub(crate) if_exists: bool,
    pub(crate) schema: Name,
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Drop {
    pub(crate) kind: ObjectKind,
    pub(crate) objects: Vec<ObjectReference>,
    pub(crate) if_exists: bool,
    pub(crate) cascade: bool,
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Comment {
    pub(crate) kind: ObjectKind,
    /// None where the kind is [`ObjectKind::Other`].
    pub(crate) object: Option<ObjectReference>,
    pub(crate) text: Option<String>,
}
