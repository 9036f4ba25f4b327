//! Aggregates and window functions.

use super::Grammar;

impl<'s> Grammar<'s> {
    /// An aggregate or a window function, where one may stand here.
    pub(crate) fn call(&mut self, want: &'s str, depth: u32) -> String {
        let Some(scope) = self.scopes.last() else {
            return self.leaf(want);
        };
        let (is_grouped, windows) = (scope.keys.is_some(), scope.windows);
        let call = if windows && !(is_grouped && self.choices.chance(60)) {
            Some(self.window(want, depth))
        } else if is_grouped {
            self.aggregate(want, depth)
        } else {
            None
        };
        call.unwrap_or_else(|| self.leaf(want))
    }

    /// An aggregate over the columns of a grouped query.
    pub(crate) fn aggregate(&mut self, want: &'s str, depth: u32) -> Option<String> {
        let scope = self.scopes.last_mut()?;
        let keys = scope.keys.take();
        let windows = std::mem::take(&mut scope.windows);
        let depth = depth.min(1);
        let sql = self.bare_aggregate(want, depth).map(|sql| {
            if self.choices.chance(20) {
                format!("{sql} FILTER (WHERE {})", self.condition(depth))
            } else {
                sql
            }
        });
        if let Some(scope) = self.scopes.last_mut() {
            scope.keys = keys;
            scope.windows = windows;
        }
        sql
    }

    fn bare_aggregate(&mut self, want: &'s str, depth: u32) -> Option<String> {
        if want == "bigint" && self.choices.chance(60) {
            return Some("count(*)".to_owned());
        }
        if let Some(element) = self.schema.elements.get(want) {
            let of = self.expression(element, depth);
            return Some(format!("array_agg({of})"));
        }
        match want {
            "boolean" if self.choices.chance(50) => {
                let of = self.condition(depth);
                return Some(format!("bool_or({of})"));
            }
            "double precision" | "interval" if self.choices.chance(30) => {
                let of = self.expression(want, depth);
                return Some(format!("percentile_cont(0.5) WITHIN GROUP (ORDER BY {of})"));
            }
            "json" | "jsonb" => {
                let of = self.any_type();
                let of = self.expression(of, depth);
                return Some(format!("{want}_agg({of})"));
            }
            "text" if self.choices.chance(40) => {
                let (text, order) = self.both("text", depth);
                return Some(format!("string_agg({text}, ',' ORDER BY {order})"));
            }
            _ => {}
        }
        if self.choices.chance(10) {
            let of = self.expression(want, depth);
            return Some(format!("mode() WITHIN GROUP (ORDER BY {of})"));
        }
        let routine = self.routine(self.schema.aggregates.get(want))?;
        let arguments = self.arguments(routine, depth).join(", ");
        let distinct = if self.choices.chance(15) {
            "DISTINCT "
        } else {
            ""
        };
        Some(format!("{}({distinct}{arguments})", routine.name))
    }

    fn window(&mut self, want: &'s str, depth: u32) -> String {
        if let Some(scope) = self.scopes.last_mut() {
            scope.windows = false;
        }
        let call = match want {
            "bigint" if self.choices.chance(60) => {
                let name = self.choices.word(&["row_number", "rank", "dense_rank"]);
                format!("{name}()")
            }
            "double precision" if self.choices.chance(40) => "cume_dist()".to_owned(),
            "integer" if self.choices.chance(20) => "ntile(2)".to_owned(),
            _ => {
                let of = self.expression(want, depth.min(1));
                match self.choices.below(5) {
                    0 => format!("first_value({of})"),
                    1 => format!("lag({of})"),
                    2 => format!("lead({of}, 1, {})", self.expression(want, 0)),
                    3 => format!("nth_value({of}, 2)"),
                    _ => format!("last_value({of})"),
                }
            }
        };
        let names = self
            .scopes
            .last()
            .map_or(&[][..], |scope| &scope.window_names);
        let index = self.choices.below(names.len() + 1);
        let over = match names.get(index) {
            Some(name) => name.clone(),
            None => format!("({})", self.window_definition()),
        };
        if let Some(scope) = self.scopes.last_mut() {
            scope.windows = true;
        }
        format!("{call} OVER {over}")
    }

    /// What stands in the brackets of a window.
    pub(crate) fn window_definition(&mut self) -> String {
        let mut sql = String::new();
        if self.choices.chance(50) {
            let of = self.any_type();
            sql += &format!("PARTITION BY {}", self.keyed(of));
        }
        if self.choices.chance(50) {
            let of = self.any_type();
            let direction = self.choices.word(&["", " DESC", " NULLS FIRST"]);
            sql += &format!(" ORDER BY {}{direction}", self.keyed(of));
            sql += self.choices.word(&[
                "",
                "",
                " ROWS BETWEEN 1 PRECEDING AND CURRENT ROW",
                " ROWS UNBOUNDED PRECEDING",
                " RANGE BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING",
                " GROUPS 1 PRECEDING EXCLUDE TIES",
            ]);
        }
        sql.trim().to_owned()
    }

    /// A column, or a constant where there is none; a bare constant would be refused in some places, or mean a place.
    pub(crate) fn keyed(&mut self, of: &'s str) -> String {
        self.column(of).unwrap_or_else(|| format!("NULL::{of}"))
    }
}
