//! What migrations ask of the analysis: relations by name, the queries of views, conditions over one relation.

use std::sync::Arc;

use pgdbm_template::{Code, nearest};

use super::Analyzer;
use super::coerce::{can_coerce_one, is_binary_coercible};
use super::query::finish;
use super::scope::Place;
use crate::catalog::{CastContext, Catalog, Relation, RelationKind, TypeId, TypeKind, oid};
use crate::failure::{Failure, Result};
use crate::syntax::ast;
use crate::tree;

/// A relation by its name as it is written.
pub(crate) fn relation(catalog: &Catalog, name: &ast::ObjectName) -> Result<Arc<Relation>> {
    let schema = name.schema();
    if let Some(found) = catalog.relation(schema, name.name()) {
        return Ok(found);
    }
    if let Some(schema) = schema
        && !catalog.schema_exists(schema)
    {
        // What its tables are called depends on numbers that the server gives out.
        if schema == "pg_toast" {
            return Err(Failure::cannot_check(
                name.span,
                "which tables there are in `pg_toast`",
            ));
        }
        let span = name
            .parts
            .get(name.parts.len().saturating_sub(2))
            .map_or(name.span, |part| part.span);
        let failure = Failure::error(
            Code::UnknownSchema,
            span,
            format!("there is no schema `{schema}`"),
        );
        let names: Vec<&str> = catalog.schema_names().collect();
        return Err(match nearest(schema, names) {
            Some(near) => failure.near(near),
            None => failure,
        });
    }
    let text = name.name();
    let failure = Failure::error(
        Code::UnknownRelation,
        name.name_span(),
        format!("there is no relation `{text}`"),
    );
    if let Some(gone) = catalog.gone(text, None) {
        return Err(failure.gone(gone));
    }
    let visible = catalog
        .schema_names()
        .filter(|own| match schema {
            Some(schema) => *own == schema,
            None => catalog.search_path().iter().any(|path| path == own),
        })
        .filter_map(|own| catalog.schema(own))
        .flat_map(|own| own.relations.keys().map(String::as_str))
        .collect::<Vec<_>>();
    if let Some(near) = nearest(text, visible) {
        let origin = catalog.relation(schema, near).and_then(|near| near.origin);
        return Err(failure.near(near).made(near, origin));
    }
    let elsewhere = catalog.schema_names().find(|other| {
        catalog
            .schema(other)
            .is_some_and(|other| other.relations.contains_key(text))
    });
    Err(match elsewhere {
        Some(other) => failure.help(format!("there is one in the schema `{other}`")),
        None => failure,
    })
}

/// The query of a view, of CREATE TABLE AS, of a materialized view: no parameters, no open types.
pub(crate) fn view_query(catalog: &Catalog, query: &ast::Query) -> Result<tree::Query> {
    let mut analyzer = Analyzer::new(catalog);
    analyzer.parameters_allowed = false;
    analyzer.push_level();
    super::set_operation::no_into(query)?;
    let result = analyzer.query(query);
    let level = analyzer.pop_level();
    finish(result?, level)
}

/// An expression over the columns of one relation, which is entry 0: CHECK, index expressions, policies, generated columns.
pub(crate) fn row_expr(
    catalog: &Catalog,
    relation: &Relation,
    expr: &ast::Expr,
) -> Result<tree::Expr> {
    shared_row_expr(catalog, &Arc::new(relation.clone()), expr)
}

/// The same for a relation that need not be copied.
pub(crate) fn shared_row_expr(
    catalog: &Catalog,
    relation: &Arc<Relation>,
    expr: &ast::Expr,
) -> Result<tree::Expr> {
    let mut analyzer = Analyzer::new(catalog);
    analyzer.parameters_allowed = false;
    analyzer.push_level();
    if relation.kind != RelationKind::CompositeType {
        let item = analyzer.relation_entry(relation, None, expr.span)?;
        analyzer.level().items.push(item);
    }
    analyzer.at(Place::Definition("in a definition"), |this| this.expr(expr))
}

/// An expression that no columns are seen from: the default of a parameter.
pub(crate) fn constant(catalog: &Catalog, expr: &ast::Expr) -> Result<tree::Expr> {
    let mut analyzer = Analyzer::new(catalog);
    analyzer.parameters_allowed = false;
    analyzer.push_level();
    analyzer.at(Place::Definition("in a default"), |this| this.expr(expr))
}

/// What a constant of unknown type is where one of the type is asked for.
pub(crate) fn literal_of(
    catalog: &Catalog,
    literal: tree::Expr,
    type_id: TypeId,
) -> Result<tree::Expr> {
    Analyzer::new(catalog).coerce(literal, type_id, -1, CastContext::Assignment)
}

/// Whether a value of the one type becomes one of the other by itself, wherever it stands.
pub(crate) fn can_become(catalog: &Catalog, source: TypeId, target: TypeId) -> bool {
    can_coerce_one(catalog, source, target, CastContext::Implicit)
}

/// Whether a value of the one type can be stored in a column of the other.
pub(crate) fn can_be_stored(catalog: &Catalog, source: TypeId, target: TypeId) -> bool {
    can_coerce_one(catalog, source, target, CastContext::Assignment)
}

/// Whether there is an operator class that makes btree indexes over a type. A type that only an extension knows may have one.
pub(crate) fn has_order(catalog: &Catalog, id: TypeId) -> bool {
    let (base, _) = catalog.base_type(id);
    let of = catalog.type_(base);
    let is_container = catalog.element_of(base).is_some() && base != oid::INT2VECTOR;
    is_container
        || !matches!(of.kind, TypeKind::Base | TypeKind::Pseudo)
        || base.own_index().is_some()
        || catalog.has_order_class(base)
        || catalog
            .order_classes()
            .any(|class| is_binary_coercible(catalog, base, class))
}
