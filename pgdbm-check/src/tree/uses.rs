//! What an expression or a query uses: columns of one relation, relations.

use super::children::Node;
use super::{Coercion, Column, Constant, Expr, ExprKind, Query, RangeKind};
use crate::catalog::{Catalog, Function, Relation, TypeId, Uses, oid};

/// The columns of a relation that an expression over its row alone uses, by name, each once.
pub(crate) fn columns(expr: &Expr, relation: &Relation) -> Vec<String> {
    let mut found = Vec::new();
    collect_columns(expr, relation, &mut found);
    found
}

fn collect_columns(expr: &Expr, relation: &Relation, found: &mut Vec<String>) {
    if let ExprKind::Variable(variable) = &expr.kind {
        let used = match variable.column {
            Column::At(index) => relation.attributes.get(index as usize..=index as usize),
            Column::Whole => Some(relation.attributes.as_slice()),
            Column::System => None,
        };
        for attribute in used.unwrap_or_default() {
            if !found.contains(&attribute.name) {
                found.push(attribute.name.clone());
            }
        }
    }
    expr.children(&mut |node| {
        // What is defined over a row holds no queries.
        if let Node::Expr(expr) = node {
            collect_columns(expr, relation, found);
        }
    });
}

/// What an expression over the row of a relation alone needs. Names in constants are looked up now, as the server does.
pub(crate) fn of_expr(catalog: &Catalog, expr: &Expr, relation: &Relation) -> Uses {
    let mut walk = Walk {
        catalog,
        queries: Vec::new(),
        uses: Uses::default(),
    };
    walk.expr(expr);
    let mut uses = walk.uses;
    for column in columns(expr, relation) {
        uses.columns.push((relation.row_type, column));
    }
    uses
}

/// What a query needs.
pub(crate) fn of_query(catalog: &Catalog, query: &Query) -> Uses {
    let mut walk = Walk {
        catalog,
        queries: Vec::new(),
        uses: Uses::default(),
    };
    walk.query(query);
    walk.uses
}

/// A walk over a query or an expression that collects what it needs.
struct Walk<'a> {
    catalog: &'a Catalog,
    /// The queries around, the innermost last.
    queries: Vec<&'a Query>,
    uses: Uses,
}

fn add<T: PartialEq>(list: &mut Vec<T>, new: T) {
    if !list.contains(&new) {
        list.push(new);
    }
}

impl<'a> Walk<'a> {
    fn query(&mut self, query: &'a Query) {
        for entry in &query.range {
            if let RangeKind::Relation(relation) = &entry.kind {
                add(&mut self.uses.relations, relation.row_type);
            }
        }
        self.queries.push(query);
        query.children(&mut |node| self.node(&node));
        self.queries.pop();
    }

    fn node(&mut self, node: &Node<'a>) {
        match node {
            Node::Query(query) => self.query(query),
            Node::Expr(expr) => self.expr(expr),
        }
    }

    fn expr(&mut self, expr: &'a Expr) {
        match &expr.kind {
            ExprKind::Variable(variable) => {
                let query = usize::try_from(variable.level)
                    .ok()
                    .and_then(|level| self.queries.len().checked_sub(level + 1))
                    .and_then(|place| self.queries.get(place));
                let entry = query.and_then(|query| query.range.get(variable.entry as usize));
                if let (Some(RangeKind::Relation(relation)), Column::At(index)) =
                    (entry.map(|entry| &entry.kind), variable.column)
                    && let Some(attribute) = relation.attributes.get(index as usize)
                {
                    let column = (relation.row_type, attribute.name.clone());
                    add(&mut self.uses.columns, column);
                }
            }
            ExprKind::Constant(Constant::String(text)) if expr.type_id == oid::REGCLASS => {
                self.relation_named(text);
            }
            ExprKind::Coerce { operand, kind } => {
                add(&mut self.uses.types, expr.type_id);
                if let ExprKind::Constant(Constant::String(text)) = &operand.kind
                    && *kind == Coercion::InOut
                    && expr.type_id == oid::REGCLASS
                    && operand.type_id == oid::UNKNOWN
                {
                    self.relation_named(text);
                }
            }
            ExprKind::Constant(_) => add(&mut self.uses.types, expr.type_id),
            ExprKind::Function(call) => self.function(&call.function),
            ExprKind::Aggregate(call) => self.function(&call.function),
            ExprKind::Window(call) => self.function(&call.function),
            _ => {}
        }
        expr.children(&mut |node| self.node(&node));
    }

    fn function(&mut self, function: &Function) {
        if function.id.0 >= TypeId::FIRST_OWN {
            add(&mut self.uses.functions, function.id);
        }
    }

    /// `'s'::regclass`: the relation itself is kept, not its name.
    fn relation_named(&mut self, text: &str) {
        let (schema, name) = match text.split_once('.') {
            Some((schema, name)) => (Some(folded(schema)), folded(name)),
            None => (None, folded(text)),
        };
        if let Some(relation) = self.catalog.relation(schema.as_deref(), &name) {
            add(&mut self.uses.sequences, relation.row_type);
        }
    }
}

/// A name in a text as the server reads it: in lower case unless it is quoted.
fn folded(name: &str) -> String {
    let name = name.trim();
    match name
        .strip_prefix('"')
        .and_then(|name| name.strip_suffix('"'))
    {
        Some(quoted) => quoted.replace("\"\"", "\""),
        None => name.to_ascii_lowercase(),
    }
}

/// Whether an expression holds a query.
pub(crate) fn has_query(expr: &Expr) -> bool {
    let mut found = false;
    expr.children(&mut |node| {
        found = found
            || match node {
                Node::Query(_) => true,
                Node::Expr(expr) => has_query(expr),
            };
    });
    found
}
