//! SELECT and what it is made of.

use super::{
    Call, Delete, Expr, Insert, JsonPathCall, JsonReturning, Merge, Name, ObjectName, Operator,
    Span, TypeName, Update,
};

/// A SELECT with all that may stand around it: `WITH … body ORDER BY … LIMIT … FOR UPDATE`. VALUES and TABLE are bodies too.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Query {
    pub(crate) with: Option<With>,
    pub(crate) body: QueryBody,
    pub(crate) order_by: Vec<OrderBy>,
    pub(crate) limit: Option<Limit>,
    pub(crate) offset: Option<Expr>,
    pub(crate) locking: Vec<Locking>,
    pub(crate) span: Span,
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) enum QueryBody {
    Select(Box<Select>),
    Values(Values),
    SetOperation(Box<SetOperation>),
    /// A parenthesized query whose own WITH, ORDER BY, LIMIT or locking must be kept apart from the outer one's.
    Nested(Box<Query>),
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Values {
    pub(crate) rows: Vec<Vec<Expr>>,
    pub(crate) span: Span,
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) struct SetOperation {
    pub(crate) operator: SetOperator,
    pub(crate) all: bool,
    pub(crate) left: QueryBody,
    pub(crate) right: QueryBody,
    pub(crate) operator_span: Span,
    pub(crate) span: Span,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum SetOperator {
    Union,
    Intersect,
    Except,
}

/// One SELECT … FROM … WHERE … GROUP BY … HAVING … WINDOW.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Select {
    pub(crate) distinct: Distinct,
    pub(crate) targets: Vec<Target>,
    /// SELECT INTO: the table that is made.
    pub(crate) into: Option<IntoTable>,
    pub(crate) from: Vec<FromItem>,
    pub(crate) filter: Option<Expr>,
    pub(crate) group_by: Vec<Grouping>,
    pub(crate) group_distinct: bool,
    pub(crate) having: Option<Expr>,
    pub(crate) windows: Vec<Window>,
    pub(crate) span: Span,
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) struct IntoTable {
    pub(crate) name: ObjectName,
    pub(crate) temporary: bool,
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Distinct {
    No,
    All,
    On(Vec<Expr>),
}

/// One entry of a select list or of RETURNING.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Target {
    pub(crate) expr: Expr,
    pub(crate) alias: Option<Name>,
    pub(crate) span: Span,
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Grouping {
    Expr(Expr),
    /// `()`
    Empty(Span),
    Rollup(Vec<Grouping>),
    Cube(Vec<Grouping>),
    Sets(Vec<Grouping>),
    /// `(a, b)` inside ROLLUP, CUBE and GROUPING SETS; a bare `GROUP BY (a, b)` is an [`Expr`] row.
    Tuple(Vec<Expr>),
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) struct OrderBy {
    pub(crate) expr: Expr,
    pub(crate) direction: Direction,
    pub(crate) nulls: Option<Nulls>,
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Direction {
    Default,
    Ascending,
    Descending,
    Using(Operator),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Nulls {
    First,
    Last,
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Limit {
    /// LIMIT ALL, LIMIT NULL
    All,
    /// LIMIT n; FETCH FIRST n ROWS ONLY (n is 1 when left out).
    Count { count: Expr, with_ties: bool },
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Locking {
    pub(crate) strength: LockStrength,
    /// OF; empty: all.
    pub(crate) relations: Vec<ObjectName>,
    pub(crate) skip_locked: bool,
    pub(crate) span: Span,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum LockStrength {
    KeyShare,
    Share,
    NoKeyUpdate,
    Update,
}

/// A window: of the WINDOW clause (named), or behind OVER.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Window {
    pub(crate) name: Option<Name>,
    /// The window that this one copies.
    pub(crate) base: Option<Name>,
    pub(crate) partition_by: Vec<Expr>,
    pub(crate) order_by: Vec<OrderBy>,
    pub(crate) frame: Option<Frame>,
    pub(crate) span: Span,
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Frame {
    pub(crate) mode: FrameMode,
    pub(crate) start: FrameBound,
    pub(crate) end: Option<FrameBound>,
    pub(crate) span: Span,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum FrameMode {
    Range,
    Rows,
    Groups,
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) enum FrameBound {
    UnboundedPreceding,
    UnboundedFollowing,
    CurrentRow,
    Preceding(Expr),
    Following(Expr),
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) struct With {
    pub(crate) recursive: bool,
    pub(crate) tables: Vec<CommonTable>,
    pub(crate) span: Span,
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) struct CommonTable {
    pub(crate) name: Name,
    pub(crate) columns: Vec<Name>,
    pub(crate) body: CommonTableBody,
    pub(crate) search: Option<Search>,
    pub(crate) cycle: Option<Cycle>,
    pub(crate) span: Span,
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) enum CommonTableBody {
    Query(Box<Query>),
    Insert(Box<Insert>),
    Update(Box<Update>),
    Delete(Box<Delete>),
    Merge(Box<Merge>),
}

/// SEARCH DEPTH | BREADTH FIRST BY columns SET column
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Search {
    pub(crate) breadth_first: bool,
    pub(crate) columns: Vec<Name>,
    pub(crate) sequence: Name,
}

/// CYCLE columns SET mark [TO value DEFAULT default] USING path
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Cycle {
    pub(crate) columns: Vec<Name>,
    pub(crate) mark: Name,
    /// TO and DEFAULT.
    pub(crate) values: Option<(Expr, Expr)>,
    pub(crate) path: Name,
    pub(crate) span: Span,
}

/// One item of a FROM clause.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum FromItem {
    Relation {
        name: ObjectName,
        only: bool,
        alias: Option<Alias>,
        sample: Option<Sample>,
    },
    Subquery {
        lateral: bool,
        query: Box<Query>,
        alias: Option<Alias>,
        span: Span,
    },
    /// A function, or several in ROWS FROM (…).
    Functions {
        lateral: bool,
        functions: Vec<FromFunction>,
        rows_from: bool,
        ordinality: bool,
        alias: Option<Alias>,
        /// `AS alias (a int, b text)`, or without a name; only with a single function.
        columns: Vec<ColumnDefinition>,
        span: Span,
    },
    Join(Box<Join>),
    XmlTable(Box<XmlTable>),
    JsonTable(Box<JsonTable>),
}

impl FromItem {
    pub(crate) fn span(&self) -> Span {
        match self {
            Self::Relation { name, .. } => name.span,
            Self::Subquery { span, .. } | Self::Functions { span, .. } => *span,
            Self::Join(join) => join.span,
            Self::XmlTable(table) => table.span,
            Self::JsonTable(table) => table.span,
        }
    }
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) struct FromFunction {
    /// Usually [`super::ExprKind::Call`]; the grammar allows the other function-like expressions as well.
    pub(crate) call: Expr,
    /// Inside ROWS FROM: `f(…) AS (a int, b text)`.
    pub(crate) columns: Vec<ColumnDefinition>,
}

/// `a int`: one entry of a column definition list.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct ColumnDefinition {
    pub(crate) name: Name,
    pub(crate) type_name: TypeName,
}

/// `AS name (columns)`
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Alias {
    pub(crate) name: Name,
    pub(crate) columns: Vec<Name>,
}

/// TABLESAMPLE method (arguments) REPEATABLE (seed)
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Sample {
    pub(crate) method: ObjectName,
    pub(crate) arguments: Vec<Expr>,
    pub(crate) repeatable: Option<Expr>,
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Join {
    pub(crate) kind: JoinKind,
    pub(crate) left: FromItem,
    pub(crate) right: FromItem,
    pub(crate) condition: JoinCondition,
    /// `(a JOIN b) AS alias (columns)`
    pub(crate) alias: Option<Alias>,
    pub(crate) span: Span,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum JoinKind {
    Cross,
    Inner,
    Left,
    Right,
    Full,
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) enum JoinCondition {
    None,
    On(Expr),
    Using {
        columns: Vec<Name>,
        alias: Option<Name>,
    },
    Natural,
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) struct XmlTable {
    pub(crate) lateral: bool,
    pub(crate) namespaces: Vec<Expr>,
    pub(crate) row: Expr,
    pub(crate) document: Expr,
    pub(crate) columns: Vec<XmlTableColumn>,
    pub(crate) alias: Option<Alias>,
    pub(crate) span: Span,
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) struct XmlTableColumn {
    pub(crate) name: Name,
    /// None: FOR ORDINALITY.
    pub(crate) type_name: Option<TypeName>,
    pub(crate) path: Option<Expr>,
    pub(crate) default: Option<Expr>,
    pub(crate) not_null: bool,
}

/// JSON_TABLE, of PostgreSQL 17.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct JsonTable {
    pub(crate) lateral: bool,
    /// Context, row path and PASSING.
    pub(crate) source: JsonPathCall,
    pub(crate) columns: Vec<JsonTableColumn>,
    pub(crate) alias: Option<Alias>,
    pub(crate) span: Span,
}

#[expect(
    clippy::large_enum_variant,
    reason = "there are few of them, and most are the large one"
)]
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum JsonTableColumn {
    Ordinality(Name),
    Value {
        name: Name,
        returning: JsonReturning,
        /// EXISTS columns give boolean-like values.
        exists: bool,
        on_empty: Option<super::JsonBehavior>,
        on_error: Option<super::JsonBehavior>,
    },
    Nested(Vec<JsonTableColumn>),
}

/// CALL procedure(…)
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct CallStatement {
    pub(crate) call: Call,
    pub(crate) span: Span,
}
