//! SQL/JSON and XML expressions.

use pgdbm_template::Code;

use super::Analyzer;
use super::expression::special;
use crate::catalog::{CastContext, TypeId, format_type, oid};
use crate::failure::{Failure, Result};
use crate::syntax::ast::{self, JsonBehavior, JsonExpr, JsonReturning, JsonValue, Span, XmlExpr};
use crate::tree::{Expr, ExprKind, SpecialNullability};

impl Analyzer<'_> {
    // ---- JSON ----

    /// What a SQL/JSON function reads: a constant in quotes is text.
    fn json_value(&mut self, value: &JsonValue) -> Result<Expr> {
        let expr = self.expr(&value.expr)?;
        let expr = self.unknown_to_text(expr)?;
        if value.format_json
            && !matches!(
                self.catalog.base_type(expr.type_id).0,
                oid::TEXT | oid::VARCHAR | oid::BPCHAR | oid::BYTEA | oid::JSON | oid::JSONB
            )
            && self.catalog.type_(expr.type_id).category != b'S'
        {
            return Err(Failure::error(
                Code::TypeMismatch,
                value.expr.span,
                format!(
                    "FORMAT JSON takes text or bytea, and this is `{}`",
                    format_type(self.catalog, expr.type_id)
                ),
            ));
        }
        Ok(expr)
    }

    /// The key of an object. A parameter alone stays open: the server does not take it for text.
    fn json_key(&mut self, key: &ast::Expr) -> Result<Expr> {
        let expr = self.expr(key)?;
        if matches!(expr.kind, ExprKind::Parameter(_)) {
            return Ok(expr);
        }
        self.unknown_to_text(expr)
    }

    /// JSON_OBJECTAGG and JSON_ARRAYAGG: the aggregate functions that the server makes of them, with a result of another type.
    fn json_aggregate(
        &mut self,
        mut call: ast::Call,
        arguments: &[&ast::Expr],
        returning: Option<&ast::JsonReturning>,
        span: Span,
    ) -> Result<Expr> {
        let last = arguments.len().saturating_sub(1);
        for (at, argument) in arguments.iter().enumerate() {
            let mut value = (*argument).clone();
            // A key stays open, as in JSON_OBJECT.
            if at == last
                && matches!(
                    value.kind,
                    ast::ExprKind::Parameter(_)
                        | ast::ExprKind::Literal(ast::Literal::String(_) | ast::Literal::Null)
                )
            {
                // What is open is text.
                let target = ast::TypeName {
                    name: ast::ObjectName {
                        parts: vec![
                            ast::Name::new("pg_catalog", value.span),
                            ast::Name::new("text", value.span),
                        ],
                        span: value.span,
                    },
                    modifiers: Vec::new(),
                    array_dimensions: 0,
                    set_of: false,
                    column_type: false,
                    span: value.span,
                };
                value = ast::Expr::new(
                    ast::ExprKind::Cast {
                        operand: Box::new(value),
                        target,
                    },
                    argument.span,
                );
            }
            call.arguments.push(ast::Argument { name: None, value });
        }
        call.name
            .parts
            .insert(0, ast::Name::new("pg_catalog", span));
        let aggregate = self.call(&call, span)?;
        let default = match &aggregate.kind {
            ExprKind::Aggregate(call) => json_of(&call.arguments),
            ExprKind::Window(call) => json_of(&call.arguments),
            _ => oid::JSON,
        };
        let (type_id, modifier) = self.json_result(returning, default)?;
        Ok(special(
            "JSON aggregate",
            vec![aggregate],
            type_id,
            SpecialNullability::May,
            span,
        )
        .with_modifier(modifier))
    }

    /// The type that RETURNING names.
    fn json_result(
        &mut self,
        returning: Option<&JsonReturning>,
        default: TypeId,
    ) -> Result<(TypeId, i32)> {
        match returning {
            Some(returning) => super::resolve_type(self.catalog, &returning.target),
            None => Ok((default, -1)),
        }
    }

    pub(super) fn is_json(&mut self, operand: &ast::Expr, span: Span) -> Result<Expr> {
        self.since(16, "IS JSON", span)?;
        let operand = self.expr(operand)?;
        let operand = self.unknown_to_text(operand)?;
        let (base, _) = self.catalog.base_type(operand.type_id);
        if !matches!(base, oid::TEXT | oid::JSON | oid::JSONB | oid::BYTEA)
            && self.catalog.type_(base).category != b'S'
        {
            return Err(Failure::error(
                Code::TypeMismatch,
                operand.span,
                format!(
                    "IS JSON takes text, bytea or json, and this is `{}`",
                    format_type(self.catalog, operand.type_id)
                ),
            ));
        }
        Ok(special(
            "IS JSON",
            vec![operand],
            oid::BOOL,
            SpecialNullability::WithOperands,
            span,
        ))
    }

    fn since(&self, major: u16, what: &str, span: Span) -> Result<()> {
        if self.catalog.builtin.major.number() >= major {
            return Ok(());
        }
        Err(Failure::error(
            Code::SyntaxError,
            span,
            format!("{what} is new in PostgreSQL {major}"),
        ))
    }

    pub(super) fn json(&mut self, json: &JsonExpr, span: Span) -> Result<Expr> {
        match json {
            JsonExpr::Object {
                pairs, returning, ..
            } => {
                self.since(16, "JSON_OBJECT(key: value)", span)?;
                let mut operands = Vec::with_capacity(pairs.len() * 2);
                for (key, value) in pairs {
                    operands.push(self.json_key(key)?);
                    operands.push(self.json_value(value)?);
                }
                let (type_id, modifier) =
                    self.json_result(returning.as_ref(), json_of(&operands))?;
                Ok(special(
                    "JSON_OBJECT",
                    operands,
                    type_id,
                    SpecialNullability::Never,
                    span,
                )
                .with_modifier(modifier))
            }
            JsonExpr::Array {
                values, returning, ..
            } => {
                self.since(16, "JSON_ARRAY", span)?;
                let mut operands = Vec::with_capacity(values.len());
                for value in values {
                    operands.push(self.json_value(value)?);
                }
                let (type_id, modifier) =
                    self.json_result(returning.as_ref(), json_of(&operands))?;
                Ok(special(
                    "JSON_ARRAY",
                    operands,
                    type_id,
                    SpecialNullability::Never,
                    span,
                )
                .with_modifier(modifier))
            }
            JsonExpr::ArrayQuery { query, returning } => {
                self.since(16, "JSON_ARRAY", span)?;
                let query = self.subquery(query, true)?;
                if query.targets.len() != 1 {
                    return Err(Failure::error(
                        Code::ColumnCount,
                        span,
                        "the subquery of JSON_ARRAY gives exactly one column",
                    ));
                }
                let default = match query.targets.first() {
                    Some(target) => json_of(std::slice::from_ref(&target.expr)),
                    None => oid::JSON,
                };
                let (type_id, modifier) = self.json_result(returning.as_ref(), default)?;
                let operand = Expr::new(
                    ExprKind::Subquery(Box::new(crate::tree::Subquery {
                        kind: crate::tree::SubqueryKind::Array,
                        query,
                    })),
                    oid::RECORD_ARRAY,
                    span,
                );
                Ok(special(
                    "JSON_ARRAY",
                    vec![operand],
                    type_id,
                    SpecialNullability::May,
                    span,
                )
                .with_modifier(modifier))
            }
            JsonExpr::ObjectAgg {
                key,
                value,
                returning,
                filter,
                over,
            } => {
                self.since(16, "JSON_OBJECTAGG", span)?;
                let call = ast::Call {
                    filter: filter.clone(),
                    over: over.clone(),
                    ..ast::Call::plain("json_object_agg", span)
                };
                self.json_aggregate(call, &[key, &value.expr], returning.as_ref(), span)
            }
            JsonExpr::ArrayAgg {
                value,
                order_by,
                returning,
                filter,
                over,
            } => {
                self.since(16, "JSON_ARRAYAGG", span)?;
                let call = ast::Call {
                    order_by: order_by.clone(),
                    filter: filter.clone(),
                    over: over.clone(),
                    ..ast::Call::plain("json_agg", span)
                };
                self.json_aggregate(call, &[&value.expr], returning.as_ref(), span)
            }
            JsonExpr::Parse(value) => {
                self.since(17, "JSON(…)", span)?;
                let operand = self.json_value(value)?;
                Ok(special(
                    "JSON",
                    vec![operand],
                    oid::JSON,
                    SpecialNullability::WithOperands,
                    span,
                ))
            }
            JsonExpr::Scalar(expr) => {
                self.since(17, "JSON_SCALAR", span)?;
                let operand = self.expr(expr)?;
                let operand = self.unknown_to_text(operand)?;
                Ok(special(
                    "JSON_SCALAR",
                    vec![operand],
                    oid::JSON,
                    SpecialNullability::WithOperands,
                    span,
                ))
            }
            JsonExpr::Serialize { value, returning } => {
                self.since(17, "JSON_SERIALIZE", span)?;
                let operand = self.json_value(value)?;
                let (type_id, modifier) = self.json_result(returning.as_ref(), oid::TEXT)?;
                Ok(special(
                    "JSON_SERIALIZE",
                    vec![operand],
                    type_id,
                    SpecialNullability::WithOperands,
                    span,
                )
                .with_modifier(modifier))
            }
            JsonExpr::Exists(call) => {
                let operands = self.json_path(call, oid::BOOL, span)?;
                Ok(special(
                    "JSON_EXISTS",
                    operands,
                    oid::BOOL,
                    SpecialNullability::May,
                    span,
                ))
            }
            JsonExpr::Value(call) => {
                let (type_id, modifier) = self.json_result(call.returning.as_ref(), oid::TEXT)?;
                let operands = self.json_path(call, type_id, span)?;
                Ok(special(
                    "JSON_VALUE",
                    operands,
                    type_id,
                    SpecialNullability::May,
                    span,
                )
                .with_modifier(modifier))
            }
            JsonExpr::Query(call) => {
                let (type_id, modifier) = self.json_result(call.returning.as_ref(), oid::JSONB)?;
                let operands = self.json_path(call, type_id, span)?;
                Ok(special(
                    "JSON_QUERY",
                    operands,
                    type_id,
                    SpecialNullability::May,
                    span,
                )
                .with_modifier(modifier))
            }
        }
    }

    /// Context, path and PASSING of a query function. After `transformJsonFuncExpr`.
    pub(super) fn json_path(
        &mut self,
        call: &ast::JsonPathCall,
        result: TypeId,
        span: Span,
    ) -> Result<Vec<Expr>> {
        self.since(17, "this SQL/JSON function", span)?;
        let context = self.expr(&call.context.expr)?;
        let context = if matches!(context.kind, ExprKind::Parameter(_)) {
            self.unknown_to_text(context)?
        } else if context.type_id == oid::UNKNOWN {
            self.coerce(context, oid::JSONB, -1, CastContext::Implicit)?
        } else {
            context
        };
        let mut operands = vec![context];
        let path = self.expr(&call.path)?;
        let (from, place) = (path.type_id, path.span);
        let path = self
            .coerce_to(path, oid::JSONPATH, -1, CastContext::Explicit)?
            .ok_or_else(|| {
                Failure::error(
                    Code::TypeMismatch,
                    place,
                    format!(
                        "a JSON path is `jsonpath`, and this is `{}`",
                        format_type(self.catalog, from)
                    ),
                )
            })?;
        operands.push(path);
        for (value, _) in &call.passing {
            operands.push(self.json_value(value)?);
        }
        for behavior in call.on_empty.iter().chain(&call.on_error) {
            if let JsonBehavior::Default(expr) = behavior {
                let value = self.expr(expr)?;
                let (from, place) = (value.type_id, value.span);
                operands.push(
                    self.coerce_to(value, result, -1, CastContext::Explicit)?
                        .ok_or_else(|| self.no_cast(from, result, place))?,
                );
            }
        }
        Ok(operands)
    }

    // ---- XML ----

    pub(super) fn xml(&mut self, xml: &XmlExpr, span: Span) -> Result<Expr> {
        let (name, operands, type_id, nullability) = match xml {
            XmlExpr::Element {
                attributes,
                content,
            } => {
                let mut operands = self.xml_named(attributes, "XMLATTRIBUTES")?;
                for item in content {
                    operands.push(self.expr(item)?);
                }
                ("XMLELEMENT", operands, oid::XML, SpecialNullability::Never)
            }
            XmlExpr::Forest(items) => (
                "XMLFOREST",
                self.xml_named(items, "XMLFOREST")?,
                oid::XML,
                SpecialNullability::May,
            ),
            XmlExpr::Concat(items) => {
                let mut operands = Vec::with_capacity(items.len());
                for item in items {
                    let value = self.expr(item)?;
                    operands.push(self.coerce_to_specific(value, oid::XML, "XMLCONCAT")?);
                }
                ("XMLCONCAT", operands, oid::XML, SpecialNullability::May)
            }
            XmlExpr::Parse(expr) => {
                let value = self.expr(expr)?;
                let value = self.coerce_to_specific(value, oid::TEXT, "XMLPARSE")?;
                (
                    "XMLPARSE",
                    vec![value],
                    oid::XML,
                    SpecialNullability::WithOperands,
                )
            }
            XmlExpr::Pi(expr) => {
                let mut operands = Vec::new();
                if let Some(expr) = expr {
                    let value = self.expr(expr)?;
                    operands.push(self.coerce_to_specific(value, oid::TEXT, "XMLPI")?);
                }
                (
                    "XMLPI",
                    operands,
                    oid::XML,
                    SpecialNullability::WithOperands,
                )
            }
            XmlExpr::Root { xml, version } => {
                let value = self.expr(xml)?;
                let mut operands = vec![self.coerce_to_specific(value, oid::XML, "XMLROOT")?];
                if let Some(version) = version {
                    let value = self.expr(version)?;
                    operands.push(self.coerce_to_specific(value, oid::TEXT, "XMLROOT")?);
                }
                ("XMLROOT", operands, oid::XML, SpecialNullability::May)
            }
            XmlExpr::Serialize { operand, target } => {
                let value = self.expr(operand)?;
                let value = self.coerce_to_specific(value, oid::XML, "XMLSERIALIZE")?;
                let (type_id, modifier) = super::resolve_type(self.catalog, target)?;
                return Ok(special(
                    "XMLSERIALIZE",
                    vec![value],
                    type_id,
                    SpecialNullability::WithOperands,
                    span,
                )
                .with_modifier(modifier));
            }
            XmlExpr::Exists { path, document } => {
                let path = self.expr(path)?;
                let document = self.expr(document)?;
                return self.builtin_call("xmlexists", vec![path, document], span);
            }
        };
        Ok(special(name, operands, type_id, nullability, span))
    }

    fn xml_named(
        &mut self,
        items: &[(ast::Expr, Option<ast::Name>)],
        context: &str,
    ) -> Result<Vec<Expr>> {
        let mut operands = Vec::with_capacity(items.len());
        for (item, name) in items {
            if name.is_none()
                && !matches!(
                    item.kind,
                    ast::ExprKind::Column(_) | ast::ExprKind::Field { .. }
                )
            {
                return Err(Failure::error(
                    Code::SyntaxError,
                    item.span,
                    format!("{context} needs a name for what is no column: write AS"),
                ));
            }
            operands.push(self.expr(item)?);
        }
        Ok(operands)
    }
}

/// The type that a constructor gives by itself: `jsonb` if it is given any.
fn json_of(operands: &[Expr]) -> TypeId {
    let is_binary = |operand: &Expr| operand.type_id == oid::JSONB;
    if operands.iter().any(is_binary) {
        oid::JSONB
    } else {
        oid::JSON
    }
}
