//! Joins: which sides may be left empty, once the conditions above have thrown out what they throw out.

use crate::hash::HashSet;

use super::facts::{Facts, when_true};
use crate::syntax::ast::JoinKind;
use crate::tree::FromNode;

/// Walks through a FROM item. `facts` is what is known of the rows above; what inner joins add is added to it. Entries that may
/// be left empty come to `emptied`.
pub(super) fn walk(
    node: &FromNode,
    facts: &mut Facts,
    inside_empty: bool,
    emptied: &mut HashSet<u32>,
) {
    let join = match node {
        FromNode::Entry(entry) => {
            if inside_empty {
                emptied.insert(*entry);
            }
            return;
        }
        FromNode::Join(join) => join,
    };
    // A row that an outer join filled with NULLs does not survive a condition that is strict in any of them.
    let survives = |side: &FromNode| {
        let mut entries = Vec::new();
        collect(side, &mut entries);
        !facts.mention(&entries)
    };
    let (left_empty, right_empty) = match join.kind {
        JoinKind::Cross | JoinKind::Inner => (false, false),
        JoinKind::Left => (false, survives(&join.right)),
        JoinKind::Right => (survives(&join.left), false),
        JoinKind::Full => (survives(&join.left), survives(&join.right)),
    };
    if !left_empty
        && !right_empty
        && !inside_empty
        && let Some(condition) = &join.condition
    {
        facts.add_all(when_true(condition));
    }
    walk(&join.left, facts, inside_empty || left_empty, emptied);
    walk(&join.right, facts, inside_empty || right_empty, emptied);
}

fn collect(node: &FromNode, entries: &mut Vec<u32>) {
    match node {
        FromNode::Entry(entry) => entries.push(*entry),
        FromNode::Join(join) => {
            collect(&join.left, entries);
            collect(&join.right, entries);
        }
    }
}
