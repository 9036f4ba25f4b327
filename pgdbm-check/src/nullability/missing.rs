//! Columns without NULL for which a statement has no value, or NULL.

use pgdbm_template::Code;

use super::change::{is_table, may_be_changed, takes_no_null, target};
use crate::catalog::{Attribute, Catalog, Relation, TypeKind};
use crate::failure::Failure;
use crate::syntax::ast::Span;
use crate::tree::{
    Change, Column, ColumnAssignment, Command, Expr, ExprKind, Query, RangeKind, Variable,
};

/// What goes wrong for that reason each time that the rows are written: of the statement, and of those in its WITH.
pub(crate) fn missing_values(catalog: &Catalog, query: &Query) -> Vec<Failure> {
    let within = query.common_tables.iter();
    within
        .filter_map(|table| table.query.as_deref())
        .chain([query])
        .filter_map(|query| of_change(catalog, query))
        .map(|failure| *failure)
        .collect()
}

/// A list of assignments; those of INSERT leave the other columns to their defaults.
struct Written<'q> {
    insert: bool,
    assignments: &'q [ColumnAssignment],
}

fn written<'q>(query: &'q Query, change: &'q Change) -> Vec<Written<'q>> {
    let mut all = Vec::new();
    match query.command {
        Command::Insert | Command::Update => all.push(Written {
            insert: query.command == Command::Insert,
            assignments: &change.assignments,
        }),
        Command::Merge => {
            let kept = change.merge.iter().filter(|branch| !branch.delete);
            all.extend(kept.map(|branch| Written {
                insert: branch.insert,
                assignments: &branch.assignments,
            }));
        }
        _ => {}
    }
    all.extend(change.on_conflict.as_ref().map(|update| Written {
        insert: false,
        assignments: &update.assignments,
    }));
    all
}

fn of_change(catalog: &Catalog, query: &Query) -> Option<Box<Failure>> {
    let (change, relation) = target(query)?;
    if !is_table(relation)
        || relation.row_type.own_index().is_none()
        || may_be_changed(catalog, relation, query.command)
    {
        return None;
    }
    let written = written(query, change);
    let missing = written
        .iter()
        .filter(|written| written.insert)
        .find_map(|written| left_out(catalog, query, relation, written.assignments, change.place));
    missing.or_else(|| {
        let all = written.iter().flat_map(|written| written.assignments);
        all.filter(|assignment| !assignment.partial)
            .find_map(|assignment| null_value(catalog, query, relation, assignment))
    })
}

/// Columns without NULL and default that an INSERT leaves out.
fn left_out(
    catalog: &Catalog,
    query: &Query,
    relation: &Relation,
    assignments: &[ColumnAssignment],
    place: Span,
) -> Option<Box<Failure>> {
    let has_value = |index: usize| {
        let mut own = assignments
            .iter()
            .filter(|assignment| assignment.column as usize == index);
        own.any(|assignment| !values(query, &assignment.value).any(is_default))
    };
    let left_out = relation
        .attributes
        .iter()
        .enumerate()
        .filter(|(index, attribute)| {
            takes_no_null(catalog, attribute)
                && !has_default(catalog, attribute)
                && !has_value(*index)
        })
        .map(|(_, attribute)| attribute)
        .collect::<Vec<_>>();
    let first = *left_out.first()?;
    let names = left_out
        .iter()
        .map(|attribute| format!("`{}`", attribute.name))
        .collect::<Vec<_>>();
    let (columns, them) = if left_out.len() == 1 {
        ("the column", "it")
    } else {
        ("the columns", "them")
    };
    Some(
        Failure::error(
            Code::MissingValue,
            place,
            format!(
                "{columns} {} of `{}` must have a value: no NULL is allowed, and there is no default",
                names.join(", "),
                relation.name
            ),
        )
        .made(&first.name, first.origin)
        .help(format!("add {them} to the INSERT, or give {them} a default")),
    )
}

/// A NULL that is written where none may be. The server prepares it, and refuses each execution that comes that far.
fn null_value(
    catalog: &Catalog,
    query: &Query,
    relation: &Relation,
    assignment: &ColumnAssignment,
) -> Option<Box<Failure>> {
    let attribute = relation.attributes.get(assignment.column as usize)?;
    if !takes_no_null(catalog, attribute) || attribute.generated.is_some() {
        return None;
    }
    let without_default = !has_default(catalog, attribute);
    let value = values(query, &assignment.value)
        .find(|value| is_null(value) || (without_default && is_default(value)))?;
    Some(
        Failure::warning(
            Code::NullValue,
            value.span,
            format!("the column `{}` takes no NULL", attribute.name),
        )
        .help("give it a value"),
    )
}

/// Whether something fills a column that has no value.
fn has_default(catalog: &Catalog, attribute: &Attribute) -> bool {
    attribute.has_default
        || attribute.identity.is_some()
        || attribute.generated.is_some()
        || matches!(
            &catalog.type_(attribute.type_id).kind,
            TypeKind::Domain(domain) if domain.has_default
        )
}

/// What is assigned: one value, or that of each row of VALUES.
fn values<'q>(query: &'q Query, value: &'q Expr) -> Box<dyn Iterator<Item = &'q Expr> + 'q> {
    if let ExprKind::Variable(Variable {
        level: 0,
        entry,
        column: Column::At(column),
        ..
    }) = &value.kind
        && let Some(RangeKind::Values(rows)) =
            query.range.get(*entry as usize).map(|entry| &entry.kind)
    {
        let column = *column as usize;
        return Box::new(rows.iter().filter_map(move |row| row.get(column)));
    }
    Box::new(std::iter::once(value))
}

fn is_null(value: &Expr) -> bool {
    match &value.kind {
        ExprKind::Coerce { operand, .. } => is_null(operand),
        _ => value.is_null_constant(),
    }
}

fn is_default(value: &Expr) -> bool {
    match &value.kind {
        ExprKind::Coerce { operand, .. } => is_default(operand),
        kind => matches!(kind, ExprKind::Default),
    }
}
