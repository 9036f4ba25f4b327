//! What statements about rows make by what they run: functions, and the triggers of the tables that they write to.
//!
//! Texts are searched for names, and not their trees: a body in PL/pgSQL has none, and what it calls may be made after it.

use crate::hash::{HashMap, HashSet};
use std::sync::Arc;

use pgdbm_template::{Code, Token, TokenKind, lex};

use super::Replay;
use crate::catalog::{Called, Catalog, Function, FunctionId, Makes, Written};
use crate::failure::{Failure, Result};
use crate::syntax::ast::{Span, StatementKind};

impl Replay<'_> {
    /// What is told of a statement that runs a function which makes things.
    pub(super) fn check_called(
        &mut self,
        kind: &StatementKind,
        text: &str,
        span: Span,
    ) -> Result<()> {
        let runs = super::data::is_data(kind)
            || matches!(
                kind,
                StatementKind::Call(_)
                    | StatementKind::CreateTableAs(_)
                    | StatementKind::Copy { .. }
            );
        if !runs || !self.catalog.has_makers() {
            return Ok(());
        }
        let (makes, maker) = self.made_by_text(text);
        let Some(maker) = maker else {
            return Ok(());
        };
        if makes == Makes::OBJECTS {
            // Triggers and indexes: no query misses them.
            let origin = self.origin(span);
            self.catalog.add_unreadable(origin, makes);
            return Ok(());
        }
        Err(Box::new(Failure {
            code: Code::CannotReplay,
            makes,
            ..*Failure::cannot_check(
                span,
                format!("what calling `{maker}` makes and drops cannot be followed"),
            )
            .help("tell what is there then: `-- pgdbm:declare CREATE TABLE …`")
        }))
    }

    /// What the functions that a text runs may make, and the first of them that does.
    pub(super) fn made_by_text(&self, text: &str) -> (Makes, Option<String>) {
        if !self.catalog.has_makers() {
            return (Makes::NOTHING, None);
        }
        let mut search = Search {
            replay: self,
            seen: HashSet::default(),
            ran: HashSet::default(),
            of_triggers: None,
            makes: Makes::NOTHING,
            maker: None,
        };
        let mut open = called(text);
        while let Some(called) = open.pop() {
            // A body may write to one table thousands of times, and each of its partitions has triggers.
            if !search.seen.contains(&called) {
                search.follow(&called, &mut open);
                search.seen.insert(called);
            }
        }
        (search.makes, search.maker)
    }
}

struct Search<'a, 'c> {
    replay: &'a Replay<'c>,
    seen: HashSet<Called>,
    ran: HashSet<FunctionId>,
    /// All functions of migrations, once a trigger asks for one.
    of_triggers: Option<HashMap<FunctionId, &'a Arc<Function>>>,
    makes: Makes,
    maker: Option<String>,
}

impl<'a> Search<'a, '_> {
    fn follow(&mut self, called: &Called, open: &mut Vec<Called>) {
        let catalog = &*self.replay.catalog;
        match called {
            Called::Function { schema, name } => {
                for (_, function) in catalog.functions(schema.as_deref(), name) {
                    self.run(&function, open);
                }
            }
            Called::Write {
                schema,
                name,
                event,
            } => {
                let Some(relation) = catalog.relation(schema.as_deref(), name) else {
                    return;
                };
                // Rows of a partitioned table are a partition's, whose own triggers fire.
                for member in self.replay.with_partitions(relation.row_type) {
                    let Some(relation) = catalog.relation_of(member) else {
                        continue;
                    };
                    let fires = relation.triggers.iter().filter(|trigger| {
                        trigger.enabled
                            && match event {
                                Written::Insert => trigger.on_insert,
                                Written::Update => trigger.on_update,
                                Written::Delete => trigger.on_delete,
                                Written::Any => true,
                            }
                    });
                    for id in fires.filter_map(|trigger| trigger.function) {
                        if let Some(function) = self.of_trigger(id) {
                            self.run(function, open);
                        }
                    }
                }
            }
        }
    }

    fn of_trigger(&mut self, id: FunctionId) -> Option<&'a Arc<Function>> {
        let catalog: &'a Catalog = self.replay.catalog;
        let all = self.of_triggers.get_or_insert_with(|| {
            let own = catalog.own_functions();
            own.map(|function| (function.id, function)).collect()
        });
        all.get(&id).copied()
    }

    fn run(&mut self, function: &Function, open: &mut Vec<Called>) {
        if !self.ran.insert(function.id) {
            return;
        }
        if !function.makes.is_nothing() {
            self.makes = self.makes.and(function.makes);
            self.maker.get_or_insert_with(|| function.name.clone());
        }
        let new = function.calls.iter();
        open.extend(new.filter(|called| !self.seen.contains(*called)).cloned());
    }
}

/// What a text runs, as far as the names in it say.
pub(super) fn called(text: &str) -> Vec<Called> {
    let tokens = lex(text)
        .filter(|token| !token.kind.is_trivia())
        .collect::<Vec<_>>();
    let mut found = Vec::new();
    let mut position = 0;
    while let Some(rest) = tokens.get(position..).filter(|rest| !rest.is_empty()) {
        let word = |index: usize, words: &[&str]| {
            rest.get(index)
                .is_some_and(|token| words.iter().any(|word| token.is_word(text, word)))
        };
        let (event, ahead) = if word(0, &["insert"]) && word(1, &["into"]) {
            (Some(Written::Insert), 2)
        } else if word(0, &["merge"]) && word(1, &["into"]) {
            (Some(Written::Any), 2)
        } else if word(0, &["delete"]) && word(1, &["from"]) {
            (Some(Written::Delete), 2)
        } else if word(0, &["update"]) {
            (Some(Written::Update), 1)
        } else if word(0, &["copy"]) {
            (Some(Written::Insert), 1)
        } else {
            (None, 0)
        };
        let ahead = ahead + usize::from(event.is_some() && word(ahead, &["only"]));
        let Some((schema, name, length)) = name(text, rest.get(ahead..).unwrap_or_default()) else {
            position += 1;
            continue;
        };
        let is_call = rest
            .get(ahead + length)
            .is_some_and(|token| token.kind == TokenKind::OpenParenthesis);
        match event {
            Some(event) => found.push(Called::Write {
                schema,
                name,
                event,
            }),
            None if is_call => found.push(Called::Function { schema, name }),
            None => {}
        }
        position += ahead + length;
    }
    found
}

/// The same of the body of a function, each once.
pub(super) fn called_once(bodies: &[(String, Span)]) -> Arc<[Called]> {
    let mut seen = HashSet::default();
    bodies
        .iter()
        .flat_map(|(body, _)| called(body))
        .filter(|called| seen.insert(called.clone()))
        .collect()
}

/// The name that stands there, with its schema, and how many tokens it takes.
fn name(text: &str, tokens: &[Token]) -> Option<(Option<String>, String, usize)> {
    let part = |index: usize| {
        let token = tokens.get(index)?;
        let written = token.text(text);
        match token.kind {
            TokenKind::Identifier => Some(written.to_lowercase()),
            TokenKind::QuotedIdentifier {
                terminated: true, ..
            } => Some(written.get(1..written.len() - 1)?.replace("\"\"", "\"")),
            _ => None,
        }
    };
    let first = part(0)?;
    let has_dot = tokens
        .get(1)
        .is_some_and(|token| token.kind == TokenKind::Dot);
    match part(2).filter(|_| has_dot) {
        Some(second) => Some((Some(first), second, 3)),
        None => Some((None, first, 1)),
    }
}
