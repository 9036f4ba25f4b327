//! The names that the server makes up: of constraints, indexes, sequences. After `makeObjectName` and its callers.

use pgdbm_template::MAX_IDENTIFIER_BYTES;

use super::Replay;
use crate::catalog::{Relation, TEMPORARY};
use crate::hash::HashMap;
use crate::syntax::ast::{AlterAction, StatementKind, TableConstraintKind};
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

/// The first made-up name that is free, of those with this number or a greater one (0: none). The number is part of the suffix,
/// so that it is never what is cut.
fn unused(
    table: &str,
    column: &str,
    suffix: &str,
    number: &mut u32,
    mut taken: impl FnMut(&str) -> bool,
) -> String {
    loop {
        let name = match *number {
            0 => made_up(table, column, suffix),
            number => made_up(table, column, &format!("{suffix}{number}")),
        };
        if !taken(&name) {
            return name;
        }
        *number += 1;
    }
}

/// The numbers of made-up names below which all are taken: the thousandth check of a table does not try the others again.
///
/// They hold as long as no name becomes free.
#[derive(Default)]
pub(super) struct Numbers(HashMap<[String; 4], u32>);

impl Numbers {
    pub(super) fn forget(&mut self) {
        self.0.clear();
    }

    fn unused(
        &mut self,
        relation: &Relation,
        column: &str,
        suffix: &str,
        taken: impl FnMut(&str) -> bool,
    ) -> String {
        let stem = [&relation.schema, &relation.name, column, suffix].map(str::to_owned);
        let number = self.0.entry(stem).or_default();
        unused(&relation.name, column, suffix, number, taken)
    }
}

/// Whether a statement only adds names.
pub(super) fn only_adds(kind: &StatementKind) -> bool {
    match kind {
        // A temporary table may take the place of one whose session is over.
        StatementKind::CreateTable(table) => {
            !table.temporary && table.name.schema() != Some(TEMPORARY)
        }
        StatementKind::CreateIndex(_) => true,
        StatementKind::AlterRelation(alter) => alter.actions.iter().all(|action| match action {
            AlterAction::AddColumn { .. } => true,
            AlterAction::AddConstraint(constraint) => !matches!(
                constraint.kind,
                TableConstraintKind::PrimaryKeyUsingIndex(_)
                    | TableConstraintKind::UniqueUsingIndex(_)
            ),
            _ => false,
        }),
        _ => false,
    }
}

impl Replay<'_> {
    /// A name for a sequence or an index that is no constraint's.
    pub(super) fn relation_name(
        &mut self,
        relation: &Relation,
        column: &str,
        suffix: &str,
    ) -> String {
        let mut numbers = std::mem::take(&mut self.numbers);
        let name = numbers.unused(relation, column, suffix, |name| {
            self.is_taken(&relation.schema, name)
        });
        self.numbers = numbers;
        name
    }

    /// A name for a constraint. One that has an index must be free among the relations, too.
    pub(super) fn constraint_name(
        &mut self,
        relation: &Relation,
        column: &str,
        suffix: &str,
        has_index: bool,
    ) -> String {
        let mut numbers = std::mem::take(&mut self.numbers);
        let name = numbers.unused(relation, column, suffix, |name| {
            (has_index && (self.is_taken(&relation.schema, name) || relation.name == name))
                || self.catalog.is_constraint(&relation.schema, name)
        });
        self.numbers = numbers;
        name
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
        let second = unused(table, column, "key", &mut 0, |name| name == first);
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
