//! ON CONFLICT: the index that decides, and what is done instead. After `transformOnConflictArbiter`.

use std::sync::Arc;

use pgdbm_template::{Code, nearest};

use super::Analyzer;
use super::assign::By;
use super::scope::{Item, Place};
use super::view_target::Event;
use crate::catalog::{Relation, RelationKind};
use crate::failure::{Failure, Result};
use crate::syntax::ast::{self};
use crate::tree::{Change, ConflictUpdate, RangeColumn, RangeEntry, RangeKind};

impl Analyzer<'_> {
    /// After `transformOnConflictArbiter` and `transformOnConflictClause`.
    pub(super) fn on_conflict(
        &mut self,
        conflict: &ast::OnConflict,
        relation: &Arc<Relation>,
        entry: u32,
        item: &Item,
        change: &mut Change,
    ) -> Result<()> {
        let _ = entry;
        if conflict.target.is_none()
            && matches!(conflict.action, ast::ConflictAction::Update { .. })
        {
            return Err(Failure::error(
                Code::SyntaxError,
                conflict.span,
                "ON CONFLICT DO UPDATE needs the columns or the constraint of the conflict",
            )
            .help("write `ON CONFLICT (column) DO UPDATE …`"));
        }
        // The arbiter sees the target's columns only.
        self.level().items = vec![item.clone()];
        match &conflict.target {
            None => {}
            Some(ast::ConflictTarget::Constraint(name)) => {
                let known = relation
                    .keys
                    .iter()
                    .any(|key| key.name == name.text && key.constraint);
                let other = relation
                    .other_constraints
                    .iter()
                    .any(|other| other.name == name.text);
                if !known && !other && !relation.keys_unknown {
                    let failure = Failure::error(
                        Code::UnknownConstraint,
                        name.span,
                        format!("`{}` has no constraint `{}`", relation.name, name.text),
                    );
                    let names = relation
                        .keys
                        .iter()
                        .filter(|key| key.constraint)
                        .map(|key| key.name.as_str());
                    let failure = failure.made(&relation.name, relation.origin);
                    return Err(match nearest(&name.text, names) {
                        Some(near) => failure.near(near),
                        None => failure,
                    });
                }
            }
            Some(ast::ConflictTarget::Columns {
                elements,
                ordered,
                filter,
                span,
            }) => {
                if let Some(order) = ordered {
                    let message = "ON CONFLICT takes no ASC, DESC or NULLS: a key has no order";
                    return Err(
                        Failure::error(Code::MisplacedClause, *order, message).help("leave it out")
                    );
                }
                let mut columns = Vec::with_capacity(elements.len());
                let mut has_expressions = false;
                for element in elements {
                    let expr = self.at(Place::Definition("in ON CONFLICT"), |this| {
                        this.expr(element)
                    })?;
                    match &element.kind {
                        ast::ExprKind::Column(names) => {
                            columns.extend(names.last().map(|name| name.text.clone()));
                        }
                        _ => has_expressions = true,
                    }
                    let _ = expr;
                }
                let has_filter = filter.is_some();
                if let Some(filter) = filter {
                    let condition = self.at(Place::Definition("in ON CONFLICT"), |this| {
                        this.expr(filter)
                    })?;
                    self.coerce_to_boolean(condition, "WHERE")?;
                }
                let fits = relation.keys.iter().any(|key| {
                    // A partial index is inferred only with a WHERE that implies its own; the server judges that.
                    (has_filter || !key.has_filter)
                        && (has_expressions == key.has_expressions)
                        && key.columns.iter().all(|column| columns.contains(column))
                        && columns.iter().all(|column| key.columns.contains(column))
                });
                if !fits && relation.kind != RelationKind::View && !relation.keys_unknown {
                    let keys: Vec<String> = relation
                        .keys
                        .iter()
                        .filter(|key| !key.columns.is_empty())
                        .map(|key| format!("({})", key.columns.join(", ")))
                        .collect();
                    // The server prepares it, and refuses each execution: it looks for the index when it plans.
                    let failure = Failure::warning(
                        Code::NoConflictTarget,
                        *span,
                        format!(
                            "`{}` has no unique index or constraint on these columns",
                            relation.name
                        ),
                    );
                    self.warnings.push(if keys.is_empty() {
                        *failure
                    } else {
                        *failure.help(format!("it is unique in {}", keys.join(" and ")))
                    });
                }
            }
        }
        match &conflict.action {
            ast::ConflictAction::Nothing => change.on_conflict_nothing = true,
            ast::ConflictAction::Update {
                assignments,
                filter,
            } => {
                let columns = relation
                    .attributes
                    .iter()
                    .map(|attribute| RangeColumn {
                        name: attribute.name.clone(),
                        type_id: attribute.type_id,
                        modifier: attribute.modifier,
                    })
                    .collect();
                let excluded = self.add_entry(RangeEntry {
                    kind: RangeKind::Excluded(Arc::clone(relation)),
                    alias: "excluded".to_owned(),
                    columns,
                });
                let mut excluded_item = self.current(excluded);
                excluded_item.relation = None;
                // Unqualified names mean the target's columns and `excluded`'s alike: they are ambiguous, as on the server.
                self.level().items = vec![item.clone(), excluded_item];
                let assignments = self.assignments(assignments, relation)?;
                for assignment in &assignments {
                    self.generated_value(relation, assignment, None, By::Update)?;
                }
                if let Some(first) = assignments.first() {
                    self.view_change(
                        relation,
                        Event::Update,
                        &assignments,
                        None,
                        first.value.span,
                    )?;
                }
                let filter = self.condition(filter.as_ref(), Place::Where, "WHERE")?;
                change.on_conflict = Some(ConflictUpdate {
                    assignments,
                    filter,
                    excluded,
                });
            }
        }
        Ok(())
    }
}
