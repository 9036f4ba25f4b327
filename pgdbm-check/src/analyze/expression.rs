//! Expressions. After `parse_expr.c`.

use pgdbm_template::Code;

use super::Analyzer;
use super::operator::equals;
use super::scope::Place;
use super::subquery::SubqueryUse;
use super::subquery::subquery;
use crate::catalog::{CastContext, TypeId, format_type, oid};
use crate::failure::{Failure, Result};
use crate::syntax::ast::{self, Ambient, Literal, Quantifier, Span};
use crate::tree::{Constant, Expr, ExprKind, Node, Query, SpecialNullability, SubqueryKind};

impl Analyzer<'_> {
    /// An expression with its type.
    pub(super) fn expr(&mut self, expr: &ast::Expr) -> Result<Expr> {
        let span = expr.span;
        match &expr.kind {
            ast::ExprKind::Column(names) => self.column(names),
            // Only lists spread `a.*` out; elsewhere it is the row.
            ast::ExprKind::Wildcard(names) if !names.is_empty() => self.row_of(names, span),
            ast::ExprKind::Wildcard(_) | ast::ExprKind::FieldWildcard(_) => {
                Err(
                    Failure::error(Code::MisplacedClause, span, "`*` cannot stand here")
                        .help("name the column"),
                )
            }
            ast::ExprKind::Literal(literal) => Ok(constant(literal, span)),
            ast::ExprKind::Parameter(number) => self.parameter(*number, span),
            ast::ExprKind::Default => Err(Failure::error(
                Code::MisplacedClause,
                span,
                "DEFAULT stands only for a whole value of INSERT or UPDATE",
            )),
            ast::ExprKind::Prefix { operator, operand } => {
                let operand = self.expr(operand)?;
                self.operate(operator, None, operand)
            }
            ast::ExprKind::Infix {
                operator,
                left,
                right,
            } => self.infix(operator, left, right, span),
            ast::ExprKind::And(operands) => {
                let operands = self.conditions(operands, "AND")?;
                Ok(Expr::new(ExprKind::And(operands), oid::BOOL, span))
            }
            ast::ExprKind::Or(operands) => {
                let operands = self.conditions(operands, "OR")?;
                Ok(Expr::new(ExprKind::Or(operands), oid::BOOL, span))
            }
            ast::ExprKind::Not(operand) => {
                let operand = self.expr(operand)?;
                let operand = self.coerce_to_boolean(operand, "NOT")?;
                Ok(Expr::new(ExprKind::Not(Box::new(operand)), oid::BOOL, span))
            }
            ast::ExprKind::IsNull { operand, negated } => {
                let operand = self.expr(operand)?;
                Ok(self.null_test(operand, *negated, span))
            }
            ast::ExprKind::IsTruth {
                operand,
                truth,
                negated,
            } => {
                let operand = self.expr(operand)?;
                let operand = self.coerce_to_boolean(operand, "IS TRUE, FALSE or UNKNOWN")?;
                Ok(Expr::new(
                    ExprKind::IsTruth {
                        operand: Box::new(operand),
                        truth: *truth,
                        negated: *negated,
                    },
                    oid::BOOL,
                    span,
                ))
            }
            ast::ExprKind::IsDistinct {
                left,
                right,
                negated,
                operator_span,
            } => self.is_distinct(left, right, *negated, *operator_span, span),
            ast::ExprKind::IsDocument { operand, negated } => {
                let operand = self.expr(operand)?;
                let operand = self.coerce_to_specific(operand, oid::XML, "IS DOCUMENT")?;
                let test = special(
                    "IS DOCUMENT",
                    vec![operand],
                    oid::BOOL,
                    SpecialNullability::WithOperands,
                    span,
                );
                Ok(if *negated {
                    Expr::new(ExprKind::Not(Box::new(test)), oid::BOOL, span)
                } else {
                    test
                })
            }
            ast::ExprKind::IsJson { operand, .. } => self.is_json(operand, span),
            ast::ExprKind::Like {
                kind,
                negated,
                operand,
                pattern,
                escape,
                operator_span,
            } => self.like(
                *kind,
                *negated,
                operand,
                pattern,
                escape.as_deref(),
                *operator_span,
            ),
            ast::ExprKind::Between {
                negated,
                symmetric,
                operand,
                low,
                high,
                operator_span,
            } => self.between(
                (*negated, *symmetric),
                operand,
                low,
                high,
                *operator_span,
                span,
            ),
            ast::ExprKind::InList {
                negated,
                operand,
                list,
                operator_span,
            } => self.in_list(*negated, operand, list, *operator_span, span),
            ast::ExprKind::InQuery {
                negated,
                operand,
                query,
                operator_span,
            } => {
                let test =
                    self.quantified_query(&equals(*operator_span), true, operand, query, span)?;
                Ok(if *negated {
                    Expr::new(ExprKind::Not(Box::new(test)), oid::BOOL, span)
                } else {
                    test
                })
            }
            ast::ExprKind::QuantifiedArray {
                operator,
                quantifier,
                left,
                array,
            } => {
                let left = self.expr(left)?;
                let array = self.expr(array)?;
                self.array_operator(operator, *quantifier == Quantifier::Any, left, array)
            }
            ast::ExprKind::QuantifiedQuery {
                operator,
                quantifier,
                left,
                query,
            } => self.quantified_query(operator, *quantifier == Quantifier::Any, left, query, span),
            ast::ExprKind::Exists(query) => {
                let query = self.subquery(query, true)?;
                Ok(subquery(SubqueryKind::Exists, query, oid::BOOL, span))
            }
            ast::ExprKind::Subquery(query) => {
                let query = self.subquery(query, true)?;
                let column = self.single_column(&query, span)?;
                let modifier = column.1;
                Ok(subquery(SubqueryKind::Scalar, query, column.0, span).with_modifier(modifier))
            }
            ast::ExprKind::ArrayQuery(query) => {
                let query = self.subquery(query, true)?;
                let (column, modifier) = self.single_column(&query, span)?;
                let array = self.array_for(column).ok_or_else(|| {
                    Failure::error(
                        Code::TypeMismatch,
                        span,
                        format!(
                            "there is no type for arrays of `{}`",
                            format_type(self.catalog, column)
                        ),
                    )
                })?;
                Ok(subquery(SubqueryKind::Array, query, array, span).with_modifier(modifier))
            }
            ast::ExprKind::Array(elements) => self.array(elements, None, span),
            ast::ExprKind::Row { fields, .. } => {
                let fields = self.row_fields(fields)?;
                Ok(Expr::new(ExprKind::Row { fields }, oid::RECORD, span))
            }
            ast::ExprKind::Call(call) => self.call(call, span),
            ast::ExprKind::Case {
                operand,
                branches,
                otherwise,
            } => self.case(operand.as_deref(), branches, otherwise.as_deref(), span),
            ast::ExprKind::Coalesce(operands) => {
                let before = self.set_returning_calls;
                let operands = self.exprs(operands)?;
                let (operands, common) = self.unify(operands, "COALESCE")?;
                self.no_set_returning(before, "COALESCE", span)?;
                let modifier = Self::common_modifier(&operands, common);
                Ok(Expr::new(ExprKind::Coalesce(operands), common, span).with_modifier(modifier))
            }
            ast::ExprKind::Greatest(operands) => self.min_max(true, operands, span),
            ast::ExprKind::Least(operands) => self.min_max(false, operands, span),
            ast::ExprKind::NullIf {
                left,
                right,
                operator_span,
            } => self.null_if(left, right, *operator_span, span),
            ast::ExprKind::Cast { operand, target } => self.cast(operand, target, span),
            ast::ExprKind::Collate { operand, collation } => {
                let operand = self.expr(operand)?;
                self.collate(operand, collation, span)
            }
            ast::ExprKind::AtTimeZone { operand, zone } => {
                self.at_time_zone(operand, zone.as_deref(), span)
            }
            ast::ExprKind::Field { operand, name } => {
                let operand = self.expr(operand)?;
                self.field(&operand, name)
            }
            ast::ExprKind::Subscript {
                operand,
                subscripts,
            } => {
                let operand = self.expr(operand)?;
                self.subscript(operand, subscripts, None, span)
            }
            ast::ExprKind::Ambient(ambient) => Ok(Expr::new(
                ExprKind::Ambient(*ambient),
                ambient_type(*ambient),
                span,
            )),
            ast::ExprKind::Grouping(operands) => self.grouping_call(operands, span),
            ast::ExprKind::MergeAction => {
                // Also in subqueries of it.
                let mut levels = self.levels.iter();
                if !levels.any(|level| level.place == Place::MergeReturning) {
                    return Err(Failure::error(
                        Code::MisplacedCall,
                        span,
                        "merge_action() stands only in the RETURNING of MERGE",
                    ));
                }
                Ok(Expr::new(ExprKind::MergeAction, oid::TEXT, span))
            }
            ast::ExprKind::Xml(xml) => self.xml(xml, span),
            ast::ExprKind::Json(json) => self.json(json, span),
            ast::ExprKind::CurrentOf(_) => Ok(Expr::new(ExprKind::CurrentOf, oid::BOOL, span)),
        }
    }

    pub(super) fn exprs(&mut self, exprs: &[ast::Expr]) -> Result<Vec<Expr>> {
        exprs.iter().map(|expr| self.expr(expr)).collect()
    }

    pub(super) fn conditions(
        &mut self,
        operands: &[ast::Expr],
        context: &str,
    ) -> Result<Vec<Expr>> {
        operands
            .iter()
            .map(|operand| {
                let operand = self.expr(operand)?;
                self.coerce_to_boolean(operand, context)
            })
            .collect()
    }

    pub(super) fn parameter(&mut self, number: u32, span: Span) -> Result<Expr> {
        if !self.parameters_allowed {
            return Err(Failure::error(
                Code::MigrationParameter,
                span,
                format!("there is nothing to give for ${number} here"),
            ));
        }
        let type_id = self.parameters.mention(number, span)?;
        Ok(Expr::new(ExprKind::Parameter(number), type_id, span))
    }

    pub(super) fn infix(
        &mut self,
        operator: &ast::Operator,
        left: &ast::Expr,
        right: &ast::Expr,
        span: Span,
    ) -> Result<Expr> {
        match (&left.kind, &right.kind) {
            (ast::ExprKind::Row { .. }, ast::ExprKind::Subquery(query)) => {
                // A row against a subquery of one row.
                let left_fields = match &left.kind {
                    ast::ExprKind::Row { fields, .. } => self.row_fields(fields)?,
                    _ => Vec::new(),
                };
                let query = self.subquery(query, true)?;
                self.compare_with_query(operator, left_fields, query, SubqueryUse::Row, span)
            }
            (ast::ExprKind::Row { fields: left, .. }, ast::ExprKind::Row { fields: right, .. }) => {
                let left = self.row_fields(left)?;
                let right = self.row_fields(right)?;
                self.row_comparison(operator, left, right, span)
            }
            _ => {
                let left = self.expr(left)?;
                let right = self.expr(right)?;
                self.operate(operator, Some(left), right)
            }
        }
    }

    pub(super) fn null_test(&self, operand: Expr, negated: bool, span: Span) -> Expr {
        let of_row = operand.type_id == oid::RECORD
            || super::coerce::is_complex(self.catalog, operand.type_id);
        Expr::new(
            ExprKind::IsNull {
                operand: Box::new(operand),
                negated,
                of_row,
            },
            oid::BOOL,
            span,
        )
    }

    /// The array type for elements of a type; an array is its own (more dimensions have no type of their own).
    pub(super) fn array_for(&self, element: TypeId) -> Option<TypeId> {
        if self.catalog.element_of(element).is_some()
            && element != oid::INT2VECTOR
            && element != oid::OIDVECTOR
        {
            return Some(element);
        }
        self.catalog.array_of(element)
    }

    /// ARRAY[…], with the types that a cast around it asks for. After `transformArrayExpr`.
    pub(super) fn array(
        &mut self,
        elements: &[ast::Expr],
        target: Option<(TypeId, TypeId, i32)>,
        span: Span,
    ) -> Result<Expr> {
        let mut nested = false;
        let mut analyzed = Vec::with_capacity(elements.len());
        for element in elements {
            if let ast::ExprKind::Array(inner) = &element.kind {
                analyzed.push(self.array(inner, target, element.span)?);
                nested = true;
            } else {
                let element = self.expr(element)?;
                nested |= self.catalog.element_of(element.type_id).is_some()
                    && element.type_id != oid::INT2VECTOR
                    && element.type_id != oid::OIDVECTOR;
                analyzed.push(element);
            }
        }
        let (array_type, common, hard) = match target {
            Some((array, element, modifier)) => {
                (array, if nested { array } else { element }, Some(modifier))
            }
            None => {
                if analyzed.is_empty() {
                    return Err(Failure::error(
                        Code::UndeterminedType,
                        span,
                        "nothing says of which type this empty array is",
                    )
                    .help("write a cast: `ARRAY[]::integer[]`"));
                }
                let common = self.common_type(&analyzed, "ARRAY")?;
                let array = if nested {
                    self.catalog
                        .element_of(self.catalog.base_type(common).0)
                        .map(|_| common)
                } else {
                    self.catalog.array_of(common)
                };
                let array = array.ok_or_else(|| {
                    Failure::error(
                        Code::TypeMismatch,
                        span,
                        format!(
                            "there is no type for arrays of `{}`",
                            format_type(self.catalog, common)
                        ),
                    )
                })?;
                (array, common, None)
            }
        };
        let mut converted = Vec::with_capacity(analyzed.len());
        for element in analyzed {
            converted.push(match hard {
                Some(modifier) => {
                    let (from, place) = (element.type_id, element.span);
                    self.coerce_to(element, common, modifier, CastContext::Explicit)?
                        .ok_or_else(|| self.no_cast(from, common, place))?
                }
                None => self.coerce_to_common(element, common, "ARRAY")?,
            });
        }
        let modifier = Self::common_modifier(&converted, common);
        Ok(Expr::new(
            ExprKind::Array {
                elements: converted,
                nested,
            },
            array_type,
            span,
        )
        .with_modifier(modifier))
    }

    pub(super) fn case(
        &mut self,
        operand: Option<&ast::Expr>,
        branches: &[ast::CaseBranch],
        otherwise: Option<&ast::Expr>,
        span: Span,
    ) -> Result<Expr> {
        let before = self.set_returning_calls;
        let operand = match operand {
            Some(operand) => {
                let operand = self.expr(operand)?;
                Some(if operand.type_id == oid::UNKNOWN {
                    self.coerce_to_common(operand, oid::TEXT, "CASE")?
                } else {
                    operand
                })
            }
            None => None,
        };
        let mut conditions = Vec::with_capacity(branches.len());
        let mut results = Vec::with_capacity(branches.len() + 1);
        for branch in branches {
            let condition = match &operand {
                Some(operand) => {
                    let placeholder =
                        Expr::new(ExprKind::CaseOperand, operand.type_id, branch.when.span)
                            .with_modifier(operand.modifier);
                    let value = self.expr(&branch.when)?;
                    self.operate(&equals(branch.when.span), Some(placeholder), value)?
                }
                None => self.expr(&branch.when)?,
            };
            conditions.push(self.coerce_to_boolean(condition, "CASE … WHEN")?);
            results.push(self.expr(&branch.then)?);
        }
        let default = match otherwise {
            Some(otherwise) => self.expr(otherwise)?,
            None => constant(&Literal::Null, span),
        };
        // ELSE weighs most when the type is chosen.
        results.insert(0, default);
        let (results, common) = self.unify(results, "CASE")?;
        self.no_set_returning(before, "CASE", span)?;
        let modifier = Self::common_modifier(&results, common);
        let mut results = results.into_iter();
        let default = results.next().map(Box::new);
        Ok(Expr::new(
            ExprKind::Case {
                operand: operand.map(Box::new),
                branches: conditions.into_iter().zip(results).collect(),
                otherwise: otherwise.and(default),
            },
            common,
            span,
        )
        .with_modifier(modifier))
    }

    fn min_max(&mut self, greatest: bool, operands: &[ast::Expr], span: Span) -> Result<Expr> {
        let name = if greatest { "GREATEST" } else { "LEAST" };
        let operands = self.exprs(operands)?;
        let (operands, common) = self.unify(operands, name)?;
        let modifier = Self::common_modifier(&operands, common);
        Ok(
            Expr::new(ExprKind::MinMax { greatest, operands }, common, span)
                .with_modifier(modifier),
        )
    }

    fn null_if(
        &mut self,
        left: &ast::Expr,
        right: &ast::Expr,
        operator_span: Span,
        span: Span,
    ) -> Result<Expr> {
        let left = self.expr(left)?;
        let right = self.expr(right)?;
        let (operator, mut operands, result) =
            self.operator_over(&equals(operator_span), Some(left), right)?;
        if result != oid::BOOL {
            return Err(Failure::error(
                Code::TypeMismatch,
                span,
                "NULLIF needs an operator `=` that gives `boolean`",
            ));
        }
        match (operands.pop(), operands.pop()) {
            (Some(right), Some(left)) => {
                let (type_id, modifier) = (left.type_id, left.modifier);
                Ok(Expr::new(
                    ExprKind::NullIf {
                        operator,
                        left: Box::new(left),
                        right: Box::new(right),
                    },
                    type_id,
                    span,
                )
                .with_modifier(modifier))
            }
            _ => Err(Failure::cannot_check(span, "NULLIF lacks a side")),
        }
    }

    /// After `transformTypeCast`.
    pub(super) fn cast(
        &mut self,
        operand: &ast::Expr,
        target: &ast::TypeName,
        span: Span,
    ) -> Result<Expr> {
        let (type_id, modifier) = super::resolve_type(self.catalog, target)?;
        let operand = match &operand.kind {
            ast::ExprKind::Array(elements) => {
                let (base, _) = self.catalog.base_type(type_id);
                match self.catalog.element_of(base) {
                    Some(element) => {
                        self.array(elements, Some((base, element, modifier)), operand.span)?
                    }
                    None => self.expr(operand)?,
                }
            }
            _ => self.expr(operand)?,
        };
        let from = operand.type_id;
        let place = operand.span;
        let value = self
            .coerce_to(operand, type_id, modifier, CastContext::Explicit)?
            .ok_or_else(|| self.no_cast(from, type_id, place))?;
        Ok(Expr { span, ..value })
    }

    pub(super) fn no_cast(&self, from: TypeId, to: TypeId, span: Span) -> Box<Failure> {
        Failure::error(
            Code::TypeMismatch,
            span,
            format!(
                "there is no cast from `{}` to `{}`",
                format_type(self.catalog, from),
                format_type(self.catalog, to)
            ),
        )
    }

    fn collate(&mut self, operand: Expr, collation: &ast::ObjectName, span: Span) -> Result<Expr> {
        if operand.type_id != oid::UNKNOWN && !self.catalog.type_(operand.type_id).collatable {
            return Err(Failure::error(
                Code::TypeMismatch,
                span,
                format!(
                    "the type `{}` takes no COLLATE",
                    format_type(self.catalog, operand.type_id)
                ),
            ));
        }
        if !self
            .catalog
            .collation_exists(collation.schema(), collation.name())
        {
            // Which collations a server has beyond the standard ones depends on its operating system.
            let known = matches!(collation.name(), "C" | "POSIX" | "default" | "ucs_basic");
            if !known && collation.name().len() > 63 {
                return Err(Failure::error(
                    Code::UnknownCollation,
                    collation.span,
                    format!("there is no collation `{}`", collation.name()),
                ));
            }
        }
        let (type_id, modifier) = (operand.type_id, operand.modifier);
        Ok(Expr::new(
            ExprKind::Collate {
                operand: Box::new(operand),
                collation: collation.name().to_owned(),
            },
            type_id,
            span,
        )
        .with_modifier(modifier))
    }

    fn at_time_zone(
        &mut self,
        operand: &ast::Expr,
        zone: Option<&ast::Expr>,
        span: Span,
    ) -> Result<Expr> {
        let mut arguments = Vec::with_capacity(2);
        // The server's grammar puts the zone first.
        if let Some(zone) = zone {
            arguments.push(self.expr(zone)?);
        }
        arguments.push(self.expr(operand)?);
        self.builtin_call("timezone", arguments, span)
    }

    /// The fields of a row, wildcards spread out.
    pub(super) fn row_fields(&mut self, fields: &[ast::Expr]) -> Result<Vec<Expr>> {
        let mut analyzed = Vec::with_capacity(fields.len());
        for field in fields {
            match &field.kind {
                ast::ExprKind::Wildcard(names) => analyzed.extend(
                    self.spread(names, field.span)?
                        .into_iter()
                        .map(|(_, expr)| expr),
                ),
                ast::ExprKind::FieldWildcard(operand) => analyzed.extend(
                    self.spread_field(operand, field.span)?
                        .into_iter()
                        .map(|(_, expr)| expr),
                ),
                _ => analyzed.push(self.expr(field)?),
            }
        }
        Ok(analyzed)
    }

    pub(super) fn no_set_returning(&self, before: usize, context: &str, span: Span) -> Result<()> {
        if self.set_returning_calls == before {
            return Ok(());
        }
        Err(Failure::error(
            Code::MisplacedCall,
            span,
            format!("a set-returning function cannot stand in {context}"),
        )
        .help("call it in FROM, with LATERAL if it needs columns"))
    }
}

/// Whether an expression mentions a column of the query so many levels out.
pub(super) fn has_local_variables(expr: &Expr, level: u32) -> bool {
    if let ExprKind::Variable(variable) = &expr.kind {
        return variable.level == level;
    }
    let mut found = false;
    expr.children(&mut |node| {
        found = found
            || match node {
                Node::Expr(child) => has_local_variables(child, level),
                Node::Query(query) => query_has_variables(query, level + 1),
            };
    });
    found
}

fn query_has_variables(query: &Query, level: u32) -> bool {
    let mut found = false;
    query.children(&mut |node| {
        found = found
            || match node {
                Node::Expr(child) => has_local_variables(child, level),
                Node::Query(query) => query_has_variables(query, level + 1),
            };
    });
    found
}

pub(super) fn special(
    name: &'static str,
    operands: Vec<Expr>,
    type_id: TypeId,
    nullability: SpecialNullability,
    span: Span,
) -> Expr {
    Expr::new(
        ExprKind::Special {
            name,
            operands,
            nullability,
        },
        type_id,
        span,
    )
}

/// A constant as the server types it: a number by its size, everything in quotes as `unknown`.
pub(super) fn constant(literal: &Literal, span: Span) -> Expr {
    let (constant, type_id) = match literal {
        Literal::Null => (Constant::Null, oid::UNKNOWN),
        Literal::Boolean(value) => (Constant::Boolean(*value), oid::BOOL),
        Literal::Integer(value) => (Constant::Integer(*value), oid::INT4),
        Literal::Numeric(text) => (
            Constant::Numeric(text.clone()),
            if text.parse::<i64>().is_ok() {
                oid::INT8
            } else {
                oid::NUMERIC
            },
        ),
        Literal::String(text) => (Constant::String(text.clone()), oid::UNKNOWN),
        Literal::Bits(text) => (Constant::Bits(text.clone()), oid::BIT),
    };
    Expr::new(ExprKind::Constant(constant), type_id, span)
}

fn ambient_type(ambient: Ambient) -> TypeId {
    match ambient {
        Ambient::CurrentDate => oid::DATE,
        Ambient::CurrentTime => oid::TIMETZ,
        Ambient::CurrentTimestamp => oid::TIMESTAMPTZ,
        Ambient::LocalTime => oid::TIME,
        Ambient::LocalTimestamp => oid::TIMESTAMP,
        Ambient::SystemUser => oid::TEXT,
        Ambient::CurrentRole
        | Ambient::CurrentUser
        | Ambient::User
        | Ambient::SessionUser
        | Ambient::CurrentCatalog
        | Ambient::CurrentSchema => oid::NAME,
    }
}
