//! MERGE. After `parse_merge.c`.

use pgdbm_template::Code;

use super::Analyzer;
use super::assign::By;
use super::coerce::count;
use super::scope::Place;
use super::view_target::Event;
use crate::catalog::{Major, RelationKind, format_type, oid};
use crate::failure::{Failure, Result};
use crate::syntax::ast::{self, JoinKind, MergeAction, MergeMatched, Name, Span};
use crate::tree::{
    Change, ColumnAssignment, Command, Expr, ExprKind, FromNode, JoinNode, MergeBranch, Query,
    Version,
};

impl Analyzer<'_> {
    pub(super) fn merge(&mut self, merge: &ast::Merge) -> Result<Query> {
        if let Some(with) = &merge.with {
            if with.recursive {
                return Err(Failure::error(
                    Code::MisplacedClause,
                    with.span,
                    "MERGE takes no WITH RECURSIVE",
                ));
            }
            self.with(with)?;
        }
        let mut query = Query::new(Command::Merge);
        let (relation, entry) = self.target(&merge.relation, merge.alias.as_ref())?;
        if relation.kind == RelationKind::View && self.catalog.builtin.major < Major::V17 {
            return Err(Failure::error(
                Code::NotUpdatable,
                merge.relation.name_span(),
                "MERGE into a view is new in PostgreSQL 17",
            ));
        }
        // The source does not see the target.
        let source = self.from(std::slice::from_ref(&merge.source))?;
        let mut target = self.item_of(entry, Version::Current);
        if merge.alias.is_some() {
            target.relation = None;
        }
        let source_items = self.level().items.clone();
        if source_items.iter().any(|item| {
            item.relation_visible && item.name == target.name && item.relation.is_none()
        }) {
            return Err(Failure::error(
                Code::AmbiguousName,
                merge.relation.span,
                "target and source of MERGE go by the same name",
            )
            .help("give one of them an alias"));
        }
        let mut both = vec![target.clone()];
        both.extend(source_items.iter().cloned());
        self.level().items.clone_from(&both);
        let condition = self.at(Place::JoinCondition, |this| this.expr(&merge.condition))?;
        if condition.type_id != oid::BOOL {
            // The server does not look at the type, and takes whatever bits there are for a truth value.
            let is = format_type(self.catalog, condition.type_id);
            self.warnings.push(*Failure::warning(
                Code::TypeMismatch,
                condition.span,
                format!("MERGE … ON takes a `boolean`, and this is `{is}`, which the server does not notice"),
            ));
        }
        let mut branches = Vec::with_capacity(merge.branches.len());
        let mut last: Vec<MergeMatched> = Vec::new();
        for branch in &merge.branches {
            if last.contains(&branch.matched) {
                return Err(Failure::error(
                    Code::MisplacedClause,
                    branch.span,
                    "this WHEN comes after one of its kind without a condition and is never reached",
                ));
            }
            if branch.condition.is_none() {
                last.push(branch.matched);
            }
            // Each kind sees the side that is there.
            self.level().items = match branch.matched {
                MergeMatched::Matched => both.clone(),
                MergeMatched::NotMatchedByTarget => source_items.clone(),
                MergeMatched::NotMatchedBySource => vec![target.clone()],
            };
            let condition = match &branch.condition {
                Some(condition) => Some(self.at(Place::MergeWhen, |this| {
                    let condition = this.expr(condition)?;
                    this.coerce_to_boolean(condition, "WHEN … AND")
                })?),
                None => None,
            };
            let mut insert = false;
            let mut delete = false;
            let assignments = match &branch.action {
                MergeAction::Nothing => Vec::new(),
                MergeAction::Delete => {
                    delete = true;
                    Vec::new()
                }
                MergeAction::Update(assignments) => self.assignments(assignments, &relation)?,
                MergeAction::Insert {
                    columns,
                    overriding,
                    values,
                } => {
                    insert = true;
                    let assignments =
                        self.merge_insert(columns, values.as_deref(), &relation, branch.span)?;
                    for assignment in &assignments {
                        self.generated_value(&relation, assignment, *overriding, By::Insert)?;
                    }
                    assignments
                }
            };
            let overriding = match &branch.action {
                MergeAction::Insert { overriding, .. } => *overriding,
                _ => None,
            };
            let event = match (insert, delete) {
                (true, _) => Event::Insert,
                (_, true) => Event::Delete,
                _ => Event::Update,
            };
            if branch.action != MergeAction::Nothing {
                let place = merge.relation.name_span();
                self.view_change(&relation, event, &assignments, overriding, place)?;
            }
            branches.push(MergeBranch {
                matched: branch.matched,
                condition,
                insert,
                delete,
                assignments,
            });
        }
        let [source] = source
            .try_into()
            .map_err(|_| Failure::cannot_check(merge.span, "a MERGE without exactly one source"))?;
        let by_source = branches
            .iter()
            .any(|branch| branch.matched == MergeMatched::NotMatchedBySource);
        let by_target = branches
            .iter()
            .any(|branch| branch.matched == MergeMatched::NotMatchedByTarget);
        query.from = vec![FromNode::Join(Box::new(JoinNode {
            kind: match (by_target, by_source) {
                (false, false) => JoinKind::Inner,
                (true, false) => JoinKind::Right,
                (false, true) => JoinKind::Left,
                (true, true) => JoinKind::Full,
            },
            left: FromNode::Entry(entry),
            right: source,
            condition: Some(condition.clone()),
        }))];
        // `*` of RETURNING gives the source first.
        let mut returned = source_items;
        returned.push(target);
        self.level().items = returned;
        if let Some(returning) = &merge.returning
            && self.catalog.builtin.major < Major::V17
        {
            let span = returning
                .targets
                .first()
                .map_or(merge.span, |target| target.span);
            return Err(Failure::error(
                Code::SyntaxError,
                span,
                "RETURNING of MERGE is new in PostgreSQL 17",
            ));
        }
        if self.catalog.builtin.major < Major::V15 {
            return Err(Failure::error(
                Code::SyntaxError,
                merge.span,
                "MERGE is new in PostgreSQL 15",
            ));
        }
        query.change = Some(Box::new(Change {
            entry,
            place: merge.relation.span,
            assignments: Vec::new(),
            on_conflict: None,
            on_conflict_nothing: false,
            merge: branches,
            merge_condition: Some(condition),
            source: None,
        }));
        self.returning(
            merge.returning.as_ref(),
            &mut query,
            entry,
            Place::MergeReturning,
        )?;
        Ok(query)
    }

    fn merge_insert(
        &mut self,
        columns: &[ast::AssignmentTarget],
        values: Option<&[ast::Expr]>,
        relation: &crate::catalog::Relation,
        span: Span,
    ) -> Result<Vec<ColumnAssignment>> {
        let Some(values) = values else {
            return Ok(Vec::new());
        };
        let mut analyzed = Vec::with_capacity(values.len());
        for value in values {
            analyzed.push(if value.kind == ast::ExprKind::Default {
                Expr::new(ExprKind::Default, oid::UNKNOWN, value.span)
            } else {
                self.at(Place::ValuesOfInsert, |this| this.expr(value))?
            });
        }
        let targets: Vec<ast::AssignmentTarget> = if columns.is_empty() {
            relation
                .attributes
                .iter()
                .map(|attribute| ast::AssignmentTarget {
                    name: Name::new(attribute.name.clone(), span),
                    path: Vec::new(),
                    span,
                })
                .collect()
        } else {
            columns.to_vec()
        };
        if analyzed.len() > targets.len() || (!columns.is_empty() && analyzed.len() < targets.len())
        {
            return Err(Failure::error(
                Code::ColumnCount,
                span,
                format!(
                    "INSERT has {} for {}",
                    count(analyzed.len(), "value"),
                    count(targets.len(), "column")
                ),
            ));
        }
        let mut assignments = Vec::with_capacity(analyzed.len());
        for (target, value) in targets.iter().zip(analyzed) {
            assignments.push(self.assign(relation, target, value, By::Insert)?);
        }
        Ok(assignments)
    }
}
