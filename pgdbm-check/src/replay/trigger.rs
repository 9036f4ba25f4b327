//! Triggers: which of them may change the rows that a statement writes, and the functions that they call.

use pgdbm_template::Code;

use super::{Replay, exists, missing};
use crate::analyze;
use crate::catalog::{FunctionId, Relation, RelationKind, Trigger, TypeId, oid};
use crate::failure::{Failure, Result};
use crate::syntax::ast::{CreateTrigger, ObjectName, TriggerEvent, TriggerTiming};

impl Replay<'_> {
    pub(super) fn create_trigger(&mut self, new: &CreateTrigger) -> Result<()> {
        let relation = analyze::relation(self.catalog, &new.relation)?;
        check_kind(&relation, new)?;
        for event in &new.events {
            if let TriggerEvent::Update(columns) = event {
                self.check_columns(&relation, columns)?;
            }
        }
        let function = self.trigger_function(&new.function)?;
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
            for_each_row: new.for_each_row,
            may_change_row: new.for_each_row && new.timing != TriggerTiming::After,
            on_insert: on(|event| matches!(event, TriggerEvent::Insert)),
            on_update: on(|event| matches!(event, TriggerEvent::Update(_))),
            on_delete: on(|event| matches!(event, TriggerEvent::Delete)),
            enabled: true,
            columns: new
                .events
                .iter()
                .filter_map(|event| match event {
                    TriggerEvent::Update(columns) => Some(columns),
                    _ => None,
                })
                .flatten()
                .map(|column| column.text.clone())
                .collect(),
            function: (function.0 >= TypeId::FIRST_OWN).then_some(function),
        };
        // Partitions have the triggers for each row.
        let members = if trigger.for_each_row {
            self.with_partitions(relation.row_type)
        } else {
            vec![relation.row_type]
        };
        for member in members {
            self.put_trigger(member, &trigger);
        }
        Ok(())
    }

    fn put_trigger(&mut self, id: TypeId, trigger: &Trigger) {
        if let Some(relation) = self.catalog.relation_mut(id) {
            relation.triggers.retain(|old| old.name != trigger.name);
            relation.triggers.push(trigger.clone());
        }
    }

    /// A partitioned table and its partitions at any depth; another relation alone.
    pub(super) fn with_partitions(&self, id: TypeId) -> Vec<TypeId> {
        let mut members = self.family(id);
        members.retain(|member| {
            *member == id
                || self
                    .catalog
                    .relation_of(*member)
                    .is_some_and(|relation| relation.partition)
        });
        members
    }

    /// Gives a new partition the triggers of its table.
    pub(super) fn trigger_as_parent(&mut self, partition: TypeId, parent: &Relation) {
        for trigger in parent.triggers.iter().filter(|own| own.for_each_row) {
            for member in self.with_partitions(partition) {
                self.put_trigger(member, trigger);
            }
        }
    }

    /// The function of a trigger: without parameters, and made for triggers.
    fn trigger_function(&self, name: &ObjectName) -> Result<FunctionId> {
        let found = self
            .catalog
            .functions(name.schema(), name.name())
            .into_iter()
            .map(|(_, function)| function)
            .find(|function| function.parameters.is_empty());
        let Some(function) = found else {
            return Err(missing(
                Code::UnknownFunction,
                "function without parameters called",
                name.name(),
                name.name_span(),
            ));
        };
        if function.returns != oid::TRIGGER {
            return Err(Failure::error(
                Code::WrongKind,
                name.name_span(),
                format!("`{}` is no function for triggers", function.name),
            )
            .help("let it return `trigger`"));
        }
        Ok(function.id)
    }
}

/// Which relations can have which triggers.
fn check_kind(relation: &Relation, new: &CreateTrigger) -> Result<()> {
    let is_view = relation.kind == RelationKind::View;
    let is_table = matches!(
        relation.kind,
        RelationKind::Table | RelationKind::PartitionedTable | RelationKind::ForeignTable
    );
    let why = match new.timing {
        TriggerTiming::InsteadOf if !is_view => Some("INSTEAD OF is for views"),
        TriggerTiming::InsteadOf if !new.for_each_row => Some("INSTEAD OF is FOR EACH ROW"),
        TriggerTiming::Before | TriggerTiming::After if is_view && new.for_each_row => {
            Some("a trigger for each row of a view is INSTEAD OF")
        }
        _ if !is_view && !is_table => Some("only tables and views have triggers"),
        _ => None,
    };
    match why {
        Some(why) => Err(Failure::error(
            Code::WrongKind,
            new.relation.name_span(),
            format!("`{}` cannot have this trigger: {why}", relation.name),
        )),
        None => Ok(()),
    }
}
