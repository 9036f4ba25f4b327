//! Aggregates and window functions.

use super::{Prover, Scope};
use crate::catalog::{Function, PG_CATALOG};
use crate::tree::{AggregateCall, Expr, WindowCall};

/// What an aggregate gives for at least one row.
enum OfRows {
    /// A value, whatever the rows hold.
    Always,
    /// A value if its first argument is never null.
    OfValues,
    Unknown,
}

fn of_rows(function: &Function) -> OfRows {
    if function.schema != PG_CATALOG || function.origin.is_some() {
        return OfRows::Unknown;
    }
    match function.name.as_str() {
        "array_agg" | "json_agg" | "jsonb_agg" | "json_object_agg" | "jsonb_object_agg" => {
            OfRows::Always
        }
        "sum" | "avg" | "min" | "max" | "string_agg" | "bool_and" | "bool_or" | "every"
        | "bit_and" | "bit_or" => OfRows::OfValues,
        _ => OfRows::Unknown,
    }
}

fn is_count(function: &Function) -> bool {
    function.schema == PG_CATALOG && function.origin.is_none() && function.name == "count"
}

impl Prover<'_> {
    pub(super) fn aggregate(&self, call: &AggregateCall, scope: &Scope<'_>) -> bool {
        if is_count(&call.function) {
            return true;
        }
        let query = scope.query;
        let never_empty = call.level == 0
            && !query.group_by.is_empty()
            && !query.grouping_sets
            && !query.empty_grouping_set;
        never_empty
            && call.filter.is_none()
            && self.of_some_rows(&call.function, &call.arguments, scope)
    }

    fn of_some_rows(&self, function: &Function, arguments: &[Expr], scope: &Scope<'_>) -> bool {
        match of_rows(function) {
            OfRows::Always => true,
            OfRows::OfValues => arguments
                .first()
                .is_some_and(|first| self.not_null(first, scope)),
            OfRows::Unknown => false,
        }
    }

    pub(super) fn window(&self, call: &WindowCall, scope: &Scope<'_>) -> bool {
        if is_count(&call.function) {
            return true;
        }
        if call.function.schema != PG_CATALOG || call.function.origin.is_some() {
            return false;
        }
        let all = || {
            call.arguments
                .iter()
                .all(|argument| self.not_null(argument, scope))
        };
        match call.function.name.as_str() {
            "row_number" | "rank" | "dense_rank" | "percent_rank" | "cume_dist" => true,
            "ntile" => all(),
            // With a default for what lies outside.
            "lag" | "lead" => call.arguments.len() == 3 && all(),
            _ => {
                // The frame that is there when none is written holds the current row.
                let own_frame = scope
                    .query
                    .windows
                    .get(call.window)
                    .is_none_or(|window| window.frame.is_some());
                if own_frame || call.filter.is_some() {
                    return false;
                }
                match call.function.name.as_str() {
                    "first_value" | "last_value" => all(),
                    _ => self.of_some_rows(&call.function, &call.arguments, scope),
                }
            }
        }
    }
}
