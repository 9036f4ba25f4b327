//! The names that the server makes up: of constraints, indexes, sequences. After `makeObjectName` and its callers.

use pgdbm_template::MAX_IDENTIFIER_BYTES;

use super::Replay;
use crate::catalog::Relation;
use crate::syntax::literal::clipped;

/// `table_column_suffix`, cut to what an identifier holds as the server cuts it: the longer of the first two loses first.
fn made_up(table: &str, column: &str, suffix: &str) -> String {
    let overhead = suffix.len() + 1 + usize::from(!column.is_empty());
    let room = MAX_IDENTIFIER_BYTES.saturating_sub(overhead);
    let (mut first, mut second) = (table.len(), column.len());
    while first + second > room {
        if first > second {
            first -= 1;
        } else {
            second -= 1;
        }
    }
    if column.is_empty() {
        format!("{}_{suffix}", clipped(table, first))
    } else {
        format!(
            "{}_{}_{suffix}",
            clipped(table, first),
            clipped(column, second)
        )
    }
}

/// The first made-up name that is free. The number is part of the suffix, so that it is never what is cut.
fn unused(table: &str, column: &str, suffix: &str, mut taken: impl FnMut(&str) -> bool) -> String {
    let mut name = made_up(table, column, suffix);
    let mut number = 1;
    while taken(&name) {
        name = made_up(table, column, &format!("{suffix}{number}"));
        number += 1;
    }
    name
}

impl Replay<'_> {
    /// A name for a sequence or an index that is no constraint's.
    pub(super) fn relation_name(&self, relation: &Relation, column: &str, suffix: &str) -> String {
        unused(&relation.name, column, suffix, |name| {
            self.is_taken(&relation.schema, name)
        })
    }

    /// A name for a constraint. One that has an index must be free among the relations, too.
    pub(super) fn constraint_name(
        &mut self,
        relation: &Relation,
        column: &str,
        suffix: &str,
        has_index: bool,
    ) -> String {
        unused(&relation.name, column, suffix, |name| {
            (has_index && (self.is_taken(&relation.schema, name) || relation.name == name))
                || has_constraint(relation, name)
                || self.catalog.is_constraint(&relation.schema, name)
        })
    }
}

/// Whether a table has a constraint of this name.
pub(super) fn has_constraint(relation: &Relation, name: &str) -> bool {
    relation.constraint_names().any(|own| own == name)
}

#[cfg(test)]
mod tests {
    use super::{made_up, unused};

    #[test]
    fn a_number_is_not_what_is_cut() {
        let table = "cala_account_set_member_account_sets";
        let column = "account_set_id_member_account_set_id";
        let first = made_up(table, column, "key");
        let second = unused(table, column, "key", |name| name == first);
        assert_eq!(
            first,
            "cala_account_set_member_accou_account_set_id_member_account_key"
        );
        assert_eq!(
            second,
            "cala_account_set_member_accou_account_set_id_member_accoun_key1"
        );
        assert_eq!(second.len(), 63);
    }
}
