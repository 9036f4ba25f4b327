//! `[…]` on arrays, jsonb and the like. After `transformContainerSubscripts`.

use pgdbm_template::Code;

use super::Analyzer;
use super::coerce::can_coerce_one;
use crate::catalog::{CastContext, Subscripting, TypeId, format_type, oid};
use crate::failure::{Failure, Result};
use crate::syntax::ast::{self, Span};
use crate::tree::{Expr, ExprKind};

impl Analyzer<'_> {
    /// A value with subscripts. In an assignment `assigned` is what the place shall get, converted already.
    pub(super) fn subscript(
        &mut self,
        container: Expr,
        subscripts: &[ast::Subscript],
        assigned: Option<Expr>,
        span: Span,
    ) -> Result<Expr> {
        let (base, how) = self.subscripting(container.type_id);
        let slice = subscripts
            .iter()
            .any(|subscript| matches!(subscript, ast::Subscript::Slice { .. }));
        let mut places = Vec::new();
        for subscript in subscripts {
            match subscript {
                ast::Subscript::Index(index) => places.push(index),
                ast::Subscript::Slice { lower, upper } => {
                    places.extend(lower);
                    places.extend(upper);
                }
            }
        }
        let result = match how {
            Subscripting::None => {
                return Err(Failure::error(
                    Code::WrongKind,
                    span,
                    format!(
                        "`[…]` asks for an array, and this is `{}`",
                        format_type(self.catalog, container.type_id)
                    ),
                ));
            }
            Subscripting::Jsonb | Subscripting::Hstore if slice => {
                return Err(Failure::error(
                    Code::MisplacedClause,
                    span,
                    format!(
                        "slices are not possible on `{}`",
                        format_type(self.catalog, base)
                    ),
                ));
            }
            Subscripting::Jsonb => base,
            Subscripting::Hstore => oid::TEXT,
            Subscripting::Fixed | Subscripting::Array if slice => base,
            Subscripting::Fixed | Subscripting::Array => {
                self.catalog.type_(base).element.unwrap_or(oid::UNKNOWN)
            }
        };
        let mut indexes = Vec::with_capacity(places.len());
        for place in places {
            let index = self.expr(place)?;
            indexes.push(self.subscript_index(index, how, place.span)?);
        }
        let type_id = if assigned.is_some() {
            container.type_id
        } else {
            result
        };
        let modifier = container.modifier;
        Ok(Expr::new(
            ExprKind::Subscript {
                container: Box::new(container),
                subscripts: indexes,
                slice,
                assigned: assigned.map(Box::new),
            },
            type_id,
            span,
        )
        .with_modifier(if how == Subscripting::Array {
            modifier
        } else {
            -1
        }))
    }

    /// What a subscript of this kind takes and gives, for an assignment to it.
    pub(super) fn assigned_type(
        &self,
        container: TypeId,
        slice: bool,
    ) -> (Subscripting, Option<TypeId>) {
        let (base, how) = self.subscripting(container);
        let type_id = match how {
            Subscripting::None => None,
            Subscripting::Jsonb => Some(base),
            Subscripting::Hstore => Some(oid::TEXT),
            Subscripting::Fixed | Subscripting::Array if slice => Some(base),
            Subscripting::Fixed | Subscripting::Array => self.catalog.type_(base).element,
        };
        (how, type_id)
    }

    fn subscript_index(&mut self, index: Expr, how: Subscripting, span: Span) -> Result<Expr> {
        let own = index.type_id;
        match how {
            Subscripting::Jsonb => {
                if own == oid::UNKNOWN {
                    return self.coerce(index, oid::TEXT, -1, CastContext::Implicit);
                }
                let integer = can_coerce_one(self.catalog, own, oid::INT4, CastContext::Implicit);
                let text = can_coerce_one(self.catalog, own, oid::TEXT, CastContext::Implicit);
                let target = match (integer, text) {
                    (true, false) => oid::INT4,
                    (false, true) => oid::TEXT,
                    _ => {
                        return Err(Failure::error(
                            Code::TypeMismatch,
                            span,
                            format!(
                                "a subscript of `jsonb` is `integer` or `text`, and this is `{}`",
                                format_type(self.catalog, own)
                            ),
                        ));
                    }
                };
                self.coerce(index, target, -1, CastContext::Implicit)
            }
            Subscripting::Hstore => {
                self.coerce_to_specific(index, oid::TEXT, "a subscript of hstore")
            }
            _ => self.coerce_to_specific(index, oid::INT4, "a subscript of an array"),
        }
    }
}
