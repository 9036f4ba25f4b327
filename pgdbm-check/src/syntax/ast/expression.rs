//! Expressions.

use super::{Name, ObjectName, OrderBy, Query, Span, TypeName, Window};

/// An expression.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Expr {
    pub(crate) kind: ExprKind,
    pub(crate) span: Span,
}

impl Expr {
    pub(crate) fn new(kind: ExprKind, span: Span) -> Self {
        Self { kind, span }
    }
}

/// What an expression is. Parentheses leave no trace.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum ExprKind {
    /// `id`, `users.id`, `shop.users.id`, `catalog.shop.users.id`.
    ///
    /// Whether the first names are a schema, a relation or a composite column is for the analysis to find out, so
    /// `a.b.c` is one node; what follows a parenthesis, a parameter or a subscript is [`ExprKind::Field`].
    Column(Vec<Name>),
    /// `*` (no parts), `users.*`, `shop.users.*`.
    Wildcard(Vec<Name>),
    /// `(expr).*`
    FieldWildcard(Box<Expr>),
    Literal(Literal),
    /// `$1`
    Parameter(u32),
    /// `DEFAULT`, as a value of INSERT, UPDATE and MERGE.
    Default,
    /// `operand` with an operator before it.
    Prefix {
        operator: Operator,
        operand: Box<Expr>,
    },
    /// Two operands with an operator between them, comparisons included.
    Infix {
        operator: Operator,
        left: Box<Expr>,
        right: Box<Expr>,
    },
    /// Flat: `a AND b AND c` is one node.
    And(Vec<Expr>),
    /// Flat.
    Or(Vec<Expr>),
    Not(Box<Expr>),
    /// `IS [NOT] NULL`, `ISNULL`, `NOTNULL`.
    IsNull {
        operand: Box<Expr>,
        negated: bool,
    },
    /// `IS [NOT] TRUE | FALSE | UNKNOWN`.
    IsTruth {
        operand: Box<Expr>,
        truth: Truth,
        negated: bool,
    },
    /// `IS [NOT] DISTINCT FROM`; the span of the operator's words.
    IsDistinct {
        left: Box<Expr>,
        right: Box<Expr>,
        negated: bool,
        operator_span: Span,
    },
    /// `IS [NOT] DOCUMENT`.
    IsDocument {
        operand: Box<Expr>,
        negated: bool,
    },
    /// `IS [NOT] JSON [VALUE | ARRAY | OBJECT | SCALAR] [WITH UNIQUE KEYS]`.
    IsJson {
        operand: Box<Expr>,
        negated: bool,
    },
    /// `[NOT] LIKE | ILIKE | SIMILAR TO … [ESCAPE …]`.
    Like {
        kind: LikeKind,
        negated: bool,
        operand: Box<Expr>,
        pattern: Box<Expr>,
        escape: Option<Box<Expr>>,
        operator_span: Span,
    },
    /// `[NOT] BETWEEN [SYMMETRIC] low AND high`.
    Between {
        negated: bool,
        symmetric: bool,
        operand: Box<Expr>,
        low: Box<Expr>,
        high: Box<Expr>,
        operator_span: Span,
    },
    /// `[NOT] IN (a, b)`.
    InList {
        negated: bool,
        operand: Box<Expr>,
        list: Vec<Expr>,
        operator_span: Span,
    },
    /// `[NOT] IN (SELECT …)`.
    InQuery {
        negated: bool,
        operand: Box<Expr>,
        query: Box<Query>,
        operator_span: Span,
    },
    /// `= ANY (array)`, `LIKE ALL (array)`. LIKE and ILIKE come as the operators `~~`, `~~*`, `!~~`, `!~~*`.
    QuantifiedArray {
        operator: Operator,
        quantifier: Quantifier,
        left: Box<Expr>,
        array: Box<Expr>,
    },
    /// `= ANY (SELECT …)`
    QuantifiedQuery {
        operator: Operator,
        quantifier: Quantifier,
        left: Box<Expr>,
        query: Box<Query>,
    },
    Exists(Box<Query>),
    /// `(SELECT …)` as a value.
    Subquery(Box<Query>),
    /// `ARRAY(SELECT …)`
    ArrayQuery(Box<Query>),
    /// `ARRAY[…]`; an inner `[…]` is an array too.
    Array(Vec<Expr>),
    /// `ROW(a, b)` and `(a, b)`.
    Row {
        fields: Vec<Expr>,
        explicit: bool,
    },
    Call(Box<Call>),
    Case {
        operand: Option<Box<Expr>>,
        branches: Vec<CaseBranch>,
        otherwise: Option<Box<Expr>>,
    },
    Coalesce(Vec<Expr>),
    Greatest(Vec<Expr>),
    Least(Vec<Expr>),
    NullIf {
        left: Box<Expr>,
        right: Box<Expr>,
        operator_span: Span,
    },
    /// `expr::type`, `CAST(expr AS type)`, `type 'text'` (the operand is a string literal then).
    Cast {
        operand: Box<Expr>,
        target: TypeName,
    },
    Collate {
        operand: Box<Expr>,
        collation: ObjectName,
    },
    /// `AT TIME ZONE zone`; `AT LOCAL` has no zone.
    AtTimeZone {
        operand: Box<Expr>,
        zone: Option<Box<Expr>>,
    },
    /// `(expr).name`
    Field {
        operand: Box<Expr>,
        name: Name,
    },
    /// `expr[1]`, `expr[1:2]`, one entry for each pair of brackets.
    Subscript {
        operand: Box<Expr>,
        subscripts: Vec<Subscript>,
    },
    /// `CURRENT_DATE`, `LOCALTIME(3)`, `SESSION_USER`, …
    Ambient(Ambient),
    /// `GROUPING(a, b)`
    Grouping(Vec<Expr>),
    /// `MERGE_ACTION()`
    MergeAction,
    Xml(Box<XmlExpr>),
    Json(Box<JsonExpr>),
    /// `WHERE CURRENT OF cursor`
    CurrentOf(Name),
}

/// A constant.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Literal {
    Null,
    Boolean(bool),
    /// A whole number that fits an `int4`.
    Integer(i32),
    /// Any other number, as it is written, without underscores; `0x…`, `0o…`, `0b…` beyond int4 as decimal.
    Numeric(String),
    /// A string of any quoting, unescaped.
    String(String),
    /// `B'…'` and `X'…'`, with the letter `b` or `x` in front.
    Bits(String),
}

/// An operator: `+`, `OPERATOR(pg_catalog.+)`. `!=` is spelled `<>`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Operator {
    pub(crate) schema: Option<Name>,
    pub(crate) name: String,
    pub(crate) span: Span,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Truth {
    True,
    False,
    Unknown,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum LikeKind {
    Like,
    ILike,
    SimilarTo,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Quantifier {
    Any,
    All,
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) struct CaseBranch {
    pub(crate) when: Expr,
    pub(crate) then: Expr,
}

/// `[index]`, or `[lower:upper]` with either bound left out.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Subscript {
    Index(Expr),
    Slice {
        lower: Option<Expr>,
        upper: Option<Expr>,
    },
}

/// A call of a function, an aggregate or a window function.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Call {
    pub(crate) name: ObjectName,
    pub(crate) arguments: Vec<Argument>,
    /// The last argument is marked VARIADIC.
    pub(crate) variadic: bool,
    /// `count(*)`
    pub(crate) star: bool,
    pub(crate) distinct: bool,
    /// ORDER BY inside the parentheses.
    pub(crate) order_by: Vec<OrderBy>,
    /// WITHIN GROUP (ORDER BY …); empty without it.
    pub(crate) within_group: Vec<OrderBy>,
    pub(crate) filter: Option<Expr>,
    /// IGNORE NULLS (true) or RESPECT NULLS (false), of PostgreSQL 19.
    pub(crate) ignore_nulls: Option<bool>,
    pub(crate) over: Option<Over>,
    /// The grammar made a call of it (`EXTRACT`, `OVERLAY`, `TRIM`, `POSITION`, `SUBSTRING … FROM`): the column is then
    /// named for the function, as with a call, but the place is that of the whole.
    pub(crate) special_syntax: bool,
}

impl Call {
    /// A call with a name and nothing else.
    pub(crate) fn plain(name: &str, span: Span) -> Self {
        Self {
            name: ObjectName {
                parts: vec![Name::new(name, span)],
                span,
            },
            arguments: Vec::new(),
            variadic: false,
            star: false,
            distinct: false,
            order_by: Vec::new(),
            within_group: Vec::new(),
            filter: None,
            ignore_nulls: None,
            over: None,
            special_syntax: false,
        }
    }
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Argument {
    pub(crate) name: Option<Name>,
    pub(crate) value: Expr,
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Over {
    Name(Name),
    Window(Box<Window>),
}

/// A value that the session or the clock gives, written without parentheses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ambient {
    CurrentDate,
    CurrentTime,
    CurrentTimestamp,
    LocalTime,
    LocalTimestamp,
    CurrentRole,
    CurrentUser,
    User,
    SessionUser,
    /// PostgreSQL 16.
    SystemUser,
    CurrentCatalog,
    CurrentSchema,
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) enum XmlExpr {
    /// XMLELEMENT: attributes may have names.
    Element {
        attributes: Vec<(Expr, Option<Name>)>,
        content: Vec<Expr>,
    },
    Forest(Vec<(Expr, Option<Name>)>),
    Concat(Vec<Expr>),
    Parse(Expr),
    Pi(Option<Expr>),
    Root {
        xml: Expr,
        version: Option<Expr>,
    },
    Serialize {
        operand: Expr,
        target: TypeName,
    },
    /// XMLEXISTS(path PASSING document)
    Exists {
        path: Expr,
        document: Expr,
    },
}

/// `expr [FORMAT JSON [ENCODING …]]`
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct JsonValue {
    pub(crate) expr: Expr,
    pub(crate) format_json: bool,
}

/// What SQL/JSON functions share: `json_exists(context, path PASSING … RETURNING … ON EMPTY ON ERROR)`.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct JsonPathCall {
    pub(crate) context: JsonValue,
    pub(crate) path: Expr,
    pub(crate) passing: Vec<(JsonValue, Name)>,
    pub(crate) returning: Option<JsonReturning>,
    pub(crate) on_empty: Option<JsonBehavior>,
    pub(crate) on_error: Option<JsonBehavior>,
}

/// `RETURNING type [FORMAT JSON]`
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct JsonReturning {
    pub(crate) target: TypeName,
    pub(crate) format_json: bool,
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) enum JsonBehavior {
    Null,
    Error,
    True,
    False,
    Unknown,
    EmptyArray,
    EmptyObject,
    Default(Expr),
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) enum JsonExpr {
    /// JSON_OBJECT(k: v, …), not the plain function call `json_object(a, b)`.
    Object {
        pairs: Vec<(Expr, JsonValue)>,
        absent_on_null: bool,
        returning: Option<JsonReturning>,
    },
    /// JSON_ARRAY(a, b)
    Array {
        values: Vec<JsonValue>,
        absent_on_null: bool,
        returning: Option<JsonReturning>,
    },
    /// JSON_ARRAY(SELECT …)
    ArrayQuery {
        query: Query,
        returning: Option<JsonReturning>,
    },
    ObjectAgg {
        key: Expr,
        value: JsonValue,
        returning: Option<JsonReturning>,
        filter: Option<Expr>,
        over: Option<Over>,
    },
    ArrayAgg {
        value: JsonValue,
        order_by: Vec<OrderBy>,
        returning: Option<JsonReturning>,
        filter: Option<Expr>,
        over: Option<Over>,
    },
    /// JSON(expr)
    Parse(JsonValue),
    Scalar(Expr),
    Serialize {
        value: JsonValue,
        returning: Option<JsonReturning>,
    },
    Exists(JsonPathCall),
    Value(JsonPathCall),
    Query(JsonPathCall),
}
