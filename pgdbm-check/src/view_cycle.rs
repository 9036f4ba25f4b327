//! Views that stand above themselves: CREATE OR REPLACE VIEW makes them, and every query that reads one fails.

use crate::hash::HashMap;

use pgdbm_template::Code;

use crate::catalog::{Catalog, RelationKind, TypeId};
use crate::failure::Failure;
use crate::syntax::ast::Span;
use crate::tree::{Query, uses};

/// What the server says of a query that only reads, where a view under it reads itself.
pub(crate) fn beneath(catalog: &Catalog, query: &Query, span: Span) -> Option<Box<Failure>> {
    let writes = |query: &Query| query.change.is_some();
    let tables = query.common_tables.iter();
    let mut inner = tables.filter_map(|table| table.query.as_deref());
    // The target of a change may be left to a trigger, and what nobody could read may have made the view anew.
    if writes(query) || inner.any(writes) || catalog.unreadable(Code::InvalidDefinition).is_some() {
        return None;
    }
    let mut walk = Walk {
        catalog,
        states: HashMap::default(),
        open: Vec::new(),
    };
    let view = uses::of_query(catalog, query)
        .relations
        .into_iter()
        .find_map(|relation| walk.repeated_from(relation))?;
    let relation = catalog.relation_of(view)?;
    Some(
        Failure::error(
            Code::InvalidDefinition,
            span,
            format!(
                "infinite recursion in rules: the view `{}` reads itself",
                relation.name
            ),
        )
        .made(&relation.name, relation.origin)
        .help("replace it by one that reads other relations"),
    )
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    Open,
    Done,
}

struct Walk<'c> {
    catalog: &'c Catalog,
    states: HashMap<TypeId, State>,
    /// Views in work, one under the other, each with what it reads and was not yet looked at.
    open: Vec<(TypeId, Vec<TypeId>)>,
}

impl Walk<'_> {
    /// The first view met that is in work already.
    fn repeated_from(&mut self, start: TypeId) -> Option<TypeId> {
        if self.enter(start) {
            return Some(start);
        }
        while let Some((view, left)) = self.open.last_mut() {
            match left.pop() {
                Some(next) => {
                    if self.enter(next) {
                        return Some(next);
                    }
                }
                None => {
                    self.states.insert(*view, State::Done);
                    self.open.pop();
                }
            }
        }
        None
    }

    /// Opens a view that was not seen before; whether it is open already.
    fn enter(&mut self, id: TypeId) -> bool {
        if let Some(state) = self.states.get(&id) {
            return *state == State::Open;
        }
        let Some(relation) = self.catalog.relation_of(id) else {
            return false;
        };
        if let Some(view) = &relation.view
            && relation.kind == RelationKind::View
            && !relation.doubtful
        {
            let mut reads = view.uses.relations.clone();
            reads.reverse();
            self.states.insert(id, State::Open);
            self.open.push((id, reads));
        }
        false
    }
}
