//! Transactions in migrations: what is rolled back was never there.

use crate::catalog::Catalog;
use crate::syntax::ast::{Statement, StatementKind, Transaction};

/// The catalogs to which a ROLLBACK goes back.
///
/// They are kept only in texts that hold one. A ROLLBACK without a BEGIN ends the transaction of whoever runs the migration, of
/// which nobody knows here where it began; a server by itself only warns of it.
#[derive(Default)]
pub(super) struct Transactions {
    enabled: bool,
    begin: Option<Catalog>,
    savepoints: Vec<(String, Catalog)>,
}

impl Transactions {
    pub(super) fn of(statements: &[Statement]) -> Self {
        let goes_back = |statement: &Statement| {
            matches!(
                &statement.kind,
                StatementKind::Transaction(
                    Transaction::Rollback { .. } | Transaction::RollbackTo(_)
                )
            )
        };
        Self {
            enabled: statements.iter().any(goes_back),
            ..Self::default()
        }
    }

    pub(super) fn step(&mut self, step: &Transaction, catalog: &mut Catalog) {
        if !self.enabled {
            return;
        }
        match step {
            Transaction::Begin => {
                if self.begin.is_none() {
                    self.begin = Some(catalog.clone());
                }
            }
            Transaction::Commit { chain } => self.end(*chain, catalog),
            Transaction::Rollback { chain } => {
                if let Some(before) = self.begin.take() {
                    *catalog = before;
                }
                self.end(*chain, catalog);
            }
            Transaction::Savepoint(name) => {
                self.savepoints.push((name.text.clone(), catalog.clone()));
            }
            Transaction::Release(name) => {
                if let Some(position) = self.position(&name.text) {
                    self.savepoints.truncate(position);
                }
            }
            Transaction::RollbackTo(name) => {
                if let Some(position) = self.position(&name.text) {
                    self.savepoints.truncate(position + 1);
                    if let Some((_, before)) = self.savepoints.last() {
                        *catalog = before.clone();
                    }
                }
            }
            Transaction::TwoPhase => self.end(false, catalog),
        }
    }

    fn end(&mut self, chain: bool, catalog: &Catalog) {
        self.savepoints.clear();
        self.begin = chain.then(|| catalog.clone());
    }

    fn position(&self, name: &str) -> Option<usize> {
        self.savepoints.iter().rposition(|(own, _)| own == name)
    }
}
