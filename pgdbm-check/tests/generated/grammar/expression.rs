//! Expressions of a wanted type.

use super::Grammar;
use crate::schema::Routine;

impl<'s> Grammar<'s> {
    /// An expression that is mostly of this type.
    pub(crate) fn expression(&mut self, want: &'s str, depth: u32) -> String {
        if depth == 0 || self.is_full() {
            return self.leaf(want);
        }
        let depth = depth - 1;
        if want == "boolean" && self.choices.chance(75) {
            return self.condition(depth);
        }
        match self
            .choices
            .weighted(&[30, 17, 17, 5, 5, 3, 3, 4, 6, 6, 8, 6])
        {
            1 => self.operator(want, depth),
            2 => self.function(want, depth),
            3 => self.case(want, depth),
            4 => self.listed("coalesce", want, depth),
            5 => {
                let (left, right) = self.both(want, depth);
                format!("nullif({left}, {right})")
            }
            6 => {
                let name = self.choices.word(&["greatest", "least"]);
                self.listed(name, want, depth)
            }
            7 => self.scalar_query(want, depth),
            8 => self.cast(want, depth),
            9 => self.part(want, depth),
            10 => self.call(want, depth),
            11 => self.phrase(want, depth),
            _ => self.leaf(want),
        }
    }

    /// Two expressions of the type, one of them perhaps of another.
    pub(crate) fn both(&mut self, want: &'s str, depth: u32) -> (String, String) {
        let left = self.expression(want, depth);
        let other = if self.choices.chance(5) {
            self.any_type()
        } else {
            want
        };
        let right = self.expression(other, depth);
        (left, right)
    }

    fn operator(&mut self, want: &'s str, depth: u32) -> String {
        let Some(routine) = self.routine(self.schema.operators.get(want)) else {
            return self.leaf(want);
        };
        let arguments = self.arguments(routine, depth);
        let name = if self.choices.chance(4) {
            format!("OPERATOR(pg_catalog.{})", routine.name)
        } else {
            routine.name.clone()
        };
        let sql = match arguments.as_slice() {
            [right] => format!("{name} {right}"),
            arguments => arguments.join(&format!(" {name} ")),
        };
        if self.choices.chance(15) {
            sql
        } else {
            format!("({sql})")
        }
    }

    fn function(&mut self, want: &'s str, depth: u32) -> String {
        let Some(routine) = self.routine(self.schema.functions.get(want)) else {
            return self.leaf(want);
        };
        let arguments = self.arguments(routine, depth);
        format!("{}({})", routine.name, arguments.join(", "))
    }

    /// One of these routines.
    pub(crate) fn routine(&mut self, routines: Option<&'s Vec<Routine>>) -> Option<&'s Routine> {
        let routines = routines?;
        routines.get(self.choices.below(routines.len()))
    }

    pub(crate) fn arguments(&mut self, routine: &'s Routine, depth: u32) -> Vec<String> {
        routine
            .takes
            .iter()
            .map(|want| self.expression(want, depth))
            .collect()
    }

    /// Some expressions of one type.
    pub(crate) fn some(&mut self, want: &'s str, most: usize, depth: u32) -> Vec<String> {
        let count = 1 + self.choices.below(most);
        (0..count).map(|_| self.expression(want, depth)).collect()
    }

    fn listed(&mut self, name: &str, want: &'s str, depth: u32) -> String {
        let of = self.some(want, 3, depth).join(", ");
        format!("{name}({of})")
    }

    fn case(&mut self, want: &'s str, depth: u32) -> String {
        let mut sql = "CASE".to_owned();
        let subject = self.choices.chance(30).then(|| self.any_type());
        if let Some(subject) = subject {
            sql += &format!(" {}", self.expression(subject, depth));
        }
        for _ in 0..=self.choices.below(2) {
            let when = match subject {
                Some(subject) => self.expression(subject, depth),
                None => self.condition(depth),
            };
            let then = self.expression(want, depth);
            sql += &format!(" WHEN {when} THEN {then}");
        }
        if self.choices.chance(60) {
            sql += &format!(" ELSE {}", self.expression(want, depth));
        }
        sql + " END"
    }

    fn scalar_query(&mut self, want: &'s str, depth: u32) -> String {
        if self.choices.chance(20)
            && let Some(element) = self.schema.elements.get(want)
        {
            return format!("ARRAY({})", self.query(Some(&[element]), depth).sql);
        }
        format!("({})", self.query(Some(&[want]), depth).sql)
    }

    fn cast(&mut self, want: &'s str, depth: u32) -> String {
        let sources = self.schema.casts.get(want);
        let index = self.choices.below(sources.map_or(0, Vec::len));
        let from = match sources.and_then(|sources| sources.get(index)) {
            Some(source) if !self.choices.chance(25) => source,
            _ => "text",
        };
        let operand = self.expression(from, depth);
        if self.choices.chance(70) {
            format!("CAST({operand} AS {want})")
        } else {
            format!("({operand})::{want}")
        }
    }

    /// An element, a slice, a field, a member; or the reverse: an array or a row made of parts.
    fn part(&mut self, want: &'s str, depth: u32) -> String {
        if let Some(element) = self.schema.elements.get(want).map(String::as_str) {
            if self.choices.chance(40) {
                let array = self.expression(want, depth);
                let low = self.expression("integer", depth);
                let high = self.expression("integer", depth);
                let bounds = self.choices.word(&["l:h", ":h", "l:", ":"]);
                let bounds = bounds.replace('l', "\u{1}").replace('h', "\u{2}");
                let bounds = bounds.replace('\u{1}', &low).replace('\u{2}', &high);
                return format!("({array})[{bounds}]");
            }
            return format!("ARRAY[{}]", self.some(element, 3, depth).join(", "));
        }
        if let Some(fields) = self.schema.fields.get(want) {
            let fields: Vec<String> = fields
                .iter()
                .map(|(_, field)| self.expression(field, depth))
                .collect();
            return format!("ROW({})::{want}", fields.join(", "));
        }
        if self.choices.chance(40) {
            let field = self.schema.fields.iter().find_map(|(composite, fields)| {
                let (field, _) = fields.iter().find(|(_, of)| of == want)?;
                Some((composite, field))
            });
            if let Some((composite, field)) = field {
                return format!("({}).{field}", self.expression(composite, depth));
            }
        }
        if want == "jsonb" {
            let whole = self.expression("jsonb", depth);
            let key = if self.choices.chance(50) {
                "text"
            } else {
                "integer"
            };
            return format!("({whole})[{}]", self.expression(key, depth));
        }
        let array = self
            .schema
            .elements
            .iter()
            .find(|(_, element)| *element == want);
        match array {
            Some((array, _)) => {
                let array = self.expression(array, depth);
                let index = self.expression("integer", depth);
                format!("({array})[{index}]")
            }
            None => self.leaf(want),
        }
    }

    /// What has a grammar of its own.
    fn phrase(&mut self, want: &'s str, depth: u32) -> String {
        match want {
            "text" => match self.choices.below(6) {
                0 => {
                    let side = self.choices.word(&["", "both ", "leading ", "trailing "]);
                    let (what, from) = self.both("text", depth);
                    format!("trim({side}{what} FROM {from})")
                }
                1 => {
                    let text = self.expression("text", depth);
                    let start = self.expression("integer", depth);
                    format!("substring({text} FROM {start} FOR 2)")
                }
                2 => {
                    let (text, pattern) = self.both("text", depth);
                    format!("substring({text} FROM {pattern})")
                }
                3 => {
                    let (text, new) = self.both("text", depth);
                    let start = self.expression("integer", depth);
                    format!("overlay({text} PLACING {new} FROM {start})")
                }
                4 => format!("({} COLLATE \"C\")", self.expression("text", depth)),
                _ => {
                    let of = self.any_type();
                    let of = self.expression(of, depth);
                    let text = self.expression("text", depth);
                    let name = self.choices.word(&["concat", "format", "concat_ws"]);
                    format!("{name}({text}, {of})")
                }
            },
            "integer" => {
                let (what, within) = self.both("text", depth);
                format!("position({what} IN {within})")
            }
            "numeric" => {
                let field = self.choices.word(&["year", "epoch", "day"]);
                let of = self
                    .choices
                    .word(&["timestamp with time zone", "date", "interval"]);
                format!("extract({field} FROM {})", self.expression(of, depth))
            }
            "timestamp with time zone" | "timestamp without time zone" => {
                let with = "timestamp with time zone";
                let of = if want == with {
                    "timestamp without time zone"
                } else {
                    with
                };
                let of = self.expression(of, depth);
                let zone = self.expression("text", depth);
                format!("({of} AT TIME ZONE {zone})")
            }
            "json" | "jsonb" => {
                let of = self.any_type();
                let value = self.expression(of, depth);
                match self.choices.below(3) {
                    0 => format!("to_{want}({value})"),
                    1 => format!("{want}_build_object('k', {value})"),
                    _ => format!("{want}_build_array({value}, 1)"),
                }
            }
            "interval" => self
                .choices
                .word(&["interval '1 day'", "interval '1' hour"])
                .to_owned(),
            "date" => "current_date".to_owned(),
            _ => self.leaf(want),
        }
    }
}
