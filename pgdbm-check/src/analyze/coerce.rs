//! Conversions between types: which are possible, and how a value is converted. After `parse_coerce.c`.

use pgdbm_template::Code;

use super::Analyzer;
use super::generic::Generic;
use super::literal;
use crate::catalog::{
    Attribute, CastContext, CastMethod, Catalog, Subscripting, Type, TypeId, TypeKind, format_type,
    oid,
};
use crate::failure::{Failure, Result};
use crate::syntax::ast::Span;
use crate::tree::{Coercion, Column, Constant, Expr, ExprKind, Variable};

/// How one type becomes another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Pathway {
    Relabel,
    Function { strict: bool },
    Elements,
    InOut,
}

/// The way from one type to another that a context allows, if there is one. After `find_coercion_pathway`.
pub(super) fn pathway(
    catalog: &Catalog,
    source: TypeId,
    target: TypeId,
    context: CastContext,
) -> Option<Pathway> {
    let (source, _) = catalog.base_type(source);
    let (target, _) = catalog.base_type(target);
    if source == target {
        return Some(Pathway::Relabel);
    }
    if let Some(cast) = catalog.cast(source, target) {
        return (context >= cast.context).then_some(match cast.method {
            CastMethod::Function { strict } => Pathway::Function { strict },
            CastMethod::Binary => Pathway::Relabel,
            CastMethod::InOut => Pathway::InOut,
        });
    }
    if target != oid::OIDVECTOR
        && target != oid::INT2VECTOR
        && let Some(target_element) = catalog.element_of(target)
        && let Some(source_element) = catalog.element_of(source)
        && pathway(catalog, source_element, target_element, context).is_some()
    {
        return Some(Pathway::Elements);
    }
    // Anything goes into a string in an assignment, and a string into anything when it is asked for.
    if (context >= CastContext::Assignment && category(catalog, target) == b'S')
        || (context >= CastContext::Explicit && category(catalog, source) == b'S')
    {
        return Some(Pathway::InOut);
    }
    None
}

pub(super) fn category(catalog: &Catalog, id: TypeId) -> u8 {
    catalog.type_(id).category
}

/// Preferred, and of this category.
pub(super) fn is_preferred(catalog: &Catalog, category: u8, id: TypeId) -> bool {
    let of = catalog.type_(id);
    of.preferred && of.category == category
}

/// A row type, or a domain over one.
pub(super) fn is_complex(catalog: &Catalog, id: TypeId) -> bool {
    let of = catalog.type_(id);
    match &of.kind {
        TypeKind::Composite => true,
        TypeKind::Domain(_) => catalog.type_(catalog.base_type(id).0).is_composite(),
        _ => false,
    }
}

fn is_complex_array(catalog: &Catalog, id: TypeId) -> bool {
    catalog
        .element_of(id)
        .is_some_and(|element| is_complex(catalog, element))
}

/// An array, or a domain over one.
pub(super) fn is_array_or_domain_over(catalog: &Catalog, id: TypeId) -> bool {
    catalog.element_of(catalog.base_type(id).0).is_some()
}

/// Whether rows of the one relation are rows of the other, its ancestor.
fn inherits_from(catalog: &Catalog, row: TypeId, ancestor: TypeId) -> bool {
    let (row, _) = catalog.base_type(row);
    if !catalog.type_(row).is_composite() {
        return false;
    }
    let mut open = vec![row];
    let mut seen = Vec::new();
    while let Some(next) = open.pop() {
        if seen.contains(&next) {
            continue;
        }
        seen.push(next);
        if let Some(relation) = catalog.relation_of(next) {
            // A typed table's row is one of its type, though not one of what inherits.
            if next == row && relation.of_type == Some(ancestor) {
                return true;
            }
            for parent in &relation.parents {
                if *parent == ancestor {
                    return true;
                }
                open.push(*parent);
            }
        }
    }
    false
}

/// Whether values of the one types can all become the others. After `can_coerce_type`.
pub(super) fn can_coerce(
    catalog: &Catalog,
    actual: &[TypeId],
    declared: &[TypeId],
    context: CastContext,
) -> bool {
    let mut generic = false;
    for (&input, &target) in actual.iter().zip(declared) {
        if input == target || target == oid::ANY {
            continue;
        }
        if Type::is_polymorphic(target) {
            generic = true;
            continue;
        }
        if input == oid::UNKNOWN
            || pathway(catalog, input, target, context).is_some()
            || (input == oid::RECORD && is_complex(catalog, target))
            || (target == oid::RECORD && is_complex(catalog, input))
            || (target == oid::RECORD_ARRAY && is_complex_array(catalog, input))
            || inherits_from(catalog, input, target)
        {
            continue;
        }
        return false;
    }
    !generic || Generic::consistent(catalog, actual, declared)
}

pub(super) fn can_coerce_one(
    catalog: &Catalog,
    input: TypeId,
    target: TypeId,
    context: CastContext,
) -> bool {
    can_coerce(catalog, &[input], &[target], context)
}

/// Whether a value of the one type is one of the other without any change. After `IsBinaryCoercible`.
pub(crate) fn is_binary_coercible(catalog: &Catalog, source: TypeId, target: TypeId) -> bool {
    if source == target || target == oid::ANY || target == oid::ANYELEMENT {
        return true;
    }
    let (source, _) = catalog.base_type(source);
    let of = catalog.type_(source);
    source == target
        || match target {
            oid::ANYARRAY | oid::ANYCOMPATIBLEARRAY => catalog.element_of(source).is_some(),
            oid::ANYNONARRAY | oid::ANYCOMPATIBLENONARRAY => catalog.element_of(source).is_none(),
            oid::ANYENUM => of.is_enum(),
            oid::ANYRANGE | oid::ANYCOMPATIBLERANGE => matches!(of.kind, TypeKind::Range { .. }),
            oid::ANYMULTIRANGE | oid::ANYCOMPATIBLEMULTIRANGE => {
                matches!(of.kind, TypeKind::Multirange { .. })
            }
            oid::ANYCOMPATIBLE => true,
            oid::RECORD => of.is_composite(),
            oid::RECORD_ARRAY => is_complex_array(catalog, source),
            _ => catalog.cast(source, target).is_some_and(|cast| {
                cast.context == CastContext::Implicit && cast.method == CastMethod::Binary
            }),
        }
}

/// The type that several expressions have in common; None where their categories differ. After `select_common_type`.
pub(super) fn common_type(
    catalog: &Catalog,
    types: &[TypeId],
) -> std::result::Result<TypeId, (usize, TypeId, TypeId)> {
    let Some(&first) = types.first() else {
        return Ok(oid::TEXT);
    };
    if first != oid::UNKNOWN && types.iter().all(|id| *id == first) {
        return Ok(first);
    }
    let (mut chosen, _) = catalog.base_type(first);
    for (index, next) in types.iter().enumerate().skip(1) {
        let (next, _) = catalog.base_type(*next);
        if next == oid::UNKNOWN || next == chosen {
            continue;
        }
        if chosen == oid::UNKNOWN {
            chosen = next;
        } else if category(catalog, next) != category(catalog, chosen) {
            return Err((index, chosen, next));
        } else if !catalog.type_(chosen).preferred
            && can_coerce_one(catalog, chosen, next, CastContext::Implicit)
            && !can_coerce_one(catalog, next, chosen, CastContext::Implicit)
        {
            chosen = next;
        }
    }
    Ok(if chosen == oid::UNKNOWN {
        oid::TEXT
    } else {
        chosen
    })
}

pub(super) fn all_become(catalog: &Catalog, types: &[TypeId], common: TypeId) -> bool {
    types
        .iter()
        .all(|id| can_coerce_one(catalog, *id, common, CastContext::Implicit))
}

/// The type of IN's list with its left side; None where there is none in common that works.
pub(super) fn common_type_if_any(catalog: &Catalog, types: &[TypeId]) -> Option<TypeId> {
    common_type(catalog, types)
        .ok()
        .filter(|common| all_become(catalog, types, *common))
}

impl Analyzer<'_> {
    /// Converts an expression that can be converted. After `coerce_type`.
    ///
    /// Where [`can_coerce`] says no, the expression stays as it is.
    pub(super) fn coerce(
        &mut self,
        expr: Expr,
        target: TypeId,
        modifier: i32,
        context: CastContext,
    ) -> Result<Expr> {
        let source = expr.type_id;
        if source == target {
            return Ok(expr);
        }
        match target {
            oid::ANY
            | oid::ANYELEMENT
            | oid::ANYNONARRAY
            | oid::ANYCOMPATIBLE
            | oid::ANYCOMPATIBLENONARRAY => return Ok(expr),
            oid::ANYARRAY
            | oid::ANYENUM
            | oid::ANYRANGE
            | oid::ANYMULTIRANGE
            | oid::ANYCOMPATIBLEARRAY
            | oid::ANYCOMPATIBLERANGE
            | oid::ANYCOMPATIBLEMULTIRANGE
                if source != oid::UNKNOWN =>
            {
                let (base, base_modifier) = self.catalog.base_type(source);
                return Ok(if base == source {
                    expr
                } else {
                    coerced(Coercion::Relabel, expr, base, base_modifier)
                });
            }
            _ => {}
        }
        if source == oid::UNKNOWN {
            return self.coerce_unknown(expr, target, modifier, context);
        }
        if let ExprKind::Collate { operand, collation } = expr.kind {
            let operand = self.coerce(*operand, target, modifier, context)?;
            if !self.catalog.type_(target).collatable {
                return Ok(operand);
            }
            let (type_id, modifier) = (operand.type_id, operand.modifier);
            return Ok(Expr::new(
                ExprKind::Collate {
                    operand: Box::new(operand),
                    collation,
                },
                type_id,
                expr.span,
            )
            .with_modifier(modifier));
        }
        if let Some(way) = pathway(self.catalog, source, target, context) {
            let (base, base_modifier) = self.catalog.base_type(target);
            let value = match way {
                Pathway::Relabel => {
                    let (source_base, _) = self.catalog.base_type(source);
                    if base == target {
                        // The same type under a domain, or other bits of the same shape.
                        return Ok(coerced(Coercion::Relabel, expr, target, -1));
                    }
                    if source_base == base && source == base {
                        expr
                    } else {
                        coerced(Coercion::Relabel, expr, base, -1)
                    }
                }
                Pathway::Function { strict } => {
                    coerced(Coercion::Function { strict }, expr, base, base_modifier)
                }
                Pathway::Elements => coerced(Coercion::Elements, expr, base, base_modifier),
                Pathway::InOut => coerced(Coercion::InOut, expr, base, base_modifier),
            };
            return Ok(if base == target {
                // The conversion may know the modifier: `varchar(3)` from `text` goes through none, `numeric` keeps it.
                value.with_modifier(-1)
            } else {
                coerced(Coercion::Domain, value, target, -1)
            });
        }
        if source == oid::RECORD && is_complex(self.catalog, target) {
            return self.coerce_record(expr, target, context);
        }
        if target == oid::RECORD || target == oid::RECORD_ARRAY {
            return Ok(expr);
        }
        if inherits_from(self.catalog, source, target) {
            return Ok(coerced(Coercion::Row, expr, target, -1));
        }
        Ok(expr)
    }

    /// A constant in quotes takes the type at once, a parameter learns it.
    fn coerce_unknown(
        &mut self,
        expr: Expr,
        target: TypeId,
        modifier: i32,
        context: CastContext,
    ) -> Result<Expr> {
        let span = expr.span;
        match &expr.kind {
            ExprKind::Constant(constant) => {
                let (base, base_modifier) = self.catalog.base_type(target);
                if let Constant::String(text) = constant {
                    literal::check(self.catalog, base, text, span)?;
                }
                let value = Expr {
                    type_id: base,
                    ..expr
                }
                .with_modifier(if base == target { -1 } else { base_modifier });
                Ok(if base == target {
                    value
                } else {
                    coerced(Coercion::Domain, value, target, -1)
                })
            }
            ExprKind::Parameter(number) => {
                self.parameters.learn(self.catalog, *number, target, span)?;
                Ok(Expr {
                    type_id: target,
                    ..expr
                })
            }
            ExprKind::Collate { operand, collation } => {
                let collation = collation.clone();
                let operand = self.coerce((**operand).clone(), target, modifier, context)?;
                Ok(Expr::new(
                    ExprKind::Collate {
                        operand: Box::new(operand),
                        collation,
                    },
                    target,
                    span,
                ))
            }
            // Whatever else has no type yet is text that is read as the target, at run time.
            _ => {
                let (base, base_modifier) = self.catalog.base_type(target);
                let value = coerced(Coercion::InOut, expr, base, base_modifier);
                Ok(if base == target {
                    value
                } else {
                    coerced(Coercion::Domain, value, target, -1)
                })
            }
        }
    }

    /// A row becomes a composite type field by field. After `coerce_record_to_complex`.
    fn coerce_record(&mut self, expr: Expr, target: TypeId, context: CastContext) -> Result<Expr> {
        let span = expr.span;
        let name = format_type(self.catalog, target);
        let fields = match expr.kind {
            ExprKind::Row { fields } => fields,
            ExprKind::Variable(Variable {
                column: Column::Whole,
                ..
            }) => self.whole_row_fields(&expr),
            _ => {
                return Err(Failure::error(
                    Code::TypeMismatch,
                    span,
                    format!("a value of type `record` cannot become `{name}`"),
                )
                .label("only a row that is written out can"));
            }
        };
        let attributes = self.composite_attributes(target).unwrap_or_default();
        if fields.len() != attributes.len() {
            return Err(Failure::error(
                Code::TypeMismatch,
                span,
                format!(
                    "a row of {} cannot become `{name}`, which has {}",
                    count(fields.len(), "field"),
                    count(attributes.len(), "field"),
                ),
            ));
        }
        let mut values = Vec::with_capacity(fields.len());
        for (field, attribute) in fields.into_iter().zip(attributes) {
            let (from, place) = (field.type_id, field.span);
            let value = self
                .coerce_to(field, attribute.type_id, attribute.modifier, context)?
                .ok_or_else(|| {
                    Failure::error(
                        Code::TypeMismatch,
                        place,
                        format!(
                            "the field `{}` of `{name}` has the type `{}`, and this is `{}`",
                            attribute.name,
                            format_type(self.catalog, attribute.type_id),
                            format_type(self.catalog, from),
                        ),
                    )
                })?;
            values.push(value);
        }
        let (base, _) = self.catalog.base_type(target);
        let row = Expr::new(ExprKind::Row { fields: values }, base, span);
        Ok(if base == target {
            row
        } else {
            coerced(Coercion::Domain, row, target, -1)
        })
    }

    /// Converts an expression into a type and modifier, if the context allows it. After `coerce_to_target_type`.
    pub(super) fn coerce_to(
        &mut self,
        expr: Expr,
        target: TypeId,
        modifier: i32,
        context: CastContext,
    ) -> Result<Option<Expr>> {
        if !can_coerce_one(self.catalog, expr.type_id, target, context) {
            return Ok(None);
        }
        let value = self.coerce(expr, target, modifier, context)?;
        if modifier < 0 || value.modifier == modifier || self.catalog.type_(target).is_domain() {
            return Ok(Some(value));
        }
        Ok(Some(coerced(Coercion::Length, value, target, modifier)))
    }

    /// Converts to the type that several expressions share. After `coerce_to_common_type`.
    pub(super) fn coerce_to_common(
        &mut self,
        expr: Expr,
        target: TypeId,
        context: &str,
    ) -> Result<Expr> {
        if expr.type_id == target {
            return Ok(expr);
        }
        if !can_coerce_one(self.catalog, expr.type_id, target, CastContext::Implicit) {
            return Err(Failure::error(
                Code::TypeMismatch,
                expr.span,
                format!(
                    "{context}: a value of type `{}` does not become `{}` by itself",
                    format_type(self.catalog, expr.type_id),
                    format_type(self.catalog, target)
                ),
            )
            .help(format!(
                "write a cast: `…::{}`",
                format_type(self.catalog, target)
            )));
        }
        self.coerce(expr, target, -1, CastContext::Implicit)
    }

    /// The type that the expressions share, or the error that names the first that does not fit.
    pub(super) fn common_type(&self, exprs: &[Expr], context: &str) -> Result<TypeId> {
        let types: Vec<TypeId> = exprs.iter().map(|expr| expr.type_id).collect();
        common_type(self.catalog, &types).map_err(|(index, left, right)| {
            Failure::error(
                Code::TypeMismatch,
                exprs
                    .get(index)
                    .map_or_else(Span::default, |expr| expr.span),
                format!(
                    "{context}: the types `{}` and `{}` do not go together",
                    format_type(self.catalog, left),
                    format_type(self.catalog, right)
                ),
            )
            .help("cast one of them to the type that both shall have")
        })
    }

    /// Brings all expressions to their common type.
    pub(super) fn unify(&mut self, exprs: Vec<Expr>, context: &str) -> Result<(Vec<Expr>, TypeId)> {
        let common = self.common_type(&exprs, context)?;
        let mut unified = Vec::with_capacity(exprs.len());
        for expr in exprs {
            unified.push(self.coerce_to_common(expr, common, context)?);
        }
        Ok((unified, common))
    }

    /// A condition. After `coerce_to_boolean`.
    pub(super) fn coerce_to_boolean(&mut self, expr: Expr, context: &str) -> Result<Expr> {
        if expr.type_id == oid::BOOL {
            return Ok(expr);
        }
        let (from, span) = (expr.type_id, expr.span);
        self.coerce_to(expr, oid::BOOL, -1, CastContext::Assignment)?
            .ok_or_else(|| {
                Failure::error(
                    Code::TypeMismatch,
                    span,
                    format!(
                        "{context} takes a `boolean`, and this is `{}`",
                        format_type(self.catalog, from)
                    ),
                )
            })
    }

    /// A value of one certain type, by assignment. After `coerce_to_specific_type`.
    pub(super) fn coerce_to_specific(
        &mut self,
        expr: Expr,
        target: TypeId,
        context: &str,
    ) -> Result<Expr> {
        let (from, span) = (expr.type_id, expr.span);
        if from == target {
            return Ok(expr);
        }
        self.coerce_to(expr, target, -1, CastContext::Assignment)?
            .ok_or_else(|| {
                Failure::error(
                    Code::TypeMismatch,
                    span,
                    format!(
                        "{context} takes `{}`, and this is `{}`",
                        format_type(self.catalog, target),
                        format_type(self.catalog, from)
                    ),
                )
            })
    }

    /// The attributes of a composite type, or of the one under a domain.
    pub(super) fn composite_attributes(&self, id: TypeId) -> Option<Vec<Attribute>> {
        let (base, _) = self.catalog.base_type(id);
        self.catalog
            .relation_of(base)
            .map(|relation| relation.attributes.clone())
    }

    /// The modifier that all expressions of the common type share. After `select_common_typmod`.
    pub(super) fn common_modifier(exprs: &[Expr], common: TypeId) -> i32 {
        let mut modifiers = exprs.iter().map(|expr| {
            if expr.type_id == common {
                expr.modifier
            } else {
                -1
            }
        });
        let first = modifiers.next().unwrap_or(-1);
        if modifiers.all(|modifier| modifier == first) {
            first
        } else {
            -1
        }
    }

    /// Whether `[…]` works, and how, with the type under all domains.
    pub(super) fn subscripting(&self, id: TypeId) -> (TypeId, Subscripting) {
        let (base, _) = self.catalog.base_type(id);
        (base, self.catalog.type_(base).subscripting)
    }
}

/// The expression behind a conversion.
pub(super) fn coerced(kind: Coercion, expr: Expr, type_id: TypeId, modifier: i32) -> Expr {
    let span = expr.span;
    Expr::new(
        ExprKind::Coerce {
            kind,
            operand: Box::new(expr),
        },
        type_id,
        span,
    )
    .with_modifier(modifier)
}

/// `1 field`, `2 fields`.
pub(super) fn count(number: usize, noun: &str) -> String {
    if number == 1 {
        format!("1 {noun}")
    } else {
        format!("{number} {noun}s")
    }
}
