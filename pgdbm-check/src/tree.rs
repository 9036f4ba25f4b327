//! The typed tree: what the analysis makes of a statement, after the server's own `Query`.
//!
//! Names are resolved to places in range tables, functions and operators to entries of the catalog, and every expression has
//! its type. Equality of expressions is the server's `equal()`: the places in the text do not count.

mod children;
pub(crate) mod needs;
mod side_by_side;
pub(crate) mod uses;
pub(crate) use children::Node;
pub(crate) use side_by_side::side_by_side;

use std::sync::Arc;

use crate::catalog::{Function, Operator, Relation, TypeId};
use crate::syntax::ast::{JoinKind, SetOperator, Span};

/// An expression with its type.
#[derive(Clone, Debug)]
pub(crate) struct Expr {
    pub(crate) kind: ExprKind,
    pub(crate) type_id: TypeId,
    /// The type modifier; -1: none.
    pub(crate) modifier: i32,
    pub(crate) span: Span,
}

impl PartialEq for Expr {
    fn eq(&self, other: &Self) -> bool {
        self.type_id == other.type_id && self.modifier == other.modifier && self.kind == other.kind
    }
}

impl Expr {
    pub(crate) fn new(kind: ExprKind, type_id: TypeId, span: Span) -> Self {
        Self {
            kind,
            type_id,
            modifier: -1,
            span,
        }
    }

    pub(crate) fn with_modifier(mut self, modifier: i32) -> Self {
        self.modifier = modifier;
        self
    }

    /// A NULL that is written out (under coercions, too).
    pub(crate) fn is_null_constant(&self) -> bool {
        matches!(self.kind, ExprKind::Constant(Constant::Null))
    }
}

/// What an expression is.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum ExprKind {
    Variable(Variable),
    Constant(Constant),
    Parameter(u32),
    Function(Box<FunctionCall>),
    Aggregate(Box<AggregateCall>),
    Window(Box<WindowCall>),
    /// The last operand is the right one; a prefix operator has only that.
    Operator {
        operator: Arc<Operator>,
        operands: Vec<Expr>,
    },
    /// `left op ANY (array)`, `left op ALL (array)`, and `left IN (list)` where it comes to that.
    ArrayOperator {
        operator: Arc<Operator>,
        any: bool,
        left: Box<Expr>,
        array: Box<Expr>,
    },
    /// `IS DISTINCT FROM`; with `negated` its opposite.
    Distinct {
        operator: Arc<Operator>,
        left: Box<Expr>,
        right: Box<Expr>,
        negated: bool,
    },
    NullIf {
        operator: Arc<Operator>,
        left: Box<Expr>,
        right: Box<Expr>,
    },
    And(Vec<Expr>),
    Or(Vec<Expr>),
    Not(Box<Expr>),
    IsNull {
        operand: Box<Expr>,
        negated: bool,
        /// The operand is a row, whose fields are asked one by one.
        of_row: bool,
    },
    /// `IS [NOT] TRUE` and its kin: never null.
    IsTruth {
        operand: Box<Expr>,
        truth: crate::syntax::ast::Truth,
        negated: bool,
    },
    /// With an operand, the conditions compare a [`ExprKind::CaseOperand`] with theirs.
    Case {
        operand: Option<Box<Expr>>,
        branches: Vec<(Expr, Expr)>,
        /// None: no ELSE was written, which is NULL.
        otherwise: Option<Box<Expr>>,
    },
    CaseOperand,
    Coalesce(Vec<Expr>),
    /// GREATEST and LEAST.
    MinMax {
        greatest: bool,
        operands: Vec<Expr>,
    },
    Row {
        fields: Vec<Expr>,
    },
    /// `(a, b) < (c, d)` and the like: never with `=`, which is an AND of comparisons.
    RowCompare {
        operators: Vec<Arc<Operator>>,
        left: Vec<Expr>,
        right: Vec<Expr>,
    },
    Array {
        elements: Vec<Expr>,
        /// The elements are arrays themselves.
        nested: bool,
    },
    Subscript {
        container: Box<Expr>,
        /// Lower and upper bounds and indexes, in the order of the text.
        subscripts: Vec<Expr>,
        slice: bool,
        /// What an assignment puts there.
        assigned: Option<Box<Expr>>,
    },
    Field {
        operand: Box<Expr>,
        /// Counted from 0 among the attributes that are there.
        index: usize,
        name: String,
    },
    /// A composite value with one field replaced, in an assignment.
    FieldStore {
        operand: Box<Expr>,
        index: usize,
        value: Box<Expr>,
    },
    Subquery(Box<Subquery>),
    Coerce {
        kind: Coercion,
        operand: Box<Expr>,
    },
    Collate {
        operand: Box<Expr>,
        collation: String,
    },
    Ambient(crate::syntax::ast::Ambient),
    /// `GROUPING(…)`: an int4 that is never null.
    Grouping {
        operands: Vec<Expr>,
        level: u32,
    },
    MergeAction,
    /// DEFAULT in INSERT, UPDATE and MERGE.
    Default,
    /// SQL/JSON and XML: the parts, and whether the whole may be null although no part is.
    Special {
        name: &'static str,
        operands: Vec<Expr>,
        nullability: SpecialNullability,
    },
    CurrentOf,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum SpecialNullability {
    Never,
    /// Only where an operand is.
    WithOperands,
    May,
}

/// A column: the number of the query's range table entry and of the column in it, `level` queries further out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct Variable {
    pub(crate) level: u32,
    pub(crate) entry: u32,
    pub(crate) column: Column,
    /// RETURNING's `old` and `new`.
    pub(crate) version: Version,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Column {
    /// Counted from 0 in the entry's `columns`.
    At(u32),
    Whole,
    /// `ctid`, `tableoid`, …: never null in stored rows.
    System,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Version {
    Current,
    Old,
    New,
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Constant {
    Null,
    Boolean(bool),
    Integer(i32),
    Numeric(String),
    String(String),
    Bits(String),
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) struct FunctionCall {
    pub(crate) function: Arc<Function>,
    /// In the order of the parameters; what a default fills is missing at the end (or [`ExprKind::Default`] between named ones).
    pub(crate) arguments: Vec<Expr>,
    /// The last argument was marked VARIADIC.
    pub(crate) variadic: bool,
}

impl PartialEq for Function {
    fn eq(&self, other: &Self) -> bool {
        self.id == other.id
    }
}

impl PartialEq for Operator {
    fn eq(&self, other: &Self) -> bool {
        self.id == other.id
    }
}

impl PartialEq for Relation {
    fn eq(&self, other: &Self) -> bool {
        self.row_type == other.row_type
    }
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) struct AggregateCall {
    pub(crate) function: Arc<Function>,
    /// Direct arguments of ordered-set aggregates.
    pub(crate) direct: Vec<Expr>,
    pub(crate) arguments: Vec<Expr>,
    /// Expressions of ORDER BY and WITHIN GROUP that are no arguments.
    pub(crate) order_by: Vec<Expr>,
    pub(crate) filter: Option<Expr>,
    pub(crate) distinct: bool,
    pub(crate) star: bool,
    /// The query, so many levels out, that it aggregates.
    pub(crate) level: u32,
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) struct WindowCall {
    pub(crate) function: Arc<Function>,
    pub(crate) arguments: Vec<Expr>,
    pub(crate) filter: Option<Expr>,
    pub(crate) star: bool,
    /// In the query's `windows`.
    pub(crate) window: usize,
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Subquery {
    pub(crate) kind: SubqueryKind,
    pub(crate) query: Query,
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) enum SubqueryKind {
    Exists,
    Scalar,
    Array,
    /// `left op ANY (SELECT …)`; IN is `= ANY`, NOT IN a NOT over it. One operator for each column.
    Quantified {
        any: bool,
        operators: Vec<Arc<Operator>>,
        left: Vec<Expr>,
    },
}

/// How a value changes its type.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Coercion {
    /// The same bits.
    Relabel,
    /// Through the text form.
    InOut,
    /// Through a cast function, which may be strict.
    Function { strict: bool },
    /// Each element of an array.
    Elements,
    /// Into a domain, which is checked.
    Domain,
    /// A row type into one that it inherits from.
    Row,
    /// Only the modifier changes (`varchar(10)`).
    Length,
}

/// A query, of any kind of statement.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Query {
    pub(crate) command: Command,
    pub(crate) common_tables: Vec<CommonTable>,
    pub(crate) range: Vec<RangeEntry>,
    pub(crate) from: Vec<FromNode>,
    pub(crate) filter: Option<Expr>,
    /// The select list, without what only ORDER BY and GROUP BY need. For INSERT and UPDATE nothing.
    pub(crate) targets: Vec<Target>,
    pub(crate) distinct: bool,
    /// Grouping expressions of all grouping sets, each once.
    pub(crate) group_by: Vec<Expr>,
    /// More than one grouping set, or one that leaves out some of `group_by`: columns become null.
    pub(crate) grouping_sets: bool,
    /// Some grouping set is empty, which gives a row even where there is none.
    pub(crate) empty_grouping_set: bool,
    pub(crate) has_aggregates: bool,
    /// Aggregates stand in the query although there is no GROUP BY: exactly one row before HAVING.
    pub(crate) having: Option<Expr>,
    pub(crate) windows: Vec<WindowClause>,
    pub(crate) has_window_calls: bool,
    pub(crate) order_by: Vec<Expr>,
    pub(crate) limit: Option<Expr>,
    pub(crate) offset: Option<Expr>,
    /// The tree of UNION, INTERSECT and EXCEPT; `targets` are then columns of entry 0.
    pub(crate) set: Option<Box<SetTree>>,
    /// The set-returning functions of the select list make it any number of rows.
    pub(crate) has_set_returning: bool,
    /// The target of a data-changing statement.
    pub(crate) change: Option<Box<Change>>,
    /// It has rows: a SELECT, or RETURNING is there.
    pub(crate) returns_rows: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Command {
    Select,
    Insert,
    Update,
    Delete,
    Merge,
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Target {
    pub(crate) expr: Expr,
    pub(crate) name: String,
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) struct WindowClause {
    pub(crate) name: Option<String>,
    pub(crate) partition_by: Vec<Expr>,
    pub(crate) order_by: Vec<Expr>,
    pub(crate) frame: Option<crate::syntax::ast::Frame>,
    /// Offsets of the frame.
    pub(crate) offsets: Vec<Expr>,
}

#[expect(
    clippy::large_enum_variant,
    reason = "there are few of them, and most are the large one"
)]
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum SetTree {
    Query(Query),
    Operation {
        operator: SetOperator,
        all: bool,
        left: Box<SetTree>,
        right: Box<SetTree>,
    },
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) struct CommonTable {
    pub(crate) name: String,
    /// None while the query of a recursive table refers to itself.
    pub(crate) query: Option<Arc<Query>>,
    pub(crate) recursive: bool,
    pub(crate) columns: Vec<RangeColumn>,
    /// How many of the last columns SEARCH and CYCLE add.
    pub(crate) added_columns: usize,
}

/// An entry of the range table.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct RangeEntry {
    pub(crate) kind: RangeKind,
    /// The name that it goes by.
    pub(crate) alias: String,
    pub(crate) columns: Vec<RangeColumn>,
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) struct RangeColumn {
    pub(crate) name: String,
    pub(crate) type_id: TypeId,
    pub(crate) modifier: i32,
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) enum RangeKind {
    /// `columns` are the relation's attributes, in order.
    Relation(Arc<Relation>),
    Subquery(Box<Query>),
    /// A common table of the query `level` further out.
    CommonTable {
        level: u32,
        index: usize,
    },
    /// The functions' columns one after the other, then the ordinality.
    Functions {
        functions: Vec<RangeFunction>,
        ordinality: bool,
    },
    Values(Vec<Vec<Expr>>),
    /// XMLTABLE and JSON_TABLE: the parts, and which columns are never null.
    TableFunction {
        operands: Vec<Expr>,
        not_null: Vec<bool>,
    },
    /// The result of a set operation: see [`Query::set`].
    Set,
    /// Neither rows nor columns of its own: `excluded` has the target's columns.
    Excluded(Arc<Relation>),
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) struct RangeFunction {
    pub(crate) call: Expr,
    pub(crate) columns: usize,
    /// The function gives one value (or row) for each call, not a set.
    pub(crate) scalar: bool,
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) enum FromNode {
    Entry(u32),
    Join(Box<JoinNode>),
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) struct JoinNode {
    pub(crate) kind: JoinKind,
    pub(crate) left: FromNode,
    pub(crate) right: FromNode,
    pub(crate) condition: Option<Expr>,
}

/// What a data-changing statement changes.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Change {
    /// The target's range table entry.
    pub(crate) entry: u32,
    /// Where the statement names it.
    pub(crate) place: Span,
    /// INSERT: what goes into each column (by place among the attributes), one list for VALUES (the rows) or the source.
    pub(crate) assignments: Vec<ColumnAssignment>,
    /// ON CONFLICT DO UPDATE.
    pub(crate) on_conflict: Option<ConflictUpdate>,
    /// ON CONFLICT DO NOTHING: perhaps no row comes.
    pub(crate) on_conflict_nothing: bool,
    pub(crate) merge: Vec<MergeBranch>,
    pub(crate) merge_condition: Option<Expr>,
    /// The source of INSERT: the range table entry of its SELECT or of several rows; None with one row of VALUES.
    pub(crate) source: Option<u32>,
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) struct ColumnAssignment {
    /// Counted from 0 among the attributes.
    pub(crate) column: u32,
    pub(crate) value: Expr,
    /// A part of the column is assigned (`a[1]`, `a.b`).
    pub(crate) partial: bool,
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) struct ConflictUpdate {
    pub(crate) assignments: Vec<ColumnAssignment>,
    pub(crate) filter: Option<Expr>,
    /// The range table entry of `excluded`.
    pub(crate) excluded: u32,
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) struct MergeBranch {
    pub(crate) matched: crate::syntax::ast::MergeMatched,
    pub(crate) condition: Option<Expr>,
    pub(crate) insert: bool,
    pub(crate) delete: bool,
    pub(crate) assignments: Vec<ColumnAssignment>,
}

impl Query {
    pub(crate) fn new(command: Command) -> Self {
        Self {
            command,
            common_tables: Vec::new(),
            range: Vec::new(),
            from: Vec::new(),
            filter: None,
            targets: Vec::new(),
            distinct: false,
            group_by: Vec::new(),
            grouping_sets: false,
            empty_grouping_set: false,
            has_aggregates: false,
            has_window_calls: false,
            having: None,
            windows: Vec::new(),
            order_by: Vec::new(),
            limit: None,
            offset: None,
            set: None,
            has_set_returning: false,
            change: None,
            returns_rows: true,
        }
    }
}
