//! What rules make of a statement: whether RETURNING has anything to give, and whether there are rows at all. After
//! `RewriteQuery` and `QueryRewrite`.

use pgdbm_template::Code;

use super::Analyzer;
use crate::catalog::{Relation, Rule};
use crate::failure::{Failure, Result};
use crate::syntax::ast::{RuleEvent, Span};
use crate::tree::{Command, Query, RangeKind};

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
}

/// Whether a statement has rows for who sends it. Where a rule does something of another kind instead, nothing that is left gives any.
pub(super) fn gives_rows(query: &Query) -> bool {
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
    let replaced = of_event(relation, event).any(|rule| rule.instead && !rule.conditional);
    if !replaced {
        return true;
    }
    let same = of_event(relation, event)
        .filter(|rule| rule.instead)
        .flat_map(|rule| &rule.actions)
        .rfind(|action| action.event == Some(event));
    same.is_some_and(|action| action.returning)
}

fn of_event(relation: &Relation, event: RuleEvent) -> impl DoubleEndedIterator<Item = &Rule> {
    relation
        .rules
        .iter()
        .filter(move |rule| rule.event == event)
}
