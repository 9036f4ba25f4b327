//! What rules make of a statement: whether RETURNING has anything to give, and whether there are rows at all. After
//! `RewriteQuery` and `QueryRewrite`.

use std::sync::Arc;

use pgdbm_template::Code;

use super::Analyzer;
use super::view_target::MOST_VIEWS;
use crate::catalog::{Relation, RelationKind, Rule, TypeId};
use crate::failure::{Failure, Result};
use crate::syntax::ast::{RuleEvent, Span};
use crate::tree::{Command, FromNode, Query, RangeKind};

impl Analyzer<'_> {
    /// Refuses what cannot be done to a relation with rules.
    pub(super) fn check_rules(
        &self,
        relation: &Relation,
        event: RuleEvent,
        query: &Query,
        place: Span,
    ) -> Result<()> {
        let refused = |what: &str| {
            Err(Failure::error(
                Code::NotUpdatable,
                place,
                format!("{what} on `{}`, which has rules for it", relation.name),
            ))
        };
        let updates = of_event(relation, RuleEvent::Update).next().is_some();
        let acts = of_event(relation, RuleEvent::Insert).any(|rule| !rule.actions.is_empty());
        let resolves = query
            .change
            .as_ref()
            .is_some_and(|change| change.on_conflict_nothing || change.on_conflict.is_some());
        if resolves && (acts || updates) {
            return refused("ON CONFLICT cannot be used");
        }
        let mut instead = of_event(relation, event).filter(|rule| rule.instead);
        if !query.returns_rows || instead.next().is_none() {
            return Ok(());
        }
        let returns = of_event(relation, event)
            .flat_map(|rule| &rule.actions)
            .any(|action| action.returning);
        if returns {
            return Ok(());
        }
        let Err(failure) = refused("RETURNING cannot be used") else {
            return Ok(());
        };
        Err(failure.help("give the relation a rule DO INSTEAD … RETURNING, without WHERE"))
    }

    /// Whether a statement has rows for who sends it. Where a rule does something of another kind instead, nothing that is left
    /// gives any.
    pub(super) fn gives_rows(&self, query: &Query) -> bool {
        let Some(change) = query.change.as_deref() else {
            return true;
        };
        let Some(RangeKind::Relation(relation)) = query
            .range
            .get(change.entry as usize)
            .map(|entry| &entry.kind)
        else {
            return true;
        };
        let event = match query.command {
            Command::Insert => RuleEvent::Insert,
            Command::Update => RuleEvent::Update,
            Command::Delete => RuleEvent::Delete,
            _ => return true,
        };
        let Some(relation) = self.beneath(relation.row_type, event) else {
            return true;
        };
        let same = of_event(&relation, event)
            .filter(|rule| rule.instead)
            .flat_map(|rule| &rule.actions)
            .rfind(|action| action.event == Some(event));
        same.is_some_and(|action| action.returning)
    }

    /// The relation with a rule that replaces the statement: this one, or one under a view that passes its changes on.
    fn beneath(&self, id: TypeId, event: RuleEvent) -> Option<Arc<Relation>> {
        let mut relation = self.catalog.relation_of(id)?;
        for _ in 0..MOST_VIEWS {
            let replaced = of_event(&relation, event).any(|rule| rule.instead && !rule.conditional);
            if replaced {
                return Some(relation);
            }
            if relation.kind != RelationKind::View || !relation.triggers.is_empty() {
                return None;
            }
            let view = relation.view.as_ref()?.query.clone()?;
            let [FromNode::Entry(entry)] = view.from.as_slice() else {
                return None;
            };
            let RangeKind::Relation(under) = &view.range.get(*entry as usize)?.kind else {
                return None;
            };
            relation = self.catalog.relation_of(under.row_type)?;
        }
        None
    }
}

fn of_event(relation: &Relation, event: RuleEvent) -> impl DoubleEndedIterator<Item = &Rule> {
    relation
        .rules
        .iter()
        .filter(move |rule| rule.event == event)
}
