//! Names of types. After `parse_type.c`.

use pgdbm_template::{Code, nearest};

use crate::catalog::{Catalog, TypeId, extension_with, format_type, oid};
use crate::failure::{Failure, Result};
use crate::syntax::ast::{ExprKind, Literal, TypeName};

/// The type that a name stands for, with its modifier (-1: none).
pub(crate) fn resolve_type(catalog: &Catalog, name: &TypeName) -> Result<(TypeId, i32)> {
    let type_id = if name.column_type {
        column_type(catalog, name)?
    } else {
        named(catalog, name)?
    };
    let modifier = modifier(catalog, name, type_id)?;
    if name.array_dimensions == 0 {
        return Ok((type_id, modifier));
    }
    let array = catalog.array_of(type_id).ok_or_else(|| {
        Failure::error(
            Code::UnknownType,
            name.span,
            format!(
                "there is no type for arrays of `{}`",
                format_type(catalog, type_id)
            ),
        )
    })?;
    Ok((array, modifier))
}

fn named(catalog: &Catalog, name: &TypeName) -> Result<TypeId> {
    let schema = name.name.schema();
    if let Some(schema) = schema
        && !catalog.schema_exists(schema)
    {
        return Err(Failure::error(
            Code::UnknownSchema,
            name.name.span,
            format!("there is no schema `{schema}`"),
        ));
    }
    if let Some(found) = catalog.type_named(schema, name.name.name()) {
        return Ok(found);
    }
    let text = name.name.name();
    let failure = Failure::error(
        Code::UnknownType,
        name.name.span,
        format!("there is no type `{text}`"),
    );
    if let Some(gone) = catalog.gone(text, None) {
        return Err(failure.gone(gone));
    }
    let own: Vec<&str> = catalog
        .schema_names()
        .filter_map(|schema| catalog.schema(schema))
        .flat_map(|schema| schema.types.keys())
        .map(String::as_str)
        .filter(|name| !name.starts_with('_'))
        .collect();
    if let Some(elsewhere) = catalog.schema_names().find(|schema| {
        catalog
            .schema(schema)
            .is_some_and(|schema| schema.types.contains_key(text))
    }) {
        return Err(failure.help(format!("there is one in the schema `{elsewhere}`")));
    }
    if let Some(extension) = extension_with("types", text) {
        return Err(failure.help(format!(
            "the extension `{extension}` has it: `CREATE EXTENSION \"{extension}\"`"
        )));
    }
    let common = [
        "integer",
        "bigint",
        "smallint",
        "text",
        "boolean",
        "numeric",
        "timestamptz",
        "timestamp",
        "uuid",
        "jsonb",
        "json",
        "bytea",
        "date",
        "varchar",
        "interval",
    ];
    Err(match nearest(text, own.into_iter().chain(common)) {
        Some(near) => {
            let of = catalog.type_named(schema, near);
            let origin = of.and_then(|id| match catalog.relation_of(id) {
                Some(relation) => relation.origin,
                None => catalog.type_(id).origin,
            });
            failure.near(near).made(near, origin)
        }
        None => failure,
    })
}

/// `table.column%TYPE`
fn column_type(catalog: &Catalog, name: &TypeName) -> Result<TypeId> {
    let mut relation = name.name.clone();
    let Some(column) = relation.parts.pop() else {
        return Err(Failure::error(
            Code::UnknownType,
            name.span,
            "a type without a name",
        ));
    };
    if relation.parts.is_empty() {
        return Err(Failure::error(
            Code::UnknownType,
            name.span,
            "`%TYPE` stands behind `table.column`",
        ));
    }
    let relation = super::relation(catalog, &relation)?;
    relation
        .attribute(&column.text)
        .map(|attribute| attribute.type_id)
        .ok_or_else(|| {
            Failure::error(
                Code::UnknownColumn,
                column.span,
                format!("`{}` has no column `{}`", relation.name, column.text),
            )
        })
}

/// The modifier as the type's `typmodin` function would make it. What it is made of matters only for being equal or not.
fn modifier(catalog: &Catalog, name: &TypeName, type_id: TypeId) -> Result<i32> {
    if name.modifiers.is_empty() {
        return Ok(-1);
    }
    let of = catalog.type_(type_id);
    if !of.modifiers {
        return Err(Failure::error(
            Code::TypeMismatch,
            name.span,
            format!(
                "the type `{}` takes nothing in parentheses",
                format_type(catalog, type_id)
            ),
        ));
    }
    let mut numbers = Vec::new();
    for modifier in &name.modifiers {
        match &modifier.kind {
            ExprKind::Literal(Literal::Integer(number)) => numbers.push(*number),
            ExprKind::Prefix { .. }
            | ExprKind::Literal(Literal::String(_))
            | ExprKind::Column(_) => numbers.push(0),
            _ => {
                return Err(Failure::error(
                    Code::TypeMismatch,
                    modifier.span,
                    "what stands in parentheses behind a type must be a constant",
                ));
            }
        }
    }
    let first = numbers.first().copied().unwrap_or(0);
    Ok(match type_id {
        oid::VARCHAR | oid::BPCHAR => {
            if first < 1 {
                return Err(Failure::error(
                    Code::TypeMismatch,
                    name.span,
                    "a length is 1 at least",
                ));
            }
            first.saturating_add(4)
        }
        oid::NUMERIC => {
            let scale = numbers.get(1).copied().unwrap_or(0);
            ((first & 0x7fff) << 16) | (scale & 0x7ff).saturating_add(4)
        }
        _ => first,
    })
}
