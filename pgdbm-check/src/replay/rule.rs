//! Rules.

use pgdbm_template::Code;

use super::{Replay, exists};
use crate::analyze;
use crate::catalog::{RelationKind, Rule, RuleAction};
use crate::failure::{Failure, Result};
use crate::syntax::ast::{CreateRule, RuleEvent, Statement, StatementKind};

impl Replay<'_> {
    pub(super) fn create_rule(&mut self, new: &CreateRule) -> Result<()> {
        let relation = analyze::relation(self.catalog, &new.relation)?;
        if new.event == RuleEvent::Select {
            return Ok(());
        }
        let can_have_rules = matches!(
            relation.kind,
            RelationKind::Table | RelationKind::PartitionedTable | RelationKind::View
        );
        if !can_have_rules && !self.tolerant {
            return Err(Failure::error(
                Code::WrongKind,
                new.relation.name_span(),
                format!("`{}` is nothing that can have rules", relation.name),
            ));
        }
        let is_there = relation.rules.iter().any(|rule| rule.name == new.name.text);
        if is_there && !new.or_replace {
            if self.tolerant {
                return Ok(());
            }
            return Err(exists(
                "rule of this relation",
                &new.name.text,
                new.name.span,
            ));
        }
        let rule = Rule {
            name: new.name.text.clone(),
            event: new.event,
            conditional: new.conditional,
            instead: new.instead,
            actions: new.actions.iter().map(action).collect(),
        };
        if let Some(relation) = self.catalog.relation_mut(relation.row_type) {
            relation.rules.retain(|other| other.name != rule.name);
            relation.rules.push(rule);
        }
        Ok(())
    }
}

fn action(statement: &Statement) -> RuleAction {
    let (event, returning) = match &statement.kind {
        StatementKind::Insert(insert) => (Some(RuleEvent::Insert), insert.returning.is_some()),
        StatementKind::Update(update) => (Some(RuleEvent::Update), update.returning.is_some()),
        StatementKind::Delete(delete) => (Some(RuleEvent::Delete), delete.returning.is_some()),
        _ => (None, false),
    };
    RuleAction { event, returning }
}
