//! Data-changing statements: values that go into columns without NULL.

use crate::hash::HashSet;

use super::{Prover, Scope};
use crate::catalog::{Attribute, Catalog, Relation, RelationKind, TypeId, TypeKind};
use crate::tree::{Change, Column, Command, Expr, ExprKind, Query, RangeKind, Variable, Version};

pub(super) fn target(query: &Query) -> Option<(&Change, &Relation)> {
    let change = query.change.as_deref()?;
    match &query.range.get(change.entry as usize)?.kind {
        RangeKind::Relation(relation) => Some((change, relation)),
        _ => None,
    }
}

pub(super) fn is_table(relation: &Relation) -> bool {
    matches!(
        relation.kind,
        RelationKind::Table | RelationKind::PartitionedTable
    )
}

/// Whether a trigger or a rule may put something else in the place of a value.
pub(super) fn may_be_changed(catalog: &Catalog, relation: &Relation, command: Command) -> bool {
    !relation.rules.is_empty()
        || has_changing_trigger(relation, command)
        || descendant_may_change(catalog, relation.row_type, command)
}

fn has_changing_trigger(relation: &Relation, command: Command) -> bool {
    relation.triggers.iter().any(|trigger| {
        trigger.may_change_row
            && match command {
                Command::Insert => trigger.on_insert,
                Command::Update => trigger.on_update,
                _ => true,
            }
    })
}

/// Rows go into partitions, and those of children are changed as well. A row that moves to another partition is inserted there.
fn descendant_may_change(catalog: &Catalog, parent: TypeId, command: Command) -> bool {
    catalog.descendants(parent).iter().any(|child| {
        (child.partition || command != Command::Insert)
            && (has_changing_trigger(child, command)
                || (child.partition && has_changing_trigger(child, Command::Insert)))
    })
}

/// Whether a trigger or a rule does something else instead of a change: what RETURNING then sees is nothing that a constraint holds.
pub(super) fn is_rewritten(catalog: &Catalog, relation: &Relation) -> bool {
    is_rewritten_below(catalog, relation, 0)
}

fn is_rewritten_below(catalog: &Catalog, relation: &Relation, depth: usize) -> bool {
    if depth > super::MOST_VIEWS {
        return true;
    }
    let now = catalog.relation_of(relation.row_type);
    let now = now.as_deref().unwrap_or(relation);
    if !now.rules.is_empty() {
        return true;
    }
    if now.kind != RelationKind::View {
        return false;
    }
    let query = now.view.as_ref().and_then(|view| view.query.as_ref());
    !now.triggers.is_empty()
        || query.is_none_or(|query| {
            query.range.iter().any(|entry| match &entry.kind {
                RangeKind::Relation(under) => is_rewritten_below(catalog, under, depth + 1),
                _ => false,
            })
        })
}

/// The parameters that are put into columns without NULL, and nowhere checked before.
pub(super) fn required_parameters(catalog: &Catalog, query: &Query) -> HashSet<u32> {
    let mut required = HashSet::default();
    collect_required(catalog, query, &mut required);
    for table in &query.common_tables {
        if let Some(query) = &table.query {
            collect_required(catalog, query, &mut required);
        }
    }
    required
}

fn collect_required(catalog: &Catalog, query: &Query, required: &mut HashSet<u32>) {
    let Some((change, relation)) = target(query) else {
        return;
    };
    if !matches!(
        query.command,
        Command::Insert | Command::Update | Command::Merge
    ) || !is_table(relation)
        || may_be_changed(catalog, relation, query.command)
    {
        return;
    }
    let branches = change.merge.iter().flat_map(|branch| &branch.assignments);
    for assignment in change.assignments.iter().chain(branches) {
        let refuses_null = relation
            .attributes
            .get(assignment.column as usize)
            .is_some_and(|attribute| takes_no_null(catalog, attribute));
        if refuses_null && !assignment.partial {
            add_parameters(query, &assignment.value, required);
        }
    }
}

/// Whether the column, or the domain that is its type, is NOT NULL.
pub(super) fn takes_no_null(catalog: &Catalog, attribute: &Attribute) -> bool {
    attribute.not_null
        || matches!(
            &catalog.type_(attribute.type_id).kind,
            TypeKind::Domain(domain) if domain.not_null
        )
}

/// The parameter that a value is, through coercions, through the rows of VALUES and the columns of SELECT.
fn add_parameters(query: &Query, value: &Expr, required: &mut HashSet<u32>) {
    match &value.kind {
        ExprKind::Parameter(number) => {
            required.insert(*number);
        }
        ExprKind::Coerce { operand, .. } => add_parameters(query, operand, required),
        ExprKind::Variable(Variable {
            level: 0,
            entry,
            column: Column::At(column),
            ..
        }) => match query.range.get(*entry as usize).map(|entry| &entry.kind) {
            Some(RangeKind::Values(rows)) => {
                for row in rows {
                    if let Some(value) = row.get(*column as usize) {
                        add_parameters(query, value, required);
                    }
                }
            }
            // Only what INSERT itself selects: other subqueries may be joined so that their rows are missing.
            Some(RangeKind::Subquery(inner))
                if query.command == Command::Insert
                    && query
                        .change
                        .as_ref()
                        .is_some_and(|change| change.source == Some(*entry)) =>
            {
                let target = inner.targets.get(*column as usize);
                if let Some(target) = target.filter(|_| inner.set.is_none()) {
                    add_parameters(inner, &target.expr, required);
                }
            }
            _ => {}
        },
        _ => {}
    }
}

impl Prover<'_> {
    /// What RETURNING sees of a changed row.
    pub(super) fn narrow_by_change(&self, scope: &mut Scope<'_>) {
        let query = scope.query;
        let Some((change, relation)) = target(query) else {
            return;
        };
        let of_target = |variable: &Variable| {
            variable.entry == change.entry && variable.version != Version::Old
        };
        match query.command {
            // A row that is deleted is the one that the condition saw.
            Command::Delete => return,
            Command::Update if !may_be_changed(self.catalog, relation, query.command) => {
                // The condition saw the old values of what is assigned.
                let assigned = change
                    .assignments
                    .iter()
                    .map(|assignment| assignment.column)
                    .collect::<HashSet<_>>();
                scope.facts.forget(|variable| {
                    of_target(variable)
                        && matches!(variable.column, Column::At(column) if assigned.contains(&column))
                });
            }
            _ => scope.facts.forget(of_target),
        }
        let sure = is_table(relation)
            && !may_be_changed(self.catalog, relation, query.command)
            && change.on_conflict.is_none();
        if !sure {
            return;
        }
        let generated = |column: u32| {
            relation
                .attributes
                .get(column as usize)
                .is_none_or(|attribute| attribute.generated.is_some())
        };
        let filled = change
            .assignments
            .iter()
            .filter(|assignment| !assignment.partial && !generated(assignment.column))
            .filter(|assignment| self.not_null(&assignment.value, scope))
            .map(|assignment| assignment.column)
            .collect::<Vec<_>>();
        for column in filled {
            for version in [Version::Current, Version::New] {
                scope.facts.add(Variable {
                    level: 0,
                    entry: change.entry,
                    column: Column::At(column),
                    version,
                });
            }
        }
    }
}
