//! Conditions.

use super::Grammar;

impl<'s> Grammar<'s> {
    /// A condition.
    pub(crate) fn condition(&mut self, depth: u32) -> String {
        if depth == 0 || self.is_full() {
            return self.comparison(0);
        }
        let depth = depth - 1;
        match self
            .choices
            .weighted(&[24, 16, 8, 8, 8, 6, 5, 6, 4, 4, 3, 12])
        {
            1 => {
                let word = self.choices.word(&["AND", "OR"]);
                let left = self.condition(depth);
                let right = self.condition(depth);
                if self.choices.chance(50) {
                    format!("{left} {word} {right}")
                } else {
                    format!("({left} {word} {right})")
                }
            }
            2 => {
                let of = self.any_type();
                let test = self
                    .choices
                    .word(&["IS NULL", "IS NOT NULL", "ISNULL", "NOTNULL"]);
                format!("{} {test}", self.expression(of, depth))
            }
            3 => self.list(depth),
            4 => {
                let of = self.any_type();
                let value = self.expression(of, depth);
                let (low, high) = self.both(of, depth);
                let how = self.choices.word(&["", "NOT "]);
                let symmetric = self.choices.word(&["", "", "", " SYMMETRIC"]);
                format!("{value} {how}BETWEEN{symmetric} {low} AND {high}")
            }
            5 => {
                let (text, pattern) = self.both("text", depth);
                let how =
                    self.choices
                        .word(&["LIKE", "NOT LIKE", "ILIKE", "SIMILAR TO", "~", "!~*"]);
                format!("{text} {how} {pattern}")
            }
            6 => {
                let word = self.choices.word(&["", "NOT "]);
                format!("{word}EXISTS ({})", self.query(None, depth).sql)
            }
            7 => self.quantified(depth),
            8 => self.rows(depth),
            9 => {
                let of = self.any_type();
                let (left, right) = self.both(of, depth);
                let word = self
                    .choices
                    .word(&["IS DISTINCT FROM", "IS NOT DISTINCT FROM"]);
                format!("{left} {word} {right}")
            }
            10 => {
                let test = self
                    .choices
                    .word(&["IS TRUE", "IS NOT FALSE", "IS UNKNOWN"]);
                let value = self.expression("boolean", depth);
                if self.choices.chance(50) {
                    format!("NOT ({value})")
                } else {
                    format!("({value}) {test}")
                }
            }
            11 => {
                let Some(routine) = self.routine(self.schema.operators.get("boolean")) else {
                    return self.comparison(depth);
                };
                match self.arguments(routine, depth).as_slice() {
                    [left, right] => format!("{left} {} {right}", routine.name),
                    _ => self.comparison(depth),
                }
            }
            _ => self.comparison(depth),
        }
    }

    fn comparison(&mut self, depth: u32) -> String {
        let of = self.any_type();
        let sign = self.choices.word(&["=", "<>", "<", ">=", "="]);
        // A side that is a column makes it likely that the other side may leave its type open.
        let left = self
            .column(of)
            .unwrap_or_else(|| self.expression(of, depth));
        let right = self.expression(of, depth);
        format!("{left} {sign} {right}")
    }

    fn list(&mut self, depth: u32) -> String {
        let of = self.any_type();
        let value = self.expression(of, depth);
        let word = self.choices.word(&["IN", "NOT IN"]);
        let within = if self.choices.chance(35) {
            self.query(Some(&[of]), depth).sql
        } else {
            self.some(of, 3, depth).join(", ")
        };
        format!("{value} {word} ({within})")
    }

    fn quantified(&mut self, depth: u32) -> String {
        let arrays: Vec<_> = self.schema.elements.iter().collect();
        let Some((array, element)) = self.choices.pick(&arrays) else {
            return self.comparison(depth);
        };
        let value = self.expression(element, depth);
        let sign = self.choices.word(&["=", "<>", "<"]);
        let quantifier = self.choices.word(&["ANY", "ALL", "SOME"]);
        let of = if self.choices.chance(30) {
            self.query(Some(&[element]), depth).sql
        } else {
            self.expression(array, depth)
        };
        format!("{value} {sign} {quantifier} ({of})")
    }

    fn rows(&mut self, depth: u32) -> String {
        let types: Vec<_> = (0..2).map(|_| self.any_type()).collect();
        let row = |grammar: &mut Self| {
            let parts: Vec<_> = types
                .iter()
                .map(|of| grammar.expression(of, depth))
                .collect();
            format!("({})", parts.join(", "))
        };
        let left = row(self);
        if self.choices.chance(40) {
            return format!("{left} IN ({})", self.query(Some(&types), depth).sql);
        }
        let sign = self.choices.word(&["=", "<>", "<", "IS DISTINCT FROM"]);
        format!("{left} {sign} {}", row(self))
    }
}
