//! WITH clauses: plain, recursive, and such that change rows.

use super::Grammar;
use super::scope::{Named, Scope};

impl<'s> Grammar<'s> {
    /// A WITH clause; its queries stay known until the caller forgets them.
    pub(crate) fn with_clause(&mut self, depth: u32, changes: bool) -> String {
        // The queries of an outer statement are not in reach of a condition of an inner WITH query, nor are its columns, mostly.
        let recursive = !changes && self.choices.chance(30);
        let mut queries = Vec::new();
        for _ in 0..=self.choices.below(2) {
            let name = self.alias('q');
            let (sql, columns) = if recursive {
                self.recursive(&name, depth)
            } else if changes {
                self.change(depth)
            } else {
                let query = self.query(None, depth);
                let names = self.names(&query.columns);
                let columns = names
                    .into_iter()
                    .zip(query.columns.into_iter().map(|(_, of)| of));
                (query.sql, columns.collect())
            };
            let names: Vec<_> = columns.iter().map(|(name, _)| name.as_str()).collect();
            let list = if names.is_empty() {
                String::new()
            } else {
                format!(" ({})", names.join(", "))
            };
            let how = self
                .choices
                .word(&["", "", "MATERIALIZED ", "NOT MATERIALIZED "]);
            queries.push(format!("{name}{list} AS {how}({sql})"));
            if !columns.is_empty() {
                self.tables.push(Named { name, columns });
            }
        }
        let word = if recursive { "WITH RECURSIVE" } else { "WITH" };
        format!("{word} {} ", queries.join(", "))
    }

    /// A query that reads itself, under names of its own.
    fn recursive(&mut self, name: &str, depth: u32) -> (String, Vec<(String, &'s str)>) {
        let types: Vec<&'s str> = (0..=self.choices.below(2))
            .map(|_| self.any_type())
            .collect();
        let columns: Vec<_> = types.iter().map(|of| (self.alias('n'), *of)).collect();
        // Another WITH query may not be named in the place of this one.
        let first: Vec<_> = types.iter().map(|of| self.constant(of)).collect();
        let start = if self.choices.chance(40) {
            self.query(Some(&types), depth).sql
        } else {
            format!("SELECT {}", first.join(", "))
        };
        let alias = self.alias('t');
        self.scopes
            .push(Scope::of(super::from::reachable(&alias, columns.clone())));
        let targets: Vec<_> = types
            .iter()
            .map(|of| self.expression(of, depth.min(1)))
            .collect();
        let condition = self.condition(depth.min(1));
        self.scopes.pop();
        let word = self.choices.word(&["UNION ALL", "UNION"]);
        let sql = format!(
            "({start}) {word} SELECT {} FROM {name} AS {alias} WHERE {condition}",
            targets.join(", ")
        );
        (sql, columns)
    }

    /// A statement that may have a WITH clause before it.
    pub(crate) fn with_statement(&mut self, make: fn(&mut Self, u32) -> String) -> String {
        let with = if self.choices.chance(12) {
            self.with_clause(1, false)
        } else {
            String::new()
        };
        let sql = make(self, 2);
        format!("{with}{sql}")
    }

    /// A query over the rows that WITH queries change.
    pub(crate) fn with_changes(&mut self) -> String {
        let with = self.with_clause(1, true);
        let query = self.query(None, 1);
        format!("{with}{}", query.sql)
    }
}
