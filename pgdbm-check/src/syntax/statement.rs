//! Statements: which one stands here, and those that are neither queries nor definitions.

use pgdbm_template::TokenKind;

use super::{
    ast::{CallStatement, ExplainFormat, Name, SetVariable, Statement, StatementKind, Transaction},
    reader::{Read, Reader},
};

impl Reader<'_, '_> {
    /// The statement from here to the reader's end.
    pub(super) fn whole_statement(&mut self) -> Read<Statement> {
        let start = self.here();
        let kind = self.statement()?;
        if !self.at_end() {
            return self.stop("the end of the statement");
        }
        Ok(Statement {
            kind,
            span: self.since(start),
        })
    }

    pub(super) fn nested_statement(&mut self) -> Read<Statement> {
        let start = self.here();
        let kind = self.statement()?;
        Ok(Statement {
            kind,
            span: self.since(start),
        })
    }

    fn statement(&mut self) -> Read<StatementKind> {
        if self.is_open() {
            return Ok(StatementKind::Query(Box::new(self.query()?)));
        }
        match self.word() {
            "select" | "values" | "table" | "with" | "insert" | "update" | "delete" | "merge" => {
                self.data_statement()
            }
            "create" | "alter" | "drop" | "comment" => self.definition(),
            "call" => {
                let start = self.here();
                self.advance();
                let name = self.any_object_name()?;
                let call = self.call(name)?;
                Ok(StatementKind::Call(Box::new(CallStatement {
                    call,
                    span: self.since(start),
                })))
            }
            "explain" => self.explain(),
            "prepare" if self.word_at(1) == "transaction" => self.transaction(),
            "prepare" => {
                self.advance();
                let name = self.column_name()?;
                if self.is_open() {
                    self.enclosed(Self::type_name)?;
                }
                self.expect("as")?;
                Ok(StatementKind::Prepare {
                    name,
                    statement: Box::new(self.nested_statement()?),
                })
            }
            "declare" => self.declare_cursor(),
            "show" => {
                self.advance();
                let several = matches!(self.word(), "time" | "transaction" | "session");
                let mut names = vec![self.label()?];
                while self.eat_kind(TokenKind::Dot) || several && self.is_label() {
                    names.push(self.label()?);
                }
                Ok(StatementKind::Show(names))
            }
            "copy" => self.copy(),
            "do" => self.anonymous_block(),
            "set" if self.word_at(1) == "constraints" && !self.is_assigned(2) => {
                self.set_constraints()
            }
            "set" => self.set(),
            "reset" => {
                self.advance();
                let name = if self.eat(&["all"]) {
                    "all".to_owned()
                } else {
                    self.variable_name()?
                };
                Ok(StatementKind::Set(SetVariable {
                    local: false,
                    name,
                    values: None,
                }))
            }
            "begin" | "start" | "commit" | "end" | "rollback" | "abort" | "savepoint"
            | "release" => self.transaction(),
            "execute" | "fetch" => {
                let words = self.first_words();
                self.position = self.end;
                Ok(StatementKind::Opaque(words))
            }
            "vacuum" | "analyze" | "analyse" | "cluster" | "reindex" | "lock" | "listen"
            | "notify" | "unlisten" | "load" | "discard" | "refresh" | "truncate"
            | "checkpoint" | "close" | "deallocate" => self.maintenance(),
            "grant" | "revoke" => Ok(self.grant()),
            "security" | "reassign" | "import" | "move" => Ok(self.utility()),
            _ => self.stop("a statement"),
        }
    }

    /// A statement that may stand behind WITH.
    fn data_statement(&mut self) -> Read<StatementKind> {
        let start = self.here();
        let with = self.with()?;
        Ok(match self.word() {
            "insert" => StatementKind::Insert(Box::new(self.insert(with, start)?)),
            "update" => StatementKind::Update(Box::new(self.update(with, start)?)),
            "delete" => StatementKind::Delete(Box::new(self.delete(with, start)?)),
            "merge" => StatementKind::Merge(Box::new(self.merge(with, start)?)),
            _ => StatementKind::Query(Box::new(self.query_with(with, start)?)),
        })
    }

    /// A statement of which only its beginning matters.
    pub(super) fn utility(&mut self) -> StatementKind {
        let words = self.first_words();
        self.position = self.end;
        StatementKind::Utility(words)
    }

    /// The statements that begin and end transactions and their parts.
    fn transaction(&mut self) -> Read<StatementKind> {
        let word = self.word();
        self.advance();
        let kind = match word {
            "prepare" => {
                self.expect("transaction")?;
                self.string()?;
                Transaction::TwoPhase
            }
            "savepoint" => Transaction::Savepoint(self.column_name()?),
            "release" => Transaction::Release(self.savepoint()?),
            "start" => {
                self.expect("transaction")?;
                self.optional_transaction_modes()?;
                Transaction::Begin
            }
            "begin" => {
                let _ = self.eat(&["work"]) || self.eat(&["transaction"]);
                self.optional_transaction_modes()?;
                Transaction::Begin
            }
            "commit" | "rollback" if self.eat(&["prepared"]) => {
                self.string()?;
                Transaction::TwoPhase
            }
            _ => {
                let _ = self.eat(&["work"]) || self.eat(&["transaction"]);
                if word == "rollback" && self.eat(&["to"]) {
                    Transaction::RollbackTo(self.savepoint()?)
                } else {
                    let mut chain = false;
                    if self.eat(&["and"]) {
                        chain = !self.eat(&["no"]);
                        self.expect("chain")?;
                    }
                    match word {
                        "rollback" | "abort" => Transaction::Rollback { chain },
                        _ => Transaction::Commit { chain },
                    }
                }
            }
        };
        Ok(StatementKind::Transaction(kind))
    }

    /// `[SAVEPOINT] name`, where the word may also be the name.
    fn savepoint(&mut self) -> Read<Name> {
        if self.word() == "savepoint" && self.position + 1 < self.end {
            self.advance();
        }
        self.column_name()
    }

    fn optional_transaction_modes(&mut self) -> Read<()> {
        if self.at_end() {
            return Ok(());
        }
        self.transaction_modes()
    }

    /// The one or two key words that a statement begins with, in capitals.
    pub(super) fn first_words(&self) -> String {
        let mut words = self.text().to_ascii_uppercase();
        let next = self.word_at(1);
        if matches!(words.as_str(), "CREATE" | "ALTER" | "DROP" | "REFRESH") && !next.is_empty() {
            words.push(' ');
            words.push_str(&next.to_ascii_uppercase());
        }
        words
    }

    fn explain(&mut self) -> Read<StatementKind> {
        self.advance();
        let mut format = ExplainFormat::Text;
        if self.is_open() && !self.is_enclosed_query() {
            self.enclosed(|reader| {
                let option = reader.label()?;
                if option.text == "format" && !reader.is_close() {
                    let name = if reader.is_string() {
                        reader.string()?.to_ascii_lowercase()
                    } else {
                        reader.label()?.text
                    };
                    format = match name.as_str() {
                        "xml" => ExplainFormat::Xml,
                        "json" => ExplainFormat::Json,
                        "yaml" => ExplainFormat::Yaml,
                        _ => ExplainFormat::Text,
                    };
                } else {
                    while !reader.at_end()
                        && !reader.is_close()
                        && !reader.is_kind(TokenKind::Comma)
                    {
                        reader.advance();
                    }
                }
                Ok(())
            })?;
        } else {
            if matches!(self.word(), "analyze" | "analyse") {
                self.advance();
            }
            self.eat(&["verbose"]);
        }
        if matches!(self.word(), "explain" | "show" | "set" | "reset") {
            return self.stop("a statement that has a plan");
        }
        Ok(StatementKind::Explain {
            statement: Box::new(self.nested_statement()?),
            format,
        })
    }

    fn declare_cursor(&mut self) -> Read<StatementKind> {
        self.advance();
        self.column_name()?;
        while matches!(
            self.word(),
            "binary" | "asensitive" | "insensitive" | "no" | "scroll"
        ) {
            self.advance();
        }
        self.expect("cursor")?;
        if matches!(self.word(), "with" | "without") {
            self.advance();
            self.expect("hold")?;
        }
        self.expect("for")?;
        Ok(StatementKind::DeclareCursor {
            query: Box::new(self.query()?),
        })
    }

    fn copy(&mut self) -> Read<StatementKind> {
        self.advance();
        let mut query = None;
        let mut relation = None;
        if self.is_open() {
            self.advance();
            query = Some(Box::new(self.nested_statement()?));
            self.close()?;
        } else {
            self.eat(&["binary"]);
            relation = Some(self.object_name()?);
        }
        self.position = self.end;
        Ok(StatementKind::Copy { query, relation })
    }

    fn anonymous_block(&mut self) -> Read<StatementKind> {
        self.advance();
        let mut body = String::new();
        while !self.at_end() {
            if self.is_string() {
                body = self.string()?;
            } else {
                self.expect("language")?;
                if self.is_string() {
                    self.string()?;
                } else {
                    self.label()?;
                }
            }
        }
        Ok(StatementKind::Do { body })
    }

    /// The name of a setting; `TIME ZONE`, `SESSION AUTHORIZATION` and the like have names of their own.
    fn variable_name(&mut self) -> Read<String> {
        if self.eat(&["time", "zone"]) {
            return Ok("timezone".to_owned());
        }
        if self.eat(&["session", "authorization"]) {
            return Ok("session_authorization".to_owned());
        }
        if self.eat(&["transaction", "isolation", "level"]) {
            return Ok("transaction_isolation".to_owned());
        }
        let mut name = self.column_name()?.text;
        while self.eat_kind(TokenKind::Dot) {
            name.push('.');
            name.push_str(&self.column_name()?.text);
        }
        Ok(name)
    }

    fn set(&mut self) -> Read<StatementKind> {
        self.advance();
        let local = !self.is_assigned(1) && self.eat(&["local"]);
        if !local
            && !self.is_assigned(1)
            && self.word() == "session"
            && self.word_at(1) != "authorization"
            && self.word_at(1) != "characteristics"
        {
            self.advance();
        }
        let settings = |name: &str, values| {
            StatementKind::Set(SetVariable {
                local,
                name: name.to_owned(),
                values,
            })
        };
        // All of these are names of settings as well, if a value is put behind them as behind others.
        match self.word() {
            _ if self.is_assigned(1) => {}
            "schema" => {
                self.advance();
                let schema = self.string()?;
                return Ok(settings("search_path", Some(vec![schema])));
            }
            "transaction" => {
                self.advance();
                if self.eat(&["snapshot"]) {
                    self.string()?;
                } else {
                    self.transaction_modes()?;
                }
                return Ok(settings("transaction", Some(Vec::new())));
            }
            "session" => {
                self.advance();
                if self.eat(&["authorization"]) {
                    if self.is_string() || self.is_unreserved_word() || self.word() == "default" {
                        self.advance();
                    } else {
                        return self.stop("a role");
                    }
                } else {
                    self.expect("characteristics")?;
                    self.expect("as")?;
                    self.expect("transaction")?;
                    self.transaction_modes()?;
                }
                return Ok(settings("session", Some(Vec::new())));
            }
            "role" | "names" | "xml" => {
                let name = self.text().to_ascii_lowercase();
                self.advance();
                match name.as_str() {
                    "role" if self.is_string() || self.is_unreserved_word() => self.advance(),
                    "names" if self.at_end() || self.eat(&["default"]) => {}
                    "names" => drop(self.string()?),
                    "xml"
                        if self.eat(&["option", "document"])
                            || self.eat(&["option", "content"]) => {}
                    _ => return self.stop("a value"),
                }
                return Ok(settings(&name, Some(Vec::new())));
            }
            "time" if self.word_at(1) == "zone" => {
                let name = self.variable_name()?;
                return Ok(settings(&name, self.zone()?));
            }
            _ => {}
        }
        let name = self.variable_name()?;
        if self.eat(&["from", "current"]) {
            return Ok(settings(&name, Some(Vec::new())));
        }
        if !self.eat(&["to"]) {
            self.equals()?;
        }
        if self.eat(&["default"]) {
            return Ok(settings(&name, None));
        }
        let values = self.list(Self::setting_value)?;
        Ok(settings(&name, Some(values)))
    }

    /// `ISOLATION LEVEL …`, `READ ONLY` and the like, at least one.
    fn transaction_modes(&mut self) -> Read<()> {
        const MODES: [&[&str]; 8] = [
            &["isolation", "level", "read", "uncommitted"],
            &["isolation", "level", "read", "committed"],
            &["isolation", "level", "repeatable", "read"],
            &["isolation", "level", "serializable"],
            &["read", "only"],
            &["read", "write"],
            &["deferrable"],
            &["not", "deferrable"],
        ];
        loop {
            if !MODES.into_iter().any(|mode| self.eat(mode)) {
                return self.stop("a mode of transactions");
            }
            // Commas between them may be left out.
            if !self.eat_comma() && self.at_end() {
                return Ok(());
            }
        }
    }

    fn is_assigned(&self, ahead: usize) -> bool {
        self.word_at(ahead) == "to"
            || self.text_at(ahead) == "="
            || self.kind_at(ahead) == Some(TokenKind::Dot)
            || self.word_at(ahead) == "from"
    }

    /// What `SET TIME ZONE` takes.
    fn zone(&mut self) -> Read<Option<Vec<String>>> {
        if self.eat(&["default"]) || self.eat(&["local"]) {
            return Ok(None);
        }
        if self.eat(&["interval"]) {
            if self.eat_open() {
                if !self.eat_kind(TokenKind::Integer) {
                    return self.stop("a precision");
                }
                self.close()?;
                return Ok(Some(vec![self.string()?]));
            }
            let value = self.string()?;
            self.interval_fields(&mut Vec::new())?;
            return Ok(Some(vec![value]));
        }
        // A name is no key word here.
        if self.is_string() || self.is_label() && self.word().is_empty() {
            let is_string = self.is_string();
            let value = if is_string {
                self.string()?
            } else {
                self.take_name().text
            };
            return Ok(Some(vec![value]));
        }
        Ok(Some(vec![self.signed_number()?]))
    }
}
