//! Triggers and policies.

use super::super::{
    ast::{CreatePolicy, CreateTrigger, Expr, StatementKind, TriggerEvent, TriggerTiming},
    reader::{Read, Reader},
};

impl Reader<'_, '_> {
    pub(super) fn create_trigger(&mut self, or_replace: bool) -> Read<StatementKind> {
        self.expect("trigger")?;
        let name = self.column_name()?;
        let timing = match self.word() {
            "before" => TriggerTiming::Before,
            "after" => TriggerTiming::After,
            "instead" => {
                self.advance();
                TriggerTiming::InsteadOf
            }
            _ => return self.stop("BEFORE, AFTER or INSTEAD OF"),
        };
        self.advance();
        let mut events = vec![self.trigger_event()?];
        while self.eat(&["or"]) {
            events.push(self.trigger_event()?);
        }
        self.expect("on")?;
        let relation = self.object_name()?;
        let mut for_each_row = false;
        // FROM, DEFERRABLE, REFERENCING, FOR EACH, WHEN: only the row counts.
        while self.word() != "execute" {
            if self.at_end() {
                return self.stop("execute");
            }
            if self.is_open() {
                self.skip_enclosed()?;
            } else if self.eat(&["for"]) {
                self.eat(&["each"]);
                for_each_row = self.word() == "row";
                self.advance();
            } else {
                self.advance();
            }
        }
        self.advance();
        if !self.eat(&["function"]) {
            self.expect("procedure")?;
        }
        let function = self.any_object_name()?;
        self.skip_enclosed()?;
        Ok(StatementKind::CreateTrigger(Box::new(CreateTrigger {
            name,
            or_replace,
            relation,
            timing,
            events,
            for_each_row,
            function,
        })))
    }

    fn trigger_event(&mut self) -> Read<TriggerEvent> {
        let word = self.word();
        if !matches!(word, "insert" | "update" | "delete" | "truncate") {
            return self.stop("INSERT, UPDATE, DELETE or TRUNCATE");
        }
        self.advance();
        Ok(match word {
            "insert" => TriggerEvent::Insert,
            "delete" => TriggerEvent::Delete,
            "truncate" => TriggerEvent::Truncate,
            _ if self.eat(&["of"]) => TriggerEvent::Update(self.list(Self::column_name)?),
            _ => TriggerEvent::Update(Vec::new()),
        })
    }

    pub(super) fn create_policy(&mut self) -> Read<StatementKind> {
        self.advance();
        let name = self.column_name()?;
        self.expect("on")?;
        let relation = self.object_name()?;
        let mut using = None;
        let mut with_check = None;
        while !self.at_end() {
            if self.eat(&["using"]) {
                using = Some(self.enclosed_expression()?);
            } else if self.eat(&["with", "check"]) {
                with_check = Some(self.enclosed_expression()?);
            } else {
                self.advance();
            }
        }
        Ok(StatementKind::CreatePolicy(Box::new(CreatePolicy {
            name,
            relation,
            using,
            with_check,
        })))
    }

    fn enclosed_expression(&mut self) -> Read<Expr> {
        self.open()?;
        let expr = self.expression()?;
        self.close()?;
        Ok(expr)
    }
}
