//! The simplest expressions: constants, columns, parameters.

use super::Grammar;
use crate::samples;

impl<'s> Grammar<'s> {
    /// An expression without parts.
    pub(crate) fn leaf(&mut self, want: &'s str) -> String {
        match self.choices.weighted(&[14, 56, 10, 9, 8, 3]) {
            1 => self.column(want).unwrap_or_else(|| self.constant(want)),
            2 => {
                let number = self.parameter(want);
                format!("${number}::{want}")
            }
            3 => format!("${}", self.parameter(want)),
            4 => self.quoted(want),
            5 if self.choices.chance(50) => "NULL".to_owned(),
            5 => format!("NULL::{want}"),
            _ => self.constant(want),
        }
    }

    /// A column or, in a grouped query, a key or an aggregate.
    pub(crate) fn column(&mut self, want: &'s str) -> Option<String> {
        let outward = self.choices.chance(15) && self.scopes.len() > 1;
        let index = self.scopes.len().checked_sub(if outward { 2 } else { 1 })?;
        let scope = self.scopes.get(index)?;
        if let Some(keys) = &scope.keys {
            let keys: Vec<&String> = keys
                .iter()
                .filter(|(_, type_name)| *type_name == want)
                .map(|(sql, _)| sql)
                .collect();
            return match keys.get(self.choices.below(keys.len())) {
                Some(key) => Some((*key).clone()),
                None if outward => None,
                None => self.aggregate(want, 1),
            };
        }
        // The varying and the fixed forms of text are as good as one another, mostly.
        let columns: Vec<_> = scope
            .columns
            .iter()
            .filter(|column| column.type_name == want)
            .collect();
        let column = columns.get(self.choices.below(columns.len()))?;
        let is_alone = scope
            .columns
            .iter()
            .filter(|one| one.name == column.name)
            .count()
            == 1;
        let unqualified = column.qualifier.is_empty() || is_alone && self.choices.chance(25);
        Some(if unqualified {
            column.name.clone()
        } else {
            format!("{}.{}", column.qualifier, column.name)
        })
    }

    /// The number of a parameter: a new one, or one that was made for the same type before.
    pub(crate) fn parameter(&mut self, want: &'s str) -> usize {
        if self.choices.chance(20)
            && let Some(index) = self.parameters.iter().position(|one| *one == want)
        {
            return index + 1;
        }
        self.parameters.push(want);
        self.parameters.len()
    }

    /// A constant that says its type.
    pub(crate) fn constant(&mut self, want: &'s str) -> String {
        let Some(sample) = self.choices.pick(samples::of(want)) else {
            return format!("NULL::{want}");
        };
        match want {
            "integer" | "numeric" => sample.to_owned(),
            "boolean" => sample.replace('t', "true").replace("truerue", "true"),
            _ if want.starts_with("timestamp") || self.choices.chance(30) => {
                format!("CAST('{sample}' AS {want})")
            }
            _ => format!("'{sample}'::{want}"),
        }
    }

    /// A constant that leaves its type to where it stands.
    pub(crate) fn quoted(&mut self, want: &'s str) -> String {
        match self.choices.pick(samples::of(want)) {
            Some(sample) if samples::is_numeric(want) && !self.choices.chance(40) => {
                sample.to_owned()
            }
            Some(sample) => format!("'{sample}'"),
            None => "NULL".to_owned(),
        }
    }
}
