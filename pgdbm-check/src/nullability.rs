//! Which columns can never be NULL, and which parameters must not be.
//!
//! A column counts as nullable until it is proven otherwise: from constraints, from the kind of joins, from conditions that
//! only hold where it is not null, and from functions of which it was reviewed that they give no NULL for what is no NULL.

mod aggregate;
mod change;
mod facts;
mod join;
mod missing;
mod reviewed;
mod value;

use crate::hash::{HashMap, HashSet};
use std::cell::{Cell, RefCell};
use std::sync::Arc;

pub(crate) use missing::missing_values;

use crate::catalog::{Catalog, Relation, RelationKind, TypeId};
use crate::depth::Depth;
use crate::tree::{Column, Command, ExprKind, Query, RangeKind, SetTree, Variable, Version};
use facts::Facts;

/// What was proven of a statement.
#[derive(Debug, Default)]
pub(crate) struct Nullability {
    /// For each target: it is never null.
    pub(crate) not_null: Vec<bool>,
    /// Parameters that land in columns without NULL.
    pub(crate) required: HashSet<u32>,
}

/// Proves what it can about a query of a text that nests as deep as `depth` says.
pub(crate) fn of(catalog: &Catalog, query: &Query, depth: Depth) -> Nullability {
    let required = change::required_parameters(catalog, query);
    let prover = Prover {
        catalog,
        required: &required,
        levels: Cell::new(depth.levels()),
        queries: Cell::new(MOST_QUERIES),
        assumed: RefCell::default(),
        views: RefCell::default(),
    };
    let not_null = prover.columns(query, None);
    Nullability { not_null, required }
}

/// What holds for a whole proof.
struct Prover<'a> {
    catalog: &'a Catalog,
    required: &'a HashSet<u32>,
    /// So many levels further in may be gone: views and WITH queries nest without a parenthesis in the text.
    levels: Cell<usize>,
    /// So many queries may still be looked at: each may be, more than once, under another.
    queries: Cell<usize>,
    /// What is assumed of recursive tables in work, by the address of their query.
    assumed: RefCell<HashMap<*const Query, Vec<bool>>>,
    views: RefCell<Views>,
}

/// How often queries are looked at in one proof; what comes later counts as nullable.
const MOST_QUERIES: usize = 200_000;

/// How many views one above the other are followed; what is further down counts as nullable.
const MOST_VIEWS: usize = 60;

/// Views whose columns were asked for.
#[derive(Default)]
struct Views {
    /// By their row types. None: in work, which is how a view above itself is noticed.
    known: HashMap<TypeId, Option<Vec<bool>>>,
    in_work: usize,
}

/// A query in work, inside of others.
struct Scope<'s> {
    query: &'s Query,
    outer: Option<&'s Scope<'s>>,
    /// Variables of this query that are not null in the rows it gives.
    facts: Facts,
    /// Entries that outer joins may leave empty.
    emptied: HashSet<u32>,
    /// What the columns of each entry are, once asked for.
    entries: RefCell<HashMap<u32, Vec<bool>>>,
    /// What the columns of each WITH query are, once asked for.
    tables: RefCell<HashMap<usize, Vec<bool>>>,
}

impl Prover<'_> {
    /// For each target of a query: it is never null.
    fn columns(&self, query: &Query, outer: Option<&Scope<'_>>) -> Vec<bool> {
        if query.command == Command::Merge {
            // Which of the branches a row comes from is not told apart.
            return vec![false; query.targets.len()];
        }
        let mut scope = Scope {
            query,
            outer,
            facts: Facts::default(),
            emptied: HashSet::default(),
            entries: RefCell::default(),
            tables: RefCell::default(),
        };
        self.deeper(|| {
            self.queries.set(self.queries.get().checked_sub(1)?);
            self.narrow(&mut scope);
            let targets = query.targets.iter();
            Some(
                targets
                    .map(|target| self.not_null(&target.expr, &scope))
                    .collect(),
            )
        })
        .unwrap_or_else(|| vec![false; query.targets.len()])
    }

    /// Goes a level further in; None where that would be too far.
    fn deeper<R>(&self, work: impl FnOnce() -> Option<R>) -> Option<R> {
        let levels = self.levels.get();
        self.levels.set(levels.checked_sub(1)?);
        let result = work();
        self.levels.set(levels);
        result
    }

    /// What the conditions of a query say of its rows.
    fn narrow(&self, scope: &mut Scope<'_>) {
        let query = scope.query;
        let mut facts = Facts::default();
        if let Some(filter) = &query.filter {
            facts.add_all(facts::when_true(filter));
        }
        if let Some(having) = &query.having {
            facts.add_all(facts::when_true(having));
        }
        for node in &query.from {
            join::walk(node, &mut facts, false, &mut scope.emptied);
        }
        scope.facts = facts;
        self.narrow_by_change(scope);
    }

    /// Whether a variable is never null in the rows of its query.
    fn variable(&self, variable: Variable, scope: &Scope<'_>) -> bool {
        let mut owner = scope;
        for _ in 0..variable.level {
            match owner.outer {
                Some(outer) => owner = outer,
                None => return false,
            }
        }
        let local = Variable {
            level: 0,
            ..variable
        };
        if owner.query.grouping_sets {
            return false;
        }
        if owner.facts.holds(local) {
            return true;
        }
        if owner.emptied.contains(&variable.entry) || !has_version(owner.query, variable.version) {
            return false;
        }
        match variable.column {
            Column::At(index) => usize::try_from(index)
                .ok()
                .and_then(|index| self.entry(variable.entry, owner).get(index).copied())
                .unwrap_or_default(),
            Column::Whole | Column::System => owner
                .query
                .range
                .get(variable.entry as usize)
                .is_some_and(|entry| match &entry.kind {
                    RangeKind::Relation(relation) => is_stored(relation.kind),
                    _ => false,
                }),
        }
    }

    /// What the columns of an entry are, outer joins left aside.
    fn entry(&self, number: u32, scope: &Scope<'_>) -> Vec<bool> {
        if let Some(known) = scope.entries.borrow().get(&number) {
            return known.clone();
        }
        let columns = self.read_entry(number, scope);
        scope.entries.borrow_mut().insert(number, columns.clone());
        columns
    }

    fn read_entry(&self, number: u32, scope: &Scope<'_>) -> Vec<bool> {
        let Some(entry) = scope.query.range.get(number as usize) else {
            return Vec::new();
        };
        match &entry.kind {
            RangeKind::Relation(relation)
                if scope
                    .query
                    .change
                    .as_ref()
                    .is_some_and(|change| change.entry == number)
                    && change::is_rewritten(self.catalog, relation) =>
            {
                Vec::new()
            }
            RangeKind::Relation(relation)
                if scope
                    .query
                    .change
                    .as_ref()
                    .is_some_and(|change| change.entry == number)
                    && scope.query.command != Command::Delete =>
            {
                self.written_columns(relation, 0)
            }
            RangeKind::Excluded(relation) => self.written_columns(relation, 0),
            RangeKind::Relation(relation) => self.relation_columns(relation),
            RangeKind::Subquery(query) => self.columns(query, Some(scope)),
            RangeKind::CommonTable { level, index } => self.common_table(*level, *index, scope),
            RangeKind::Functions {
                functions,
                ordinality,
            } => {
                let mut columns = Vec::new();
                for function in functions {
                    let known = match (&functions[..], &function.call.kind) {
                        ([_], ExprKind::Function(call)) if call.function.returns_set => {
                            reviewed::set_columns(&call.function, function.columns)
                        }
                        ([_], _) if function.scalar && function.columns == 1 => {
                            vec![self.not_null(&function.call, scope)]
                        }
                        _ => Vec::new(),
                    };
                    columns.extend(
                        (0..function.columns)
                            .map(|column| known.get(column).copied().unwrap_or_default()),
                    );
                }
                columns.extend(ordinality.then_some(true));
                columns
            }
            RangeKind::Values(rows) => self.rows(rows, scope),
            RangeKind::TableFunction { not_null, .. } => not_null.clone(),
            RangeKind::Set => match &scope.query.set {
                Some(tree) => self.set(tree, scope),
                None => Vec::new(),
            },
        }
    }

    /// The columns of a relation as it is now, which may be later than a view that reads it.
    fn relation_columns(&self, relation: &Relation) -> Vec<bool> {
        let now = self.catalog.relation_of(relation.row_type);
        let now = now.as_deref().unwrap_or(relation);
        match now.kind {
            RelationKind::Table | RelationKind::PartitionedTable | RelationKind::Sequence => {
                // A constraint can stand on their parent alone.
                let children = self.catalog.descendants(now.row_type);
                let takes_no_null = |child: &Arc<Relation>, column: &str| {
                    let mut attributes = child.attributes.iter();
                    attributes.any(|attribute| attribute.name == column && attribute.not_null)
                };
                relation
                    .attributes
                    .iter()
                    .enumerate()
                    .map(|(index, attribute)| {
                        now.attributes.get(index).is_some_and(|current| {
                            current.name == attribute.name
                                && current.type_id == attribute.type_id
                                && current.not_null
                        }) && children
                            .iter()
                            .all(|child| takes_no_null(child, &attribute.name))
                    })
                    .collect()
            }
            RelationKind::View => match now.view.as_ref().and_then(|view| view.query.as_ref()) {
                Some(query) => self.view_columns(now.row_type, query),
                None => Vec::new(),
            },
            // What was stored there may be older than a constraint, and a foreign server keeps its own.
            RelationKind::ForeignTable
            | RelationKind::MaterializedView
            | RelationKind::CompositeType => Vec::new(),
        }
    }

    fn view_columns(&self, view: TypeId, query: &Query) -> Vec<bool> {
        {
            let mut views = self.views.borrow_mut();
            if let Some(known) = views.known.get(&view) {
                return known.clone().unwrap_or_default();
            }
            if views.in_work >= MOST_VIEWS {
                return Vec::new();
            }
            views.in_work += 1;
            views.known.insert(view, None);
        }
        let columns = self.columns(query, None);
        let mut views = self.views.borrow_mut();
        views.in_work -= 1;
        views.known.insert(view, Some(columns.clone()));
        columns
    }

    /// The columns of rows that are put into a relation: into a view also such as it does not show.
    fn written_columns(&self, relation: &Relation, depth: usize) -> Vec<bool> {
        let now = self.catalog.relation_of(relation.row_type);
        let now = now.as_deref().unwrap_or(relation);
        if now.kind != RelationKind::View {
            return self.relation_columns(relation);
        }
        let query = now.view.as_ref().and_then(|view| view.query.as_ref());
        let Some(query) = query.filter(|_| depth < MOST_VIEWS) else {
            return Vec::new();
        };
        let Some(crate::tree::FromNode::Entry(entry)) = query.from.first() else {
            return Vec::new();
        };
        let Some(RangeKind::Relation(under)) =
            query.range.get(*entry as usize).map(|entry| &entry.kind)
        else {
            return Vec::new();
        };
        let beneath = self.written_columns(under, depth + 1);
        query
            .targets
            .iter()
            .map(|target| match &target.expr.kind {
                ExprKind::Variable(Variable {
                    level: 0,
                    column: Column::At(column),
                    ..
                }) => beneath.get(*column as usize).copied().unwrap_or_default(),
                _ => false,
            })
            .collect()
    }

    fn common_table(&self, level: u32, index: usize, scope: &Scope<'_>) -> Vec<bool> {
        let mut owner = scope;
        for _ in 0..level {
            match owner.outer {
                Some(outer) => owner = outer,
                None => return Vec::new(),
            }
        }
        if let Some(known) = owner.tables.borrow().get(&index) {
            return known.clone();
        }
        let Some(query) = owner
            .query
            .common_tables
            .get(index)
            .and_then(|table| table.query.as_ref().map(|query| (table.recursive, query)))
        else {
            return Vec::new();
        };
        let columns = match query {
            (false, query) => self.columns(query, Some(owner)),
            (true, query) => {
                let key: *const Query = &raw const **query;
                if let Some(assumed) = self.assumed.borrow().get(&key) {
                    return assumed.clone();
                }
                self.recursive_table(query, owner)
            }
        };
        owner.tables.borrow_mut().insert(index, columns.clone());
        columns
    }

    /// The greatest assumption that its own consequence bears out.
    fn recursive_table(&self, query: &Query, owner: &Scope<'_>) -> Vec<bool> {
        let key: *const Query = &raw const *query;
        let mut assumed = vec![true; query.targets.len()];
        loop {
            self.assumed.borrow_mut().insert(key, assumed.clone());
            let found = self.columns(query, Some(owner));
            let both = assumed
                .iter()
                .zip(found)
                .map(|(assumed, found)| *assumed && found)
                .collect::<Vec<_>>();
            if both == assumed {
                break;
            }
            assumed = both;
        }
        self.assumed.borrow_mut().remove(&key);
        assumed
    }

    fn set(&self, tree: &SetTree, scope: &Scope<'_>) -> Vec<bool> {
        match tree {
            SetTree::Query(query) => self.columns(query, Some(scope)),
            SetTree::Operation {
                operator,
                left,
                right,
                ..
            } => {
                use crate::syntax::ast::SetOperator;
                let side = |tree| self.deeper(|| Some(self.set(tree, scope)));
                let (Some(left), Some(right)) = (side(left), side(right)) else {
                    return Vec::new();
                };
                left.into_iter()
                    .zip(right)
                    .map(|(left, right)| match operator {
                        SetOperator::Union => left && right,
                        SetOperator::Intersect => left || right,
                        SetOperator::Except => left,
                    })
                    .collect()
            }
        }
    }

    fn rows(&self, rows: &[Vec<crate::tree::Expr>], scope: &Scope<'_>) -> Vec<bool> {
        let width = rows.first().map_or(0, Vec::len);
        (0..width)
            .map(|column| {
                rows.iter().all(|row| {
                    row.get(column)
                        .is_some_and(|expr| self.not_null(expr, scope))
                })
            })
            .collect()
    }
}

/// Whether a row of this version is there: there is no old row of an INSERT and no new one of a DELETE.
fn has_version(query: &Query, version: Version) -> bool {
    match version {
        Version::Current => true,
        Version::Old => matches!(query.command, Command::Update | Command::Delete),
        Version::New => matches!(query.command, Command::Update | Command::Insert),
    }
}

/// Whether its rows are kept by this server.
fn is_stored(kind: RelationKind) -> bool {
    matches!(
        kind,
        RelationKind::Table | RelationKind::PartitionedTable | RelationKind::MaterializedView
    )
}
