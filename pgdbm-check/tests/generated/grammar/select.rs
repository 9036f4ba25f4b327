//! Queries: selections, set operations, VALUES.

use super::Grammar;
use super::scope::{Query, Scope};

impl<'s> Grammar<'s> {
    /// A query, of these types where some are wanted.
    pub(crate) fn query(&mut self, want: Option<&[&'s str]>, depth: u32) -> Query<'s> {
        if depth == 0 || self.is_full() {
            return self.selection(want, 0, false);
        }
        let depth = depth - 1;
        match self.choices.weighted(&[78, 10, 5, 7]) {
            1 => self.set_operation(want, depth),
            2 => self.values(want, depth),
            3 => {
                let known = self.tables.len();
                let with = self.with_clause(depth, false);
                let mut query = self.selection(want, depth, true);
                self.tables.truncate(known);
                query.sql = format!("{with}{}", query.sql);
                query
            }
            _ => self.selection(want, depth, true),
        }
    }

    /// What is wanted, or some types.
    fn types(&mut self, want: Option<&[&'s str]>) -> Vec<&'s str> {
        match want {
            Some(types) => types.to_vec(),
            None => (0..=self.choices.below(4))
                .map(|_| self.any_type())
                .collect(),
        }
    }

    fn set_operation(&mut self, want: Option<&[&'s str]>, depth: u32) -> Query<'s> {
        let types = self.types(want);
        let mut query = self.selection(Some(&types), depth, false);
        for _ in 0..=self.choices.below(2) {
            let word =
                self.choices
                    .word(&["UNION ALL", "UNION", "INTERSECT", "EXCEPT", "UNION ALL"]);
            let other = if self.choices.chance(20) {
                self.values(Some(&types), depth)
            } else {
                self.selection(Some(&types), depth, false)
            };
            query.sql = format!("{} {word} {}", query.sql, other.sql);
        }
        if self.choices.chance(25) {
            query.sql += " ORDER BY 1";
        }
        query.sql += &self.limit();
        query
    }

    fn values(&mut self, want: Option<&[&'s str]>, depth: u32) -> Query<'s> {
        let types = self.types(want);
        let rows: Vec<String> = (0..=self.choices.below(2))
            .map(|_| {
                let row: Vec<_> = types
                    .iter()
                    .map(|of| self.expression(of, depth.min(1)))
                    .collect();
                format!("({})", row.join(", "))
            })
            .collect();
        let columns = (1..)
            .zip(&types)
            .map(|(number, of)| (format!("column{number}"), *of));
        Query {
            sql: format!("VALUES {}", rows.join(", ")),
            columns: columns.collect(),
        }
    }

    /// A SELECT; ordered and limited only where that may stand.
    fn selection(&mut self, want: Option<&[&'s str]>, depth: u32, is_whole: bool) -> Query<'s> {
        let (from, columns) = if self.choices.chance(7) {
            (String::new(), Vec::new())
        } else {
            self.from(depth)
        };
        self.scopes.push(Scope::of(columns));
        let query = self.selection_from(&from, want, depth, is_whole);
        self.scopes.pop();
        query
    }

    fn selection_from(
        &mut self,
        from: &str,
        want: Option<&[&'s str]>,
        depth: u32,
        is_whole: bool,
    ) -> Query<'s> {
        let mut tail = String::new();
        if self.choices.chance(45) {
            tail += &format!(" WHERE {}", self.condition(depth));
        }
        if want.is_none() && from.is_empty() || !from.is_empty() && self.choices.chance(22) {
            tail += &self.grouping(depth);
        }
        let is_grouped = self.scopes.last().is_some_and(|scope| scope.keys.is_some());
        if is_whole && self.choices.chance(15) {
            let name = self.alias('w');
            let definition = self.window_definition();
            tail += &format!(" WINDOW {name} AS ({definition})");
            if let Some(scope) = self.scopes.last_mut() {
                scope.window_names.push(name);
            }
        }
        if let Some(scope) = self.scopes.last_mut() {
            scope.windows = depth > 0;
        }
        let distinct = self.choices.weighted(&[88, 7, 5]);
        let mut order = Vec::new();
        let mut head = "SELECT ".to_owned();
        match distinct {
            1 => head += "DISTINCT ",
            2 if is_whole => {
                let of = self.any_type();
                let key = self.keyed(of);
                head += &format!("DISTINCT ON ({key}) ");
                order.push(key);
            }
            _ => {}
        }
        let star = !is_grouped && want.is_none() && !from.is_empty() && self.choices.chance(8);
        let (targets, columns) = if star {
            self.star()
        } else {
            self.targets(want, depth)
        };
        if is_whole && (!order.is_empty() || self.choices.chance(25)) {
            match self.choices.below(3) {
                0 => order.push("1".to_owned()),
                1 if distinct != 1 => {
                    let of = self.any_type();
                    order.push(self.expression(of, depth.min(1)));
                }
                _ => {
                    let name = columns.iter().find(|(name, _)| !name.is_empty());
                    order.extend(name.map(|(name, _)| name.clone()));
                }
            }
        }
        let mut sql = format!("{head}{targets}{from}{tail}");
        if !order.is_empty() {
            let direction = self.choices.word(&["", " DESC", " NULLS LAST"]);
            sql += &format!(" ORDER BY {}{direction}", order.join(", "));
        }
        if is_whole {
            sql += &self.limit();
            if !is_grouped && distinct == 0 && !from.is_empty() && self.choices.chance(3) {
                sql += self
                    .choices
                    .word(&[" FOR UPDATE", " FOR SHARE SKIP LOCKED"]);
            }
        }
        Query { sql, columns }
    }

    fn star(&mut self) -> (String, Vec<(String, &'s str)>) {
        let columns = self.scopes.last().map_or(&[][..], |scope| &scope.columns);
        let qualifier = columns
            .first()
            .map_or("", |column| &column.qualifier)
            .to_owned();
        let columns: Vec<_> = columns
            .iter()
            .map(|column| {
                (
                    column.qualifier.clone(),
                    column.name.clone(),
                    column.type_name,
                )
            })
            .collect();
        let of_one = !qualifier.is_empty() && self.choices.chance(50);
        let columns = columns
            .into_iter()
            .filter(|(of, ..)| !of_one || *of == qualifier)
            .map(|(_, name, type_name)| (name, type_name));
        let sql = if of_one {
            format!("{qualifier}.*")
        } else {
            "*".to_owned()
        };
        (sql, columns.collect())
    }

    fn targets(
        &mut self,
        want: Option<&[&'s str]>,
        depth: u32,
    ) -> (String, Vec<(String, &'s str)>) {
        let types = self.types(want);
        let mut columns = Vec::new();
        let mut targets = Vec::new();
        for of in types {
            let expression = self.expression(of, depth);
            let name = if self.choices.chance(50) {
                self.alias('c')
            } else {
                String::new()
            };
            targets.push(match name.as_str() {
                "" => expression,
                name if self.choices.chance(15) => format!("({expression}) {name}"),
                name => format!("{expression} AS {name}"),
            });
            columns.push((name, of));
        }
        (targets.join(", "), columns)
    }

    fn grouping(&mut self, depth: u32) -> String {
        let mut keys = Vec::new();
        for _ in 0..self.choices.below(4) {
            let of = self.any_type();
            let key = match self.column(of) {
                Some(column) => column,
                None => format!("({})", self.expression(of, 1)),
            };
            keys.push((key, of));
        }
        let names: Vec<&str> = keys.iter().map(|(key, _)| key.as_str()).collect();
        let all = names.join(", ");
        let mut sql = match names.first() {
            None if self.choices.chance(20) => " GROUP BY ()".to_owned(),
            None => String::new(),
            Some(first) => match self.choices.weighted(&[70, 8, 8, 8, 6]) {
                1 => format!(" GROUP BY ROLLUP ({all})"),
                2 => format!(" GROUP BY CUBE ({all})"),
                3 => format!(" GROUP BY GROUPING SETS (({all}), ({first}), ())"),
                4 => format!(" GROUP BY DISTINCT {first}, ROLLUP ({all})"),
                _ => format!(" GROUP BY {all}"),
            },
        };
        if let Some(scope) = self.scopes.last_mut() {
            scope.keys = Some(keys);
        }
        if self.choices.chance(20) {
            sql += &format!(" HAVING {}", self.condition(depth.min(1)));
        }
        sql
    }

    fn limit(&mut self) -> String {
        match self.choices.weighted(&[78, 8, 6, 4, 4]) {
            1 => " LIMIT 3".to_owned(),
            2 => format!(" LIMIT ${}", self.parameter("bigint")),
            3 => " OFFSET 1 ROWS FETCH FIRST 2 ROWS ONLY".to_owned(),
            4 => format!(" LIMIT 5 OFFSET ${}", self.parameter("bigint")),
            _ => String::new(),
        }
    }
}
