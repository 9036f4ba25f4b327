//! FROM clauses.

use super::Grammar;
use super::scope::{Named, Reachable, Scope};

/// Something to read from: its text, its name, its columns.
type Item<'s> = (String, Vec<Reachable<'s>>);

impl<'s> Grammar<'s> {
    /// A FROM clause and what it puts in reach.
    pub(crate) fn from(&mut self, depth: u32) -> Item<'s> {
        let (mut sql, mut columns) = self.item(depth, &[]);
        let most = if depth == 0 { 1 } else { 2 };
        for _ in 0..self.choices.weighted(&[50, 35, 15]).min(most) {
            (sql, columns) = self.join(&sql, columns, depth);
        }
        (format!(" FROM {sql}"), columns)
    }

    fn join(&mut self, left: &str, mut columns: Vec<Reachable<'s>>, depth: u32) -> Item<'s> {
        let form = self.choices.weighted(&[50, 22, 6, 10, 12]);
        let is_free = form >= 3;
        let (right, others) = if is_free && self.choices.chance(60) {
            self.lateral(depth, &columns)
        } else {
            self.item(depth, &[])
        };
        let kind = self
            .choices
            .word(&["", "LEFT ", "RIGHT ", "FULL ", "LEFT OUTER "]);
        match form {
            1 => {
                let shared: Vec<_> = others
                    .iter()
                    .filter(|one| {
                        columns
                            .iter()
                            .filter(|other| other.name == one.name)
                            .count()
                            == 1
                    })
                    .cloned()
                    .collect();
                let index = self.choices.below(shared.len());
                let Some(shared) = shared.get(index) else {
                    columns.extend(others);
                    return (format!("{left} CROSS JOIN {right}"), columns);
                };
                let name = &shared.name;
                let sql = format!("{left} {kind}JOIN {right} USING ({name})");
                columns.extend(others);
                columns.push(Reachable {
                    qualifier: String::new(),
                    ..shared.clone()
                });
                (sql, columns)
            }
            2 => {
                columns.extend(others);
                (format!("{left} NATURAL {kind}JOIN {right}"), columns)
            }
            3 => {
                columns.extend(others);
                (format!("{left} CROSS JOIN {right}"), columns)
            }
            4 => {
                columns.extend(others);
                (format!("{left}, {right}"), columns)
            }
            _ => {
                let mut scope = Scope::of(columns);
                scope.columns.extend(others);
                self.scopes.push(scope);
                let condition = self.condition(depth.min(1));
                let columns = self
                    .scopes
                    .pop()
                    .map(|scope| scope.columns)
                    .unwrap_or_default();
                (format!("{left} {kind}JOIN {right} ON {condition}"), columns)
            }
        }
    }

    /// Something that may read what stands to its left.
    fn lateral(&mut self, depth: u32, left: &[Reachable<'s>]) -> Item<'s> {
        self.scopes.push(Scope::of(left.to_vec()));
        let (sql, columns) = self.item(depth, &["LATERAL "]);
        self.scopes.pop();
        (sql, columns)
    }

    fn item(&mut self, depth: u32, lateral: &[&str]) -> Item<'s> {
        let weights: &[usize] = match (depth, lateral.is_empty()) {
            (0, _) => &[100],
            (_, true) => &[70, 15, 10],
            (_, false) => &[0, 60, 40],
        };
        match self.choices.weighted(weights) {
            1 => self.derived(depth, lateral.first().copied().unwrap_or_default()),
            2 => self.table_function(depth),
            _ => self.relation(),
        }
    }

    fn relation(&mut self) -> Item<'s> {
        let named = if !self.tables.is_empty() && self.choices.chance(50) {
            let index = self.choices.below(self.tables.len());
            self.tables.get(index).cloned()
        } else {
            let weights: Vec<usize> = self
                .schema
                .relations
                .iter()
                .map(|one| if one.is_table { 4 } else { 1 })
                .collect();
            let index = self.choices.weighted(&weights);
            self.schema.relations.get(index).map(|relation| Named {
                name: relation.name.clone(),
                columns: relation
                    .columns
                    .iter()
                    .map(|column| (column.name.clone(), column.type_name.as_str()))
                    .collect(),
            })
        };
        let Some(named) = named else {
            return (String::new(), Vec::new());
        };
        let alias = self.alias('t');
        let mut columns = named.columns;
        let mut sql = format!("{} AS {alias}", named.name);
        if self.choices.chance(6) {
            let renamed = self.alias('r');
            if let Some((name, _)) = columns.first_mut() {
                name.clone_from(&renamed);
            }
            sql += &format!(" ({renamed})");
        }
        (sql, reachable(&alias, columns))
    }

    fn derived(&mut self, depth: u32, lateral: &str) -> Item<'s> {
        let query = self.query(None, depth.saturating_sub(1));
        let alias = self.alias('d');
        let names = self.names(&query.columns);
        let sql = format!("{lateral}({}) AS {alias} ({})", query.sql, names.join(", "));
        let columns = names
            .into_iter()
            .zip(query.columns.into_iter().map(|(_, of)| of));
        (sql, reachable(&alias, columns.collect()))
    }

    /// New names for columns.
    pub(crate) fn names(&mut self, columns: &[(String, &'s str)]) -> Vec<String> {
        columns.iter().map(|_| self.alias('n')).collect()
    }

    fn table_function(&mut self, depth: u32) -> Item<'s> {
        let alias = self.alias('f');
        let (one, two) = (self.alias('n'), self.alias('n'));
        let depth = depth.saturating_sub(1).min(1);
        match self.choices.below(8) {
            0 => {
                let count = self.expression("integer", depth);
                let sql = format!("generate_series(1, {count}) AS {alias} ({one})");
                (sql, reachable(&alias, vec![(one, "integer")]))
            }
            1 => {
                let arrays: Vec<_> = self.schema.elements.iter().collect();
                let Some((array, element)) = self.choices.pick(&arrays) else {
                    return self.relation();
                };
                let array = self.expression(array, depth);
                let sql = format!("unnest({array}) WITH ORDINALITY AS {alias} ({one}, {two})");
                (
                    sql,
                    reachable(&alias, vec![(one, element), (two, "bigint")]),
                )
            }
            2 => {
                let (left, right) = (
                    self.expression("integer[]", depth),
                    self.expression("text[]", depth),
                );
                let sql = format!("unnest({left}, {right}) AS {alias} ({one}, {two})");
                (
                    sql,
                    reachable(&alias, vec![(one, "integer"), (two, "text")]),
                )
            }
            3 => {
                let of = self.expression("jsonb", depth);
                let sql = format!("jsonb_each({of}) AS {alias} ({one}, {two})");
                (sql, reachable(&alias, vec![(one, "text"), (two, "jsonb")]))
            }
            4 => {
                let of = self.expression("jsonb", depth);
                let of = format!("jsonb_to_recordset({of}) AS {alias} ({one} integer, {two} text)");
                (of, reachable(&alias, vec![(one, "integer"), (two, "text")]))
            }
            5 => {
                let sql = format!("rec() AS {alias} ({one} integer, {two} integer)");
                (
                    sql,
                    reachable(&alias, vec![(one, "integer"), (two, "integer")]),
                )
            }
            6 => {
                let count = self.expression("integer", depth);
                let name = self.choices.word(&["rows", "outs"]);
                let sql = format!("{name}({count}) AS {alias} ({one}, {two})");
                (
                    sql,
                    reachable(&alias, vec![(one, "integer"), (two, "text")]),
                )
            }
            _ => {
                let count = self.expression("integer", depth);
                let array = self.expression("text[]", depth);
                let sql = format!(
                    "ROWS FROM (generate_series(1, {count}), unnest({array})) AS {alias} ({one}, {two})"
                );
                (
                    sql,
                    reachable(&alias, vec![(one, "integer"), (two, "text")]),
                )
            }
        }
    }
}

pub(crate) fn reachable<'s>(
    qualifier: &str,
    columns: Vec<(String, &'s str)>,
) -> Vec<Reachable<'s>> {
    columns
        .into_iter()
        .map(|(name, type_name)| Reachable {
            qualifier: qualifier.to_owned(),
            name,
            type_name,
        })
        .collect()
}
