//! Triggers: which of them may change the rows that a statement writes.

use super::{Replay, exists};
use crate::analyze;
use crate::catalog::Trigger;
use crate::failure::Result;
use crate::syntax::ast::{CreateTrigger, TriggerEvent, TriggerTiming};

impl Replay<'_> {
    pub(super) fn create_trigger(&mut self, new: &CreateTrigger) -> Result<()> {
        let relation = analyze::relation(self.catalog, &new.relation)?;
        let known = relation
            .triggers
            .iter()
            .any(|trigger| trigger.name == new.name.text);
        if known && !new.or_replace {
            if self.tolerant {
                return Ok(());
            }
            return Err(exists("trigger", &new.name.text, new.name.span));
        }
        let on = |wanted: fn(&TriggerEvent) -> bool| new.events.iter().any(wanted);
        let trigger = Trigger {
            name: new.name.text.clone(),
            may_change_row: new.for_each_row && new.timing != TriggerTiming::After,
            on_insert: on(|event| matches!(event, TriggerEvent::Insert)),
            on_update: on(|event| matches!(event, TriggerEvent::Update(_))),
            on_delete: on(|event| matches!(event, TriggerEvent::Delete)),
            enabled: true,
        };
        for member in self.family(relation.row_type) {
            if let Some(relation) = self.catalog.relation_mut(member) {
                relation.triggers.retain(|old| old.name != trigger.name);
                relation.triggers.push(trigger.clone());
            }
        }
        Ok(())
    }
}
