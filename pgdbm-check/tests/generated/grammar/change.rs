//! INSERT, UPDATE, DELETE, MERGE.

use super::Grammar;
use super::scope::{Reachable, Scope};
use crate::schema::{Attribute, Relation};

impl<'s> Grammar<'s> {
    /// A statement that gives the rows that it changes, and their columns under new names.
    pub(crate) fn change(&mut self, depth: u32) -> (String, Vec<(String, &'s str)>) {
        let form = self.choices.below(3);
        let (sql, types) = match form {
            0 => self.insert_returning(depth, true),
            1 => self.update_returning(depth, true),
            _ => self.delete_returning(depth, true),
        };
        let columns = types.into_iter().map(|of| (self.alias('n'), of)).collect();
        (sql, columns)
    }

    /// An INSERT.
    pub(crate) fn insert(&mut self, depth: u32) -> String {
        self.insert_returning(depth, false).0
    }

    /// An UPDATE.
    pub(crate) fn update(&mut self, depth: u32) -> String {
        self.update_returning(depth, false).0
    }

    /// A DELETE.
    pub(crate) fn delete(&mut self, depth: u32) -> String {
        self.delete_returning(depth, false).0
    }

    fn target(&mut self) -> Option<&'s Relation> {
        let tables = self.schema.tables();
        self.choices.pick(&tables)
    }

    /// Columns to give values to: those that must have one, and some others.
    fn written(&mut self, relation: &'s Relation) -> Vec<&'s Attribute> {
        let careless = self.choices.chance(5);
        let most = relation.columns.len().min(12);
        relation
            .columns
            .iter()
            .filter(|column| {
                let must = column.not_null && !column.has_default && !careless;
                must || (!column.is_generated && self.choices.below(most) < 2)
            })
            .collect()
    }

    fn insert_returning(&mut self, depth: u32, returns: bool) -> (String, Vec<&'s str>) {
        let Some(relation) = self.target() else {
            return (String::new(), Vec::new());
        };
        let alias = self.alias('i');
        let columns = self.written(relation);
        let types: Vec<&'s str> = columns.iter().map(|one| one.type_name.as_str()).collect();
        let names: Vec<&str> = columns.iter().map(|one| one.name.as_str()).collect();
        let mut sql = format!("INSERT INTO {} AS {alias}", relation.name);
        if columns.is_empty() {
            sql += " DEFAULT VALUES";
        } else if self.choices.chance(35) {
            let query = self.query(Some(&types), depth);
            sql += &format!(" ({}) {}", names.join(", "), query.sql);
        } else {
            let rows: Vec<String> = (0..=self.choices.below(2))
                .map(|_| {
                    let row: Vec<_> = types.iter().map(|of| self.assigned(of, depth)).collect();
                    format!("({})", row.join(", "))
                })
                .collect();
            sql += &format!(" ({}) VALUES {}", names.join(", "), rows.join(", "));
        }
        let own = of_relation(&alias, relation);
        if self.choices.chance(30) {
            sql += &self.on_conflict(relation, &own, depth);
        }
        self.scopes.push(Scope::of(own));
        let (returning, types) = self.returning(depth, returns);
        self.scopes.pop();
        (sql + &returning, types)
    }

    fn on_conflict(&mut self, relation: &'s Relation, own: &[Reachable<'s>], depth: u32) -> String {
        let index = self.choices.below(relation.unique.len());
        let Some(key) = relation
            .unique
            .get(index)
            .filter(|_| !self.choices.chance(20))
        else {
            return " ON CONFLICT DO NOTHING".to_owned();
        };
        let key = key.join(", ");
        if self.choices.chance(30) {
            return format!(" ON CONFLICT ({key}) DO NOTHING");
        }
        let mut scope = Scope::of(own.to_vec());
        scope.columns.extend(of_relation("excluded", relation));
        self.scopes.push(scope);
        let set = self.assignments(relation, depth);
        let condition = if self.choices.chance(30) {
            format!(" WHERE {}", self.condition(depth))
        } else {
            String::new()
        };
        self.scopes.pop();
        format!(" ON CONFLICT ({key}) DO UPDATE SET {set}{condition}")
    }

    /// A value to write.
    fn assigned(&mut self, of: &'s str, depth: u32) -> String {
        match self.choices.weighted(&[50, 35, 5, 10]) {
            1 => format!("${}", self.parameter(of)),
            2 => "DEFAULT".to_owned(),
            3 => self.quoted(of),
            _ => self.expression(of, depth),
        }
    }

    /// What follows SET.
    fn assignments(&mut self, relation: &'s Relation, depth: u32) -> String {
        let mut left: Vec<&'s Attribute> = relation
            .columns
            .iter()
            .filter(|column| !column.is_generated)
            .collect();
        let mut assignments = Vec::new();
        for _ in 0..=self.choices.below(3) {
            if left.is_empty() {
                break;
            }
            let column = left.remove(self.choices.below(left.len()));
            let (name, of) = (&column.name, column.type_name.as_str());
            if left.len() > 1 && self.choices.chance(15) {
                let other = left.remove(self.choices.below(left.len()));
                let types = [of, other.type_name.as_str()];
                let value = if self.choices.chance(50) {
                    self.query(Some(&types), depth).sql
                } else {
                    let [one, two] = types.map(|of| self.assigned(of, depth));
                    format!("{one}, {two}")
                };
                assignments.push(format!("({name}, {}) = ({value})", other.name));
                continue;
            }
            if let Some(element) = self.schema.elements.get(of)
                && self.choices.chance(40)
            {
                let index = self.expression("integer", depth.min(1));
                let value = self.expression(element, depth);
                assignments.push(format!("{name}[{index}] = {value}"));
                continue;
            }
            if let Some((field, of)) = self.schema.fields.get(of).and_then(|fields| fields.first())
                && self.choices.chance(60)
            {
                let value = self.expression(of, depth);
                assignments.push(format!("{name}.{field} = {value}"));
                continue;
            }
            let value = self.assigned(of, depth);
            assignments.push(format!("{name} = {value}"));
        }
        assignments.join(", ")
    }

    fn update_returning(&mut self, depth: u32, returns: bool) -> (String, Vec<&'s str>) {
        let Some(relation) = self.target() else {
            return (String::new(), Vec::new());
        };
        let alias = self.alias('u');
        let mut columns = of_relation(&alias, relation);
        let mut from = String::new();
        if self.choices.chance(35) {
            let (sql, others) = self.from(depth.min(1));
            from = sql;
            columns.extend(others);
        }
        self.scopes.push(Scope::of(columns));
        let set = self.assignments(relation, depth);
        let mut sql = format!("UPDATE {} AS {alias} SET {set}{from}", relation.name);
        sql += &self.filter(depth);
        let (returning, types) = self.returning(depth, returns);
        self.scopes.pop();
        (sql + &returning, types)
    }

    fn delete_returning(&mut self, depth: u32, returns: bool) -> (String, Vec<&'s str>) {
        let Some(relation) = self.target() else {
            return (String::new(), Vec::new());
        };
        let alias = self.alias('x');
        let mut columns = of_relation(&alias, relation);
        let mut sql = format!("DELETE FROM {} AS {alias}", relation.name);
        if self.choices.chance(35) {
            let (from, others) = self.from(depth.min(1));
            sql += &from.replacen(" FROM ", " USING ", 1);
            columns.extend(others);
        }
        self.scopes.push(Scope::of(columns));
        sql += &self.filter(depth);
        let (returning, types) = self.returning(depth, returns);
        self.scopes.pop();
        (sql + &returning, types)
    }

    fn filter(&mut self, depth: u32) -> String {
        if self.choices.chance(80) {
            format!(" WHERE {}", self.condition(depth))
        } else {
            String::new()
        }
    }

    fn returning(&mut self, depth: u32, returns: bool) -> (String, Vec<&'s str>) {
        if !returns && !self.choices.chance(50) {
            return (String::new(), Vec::new());
        }
        let types: Vec<&'s str> = (0..=self.choices.below(3))
            .map(|_| self.any_type())
            .collect();
        let mut targets: Vec<_> = types.iter().map(|of| self.expression(of, depth)).collect();
        if !returns && self.choices.chance(25) {
            targets.push("*".to_owned());
        }
        (format!(" RETURNING {}", targets.join(", ")), types)
    }

    /// A MERGE.
    pub(crate) fn merge(&mut self, depth: u32) -> String {
        let Some(relation) = self.target() else {
            return String::new();
        };
        let alias = self.alias('m');
        let own = of_relation(&alias, relation);
        let (from, source) = self.from(0);
        let mut both = own;
        both.extend(source.iter().cloned());
        self.scopes.push(Scope::of(both));
        let mut sql = format!(
            "MERGE INTO {} AS {alias}{} ON {}",
            relation.name,
            from.replacen(" FROM ", " USING ", 1),
            self.condition(depth.min(1))
        );
        for _ in 0..=self.choices.below(2) {
            let and = if self.choices.chance(30) {
                format!(" AND {}", self.condition(depth.min(1)))
            } else {
                String::new()
            };
            sql += &format!(" WHEN MATCHED{and} THEN ");
            sql += &match self.choices.weighted(&[60, 25, 15]) {
                1 => "DELETE".to_owned(),
                2 => "DO NOTHING".to_owned(),
                _ => format!("UPDATE SET {}", self.assignments(relation, depth)),
            };
        }
        self.scopes.pop();
        if self.choices.chance(60) {
            self.scopes.push(Scope::of(source));
            let columns = self.written(relation);
            let names: Vec<&str> = columns.iter().map(|one| one.name.as_str()).collect();
            let values: Vec<_> = columns
                .iter()
                .map(|one| self.assigned(&one.type_name, depth))
                .collect();
            sql += &if names.is_empty() {
                " WHEN NOT MATCHED THEN INSERT DEFAULT VALUES".to_owned()
            } else {
                format!(
                    " WHEN NOT MATCHED THEN INSERT ({}) VALUES ({})",
                    names.join(", "),
                    values.join(", ")
                )
            };
            self.scopes.pop();
        }
        sql
    }
}

fn of_relation<'s>(qualifier: &str, relation: &'s Relation) -> Vec<Reachable<'s>> {
    let columns = relation.columns.iter();
    super::from::reachable(
        qualifier,
        columns
            .map(|column| (column.name.clone(), column.type_name.as_str()))
            .collect(),
    )
}
