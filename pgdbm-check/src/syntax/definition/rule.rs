//! Rules: what happens instead of a statement, or beside it.

use pgdbm_template::TokenKind;

use super::super::{
    ast::{CreateRule, RuleEvent, Statement, StatementKind},
    reader::{Read, Reader},
};

impl Reader<'_, '_> {
    /// `RULE name AS ON event TO relation [WHERE …] DO [ALSO | INSTEAD] …`
    pub(super) fn create_rule(&mut self, or_replace: bool) -> Read<StatementKind> {
        self.advance();
        let name = self.column_name()?;
        self.expect("as")?;
        self.expect("on")?;
        let event = match self.word() {
            "select" => RuleEvent::Select,
            "insert" => RuleEvent::Insert,
            "update" => RuleEvent::Update,
            "delete" => RuleEvent::Delete,
            _ => return self.stop("SELECT, INSERT, UPDATE or DELETE"),
        };
        self.advance();
        self.expect("to")?;
        let relation = self.object_name()?;
        let filter = if self.eat(&["where"]) {
            Some(self.expression()?)
        } else {
            None
        };
        self.expect("do")?;
        let instead = self.eat(&["instead"]);
        if !instead {
            self.eat(&["also"]);
        }
        let mut actions = Vec::new();
        if self.eat(&["nothing"]) {
        } else if self.is_open() {
            self.advance();
            while !self.is_close() {
                if !self.eat_kind(TokenKind::Semicolon) {
                    actions.push(self.rule_action()?);
                    if !self.is_close() && self.kind() != Some(TokenKind::Semicolon) {
                        return self.stop("`;` or `)`");
                    }
                }
            }
            self.close()?;
        } else {
            actions.push(self.rule_action()?);
        }
        Ok(StatementKind::CreateRule(Box::new(CreateRule {
            name,
            or_replace,
            relation,
            event,
            conditional: filter.is_some(),
            instead,
            actions,
        })))
    }

    fn rule_action(&mut self) -> Read<Statement> {
        let begins = matches!(
            self.word(),
            "select" | "values" | "table" | "with" | "insert" | "update" | "delete" | "notify"
        );
        if begins || self.is_open() {
            self.nested_statement()
        } else {
            self.stop("SELECT, INSERT, UPDATE, DELETE or NOTIFY")
        }
    }
}
