//! Views, materialized views and tables made from queries: their columns are those of the query, frozen.

use std::sync::Arc;

use pgdbm_template::Code;

use super::{Replay, exists, missing};
use crate::analyze;
use crate::catalog::{Attribute, Major, Relation, RelationKind, Uses, View, oid};
use crate::failure::{Failure, Result};
use crate::syntax::ast::{
    CommonTable, CommonTableBody, CreateTableAs, CreateView, Distinct, Expr, ExprKind, FromItem,
    IntoTable, Name, ObjectName, Query, QueryBody, Select, Span, Target, With,
};
use crate::tree;

/// What can stand in WITH (…) of a view, and from which version on.
const OPTIONS: &[(&str, Major)] = &[
    ("security_barrier", Major::V14),
    ("check_option", Major::V14),
    ("security_invoker", Major::V15),
];

impl Replay<'_> {
    pub(super) fn create_view(&mut self, view: &CreateView, span: Span) -> Result<()> {
        let schema = self.creation_schema(&view.name, view.temporary)?;
        let name = view.name.name();
        for option in &view.options {
            let known = OPTIONS.iter().find(|(name, _)| *name == option.text);
            match known {
                Some((_, since)) if *since <= self.catalog.builtin.major => {}
                Some((name, since)) => {
                    return Err(Failure::error(
                        Code::InvalidDefinition,
                        option.span,
                        format!("`{name}` is of PostgreSQL {}", since.number()),
                    ));
                }
                None => {
                    return Err(missing(
                        Code::UnknownObject,
                        "option of views called",
                        &option.text,
                        option.span,
                    ));
                }
            }
        }
        let recursive = view.recursive.then(|| recursive_query(view));
        let query = recursive.as_ref().unwrap_or(&view.query);
        let mut relation = Relation::new(&schema, name, RelationKind::View);
        relation.origin = Some(self.origin(span));
        relation.keys_unknown = true;
        relation.doubtful = self.tolerant;
        let outcome = self.define(&mut relation, query, &view.columns);
        let existing = self
            .catalog
            .schema(&schema)
            .and_then(|schema| schema.relations.get(name).copied());
        if let Some(id) = existing {
            let old = self.catalog.relation_of(id);
            let replaceable = view.or_replace
                && old
                    .as_ref()
                    .is_some_and(|old| old.kind == RelationKind::View);
            if !replaceable {
                if self.tolerant {
                    return Ok(());
                }
                return Err(exists("relation", name, view.name.name_span()));
            }
            let mut unfit = None;
            if let Some(old) = old {
                unfit = self.unless_gone(fits(&old, &relation, view.name.span))?;
                relation.triggers.clone_from(&old.triggers);
            }
            relation.row_type = id;
            if let Some(place) = self.catalog.relation_mut(id) {
                *place = relation;
            }
            if let Some(unfit) = unfit {
                return Err(unfit);
            }
        } else {
            self.catalog.add_relation(relation);
        }
        outcome
    }

    pub(super) fn create_table_as(&mut self, table: &CreateTableAs, span: Span) -> Result<()> {
        let kind = if table.materialized_view {
            RelationKind::MaterializedView
        } else {
            RelationKind::Table
        };
        let place = Place {
            name: &table.name,
            temporary: table.temporary,
            if_not_exists: table.if_not_exists,
        };
        self.table_from(&place, kind, table.query.as_ref(), &table.columns, span)
    }

    /// A query of a migration: SELECT INTO makes a table, `set_config` may set the search path, all else is data. Says whether
    /// there is a table now.
    pub(super) fn query(&mut self, query: &Query, span: Span) -> Result<bool> {
        if let QueryBody::Select(select) = &query.body {
            if let Some(IntoTable { name, temporary }) = &select.into {
                let mut without = query.clone();
                if let QueryBody::Select(select) = &mut without.body {
                    select.into = None;
                }
                let place = Place {
                    name,
                    temporary: *temporary,
                    if_not_exists: false,
                };
                self.table_from(&place, RelationKind::Table, Some(&without), &[], span)?;
                return Ok(true);
            }
            self.configured(select);
        }
        Ok(false)
    }

    /// `SELECT set_config('search_path', 'a, b', false)`
    fn configured(&mut self, select: &Select) {
        for target in &select.targets {
            let ExprKind::Call(call) = &target.expr.kind else {
                continue;
            };
            let mut texts = call
                .arguments
                .iter()
                .map(|argument| match &argument.value.kind {
                    ExprKind::Literal(crate::syntax::ast::Literal::String(text)) => Some(text),
                    _ => None,
                });
            if call.name.name() == "set_config"
                && let (Some(Some(setting)), Some(Some(value))) = (texts.next(), texts.next())
                && setting == "search_path"
            {
                let path = value
                    .split(',')
                    .map(|schema| schema.trim().trim_matches('"').to_owned())
                    .filter(|schema| !schema.is_empty())
                    .collect();
                self.catalog.set_search_path(path);
            }
        }
    }

    fn table_from(
        &mut self,
        place: &Place<'_>,
        kind: RelationKind,
        query: Option<&Query>,
        columns: &[Name],
        span: Span,
    ) -> Result<()> {
        let schema = self.creation_schema(place.name, place.temporary)?;
        let name = place.name.name();
        if self.is_taken(&schema, name) {
            if place.if_not_exists || self.tolerant {
                return Ok(());
            }
            return Err(exists("relation", name, place.name.name_span()));
        }
        let mut relation = Relation::new(&schema, name, kind);
        relation.origin = Some(self.origin(span));
        relation.doubtful = self.tolerant;
        let outcome = match query {
            Some(query) => self.define(&mut relation, query, columns),
            None => {
                relation.unknown_columns = true;
                Ok(())
            }
        };
        if kind == RelationKind::Table {
            relation.view = None;
        }
        self.catalog.add_relation(relation);
        outcome
    }

    /// Gives a relation the columns of a query. If that cannot be analyzed it is there all the same, with columns that nobody
    /// knows.
    fn define(&self, relation: &mut Relation, query: &Query, names: &[Name]) -> Result<()> {
        let analyzed = match analyze::view_query(self.catalog, query) {
            Ok(analyzed) => analyzed,
            Err(failure) => {
                relation.unknown_columns = true;
                relation.view = Some(Arc::new(View {
                    query: None,
                    uses: Uses::default(),
                }));
                return Err(failure);
            }
        };
        if let Some(extra) = names.get(analyzed.targets.len()) {
            return Err(Failure::error(
                Code::ColumnCount,
                extra.span,
                "there are more names than columns",
            ));
        }
        for (position, target) in analyzed.targets.iter().enumerate() {
            let name = names.get(position).map_or(&target.name, |name| &name.text);
            let type_id = match target.expr.type_id {
                oid::UNKNOWN => oid::TEXT,
                known => known,
            };
            relation
                .attributes
                .push(Attribute::new(name, type_id, target.expr.modifier));
        }
        let uses = tree::uses::of_query(self.catalog, &analyzed);
        relation.view = Some(Arc::new(View {
            // What nests deep would be walked and dropped later, on a stack that is made for less.
            query: self.depth.may_stay().then(|| Arc::new(analyzed)),
            uses,
        }));
        Ok(())
    }
}

/// Where a table from a query goes.
struct Place<'a> {
    name: &'a ObjectName,
    temporary: bool,
    if_not_exists: bool,
}

/// `CREATE OR REPLACE VIEW` may only add columns at the end.
fn fits(old: &Relation, new: &Relation, span: Span) -> Result<()> {
    if old.unknown_columns || new.unknown_columns {
        return Ok(());
    }
    for (position, attribute) in old.attributes.iter().enumerate() {
        let same = new.attributes.get(position).is_some_and(|other| {
            other.name == attribute.name && other.type_id == attribute.type_id
        });
        if !same {
            return Err(Failure::error(
                Code::InvalidDefinition,
                span,
                format!(
                    "the view's column `{}` cannot be dropped, renamed or given another type by replacing the view",
                    attribute.name
                ),
            )
            .help("drop the view first, or add columns behind the others only"));
        }
    }
    Ok(())
}

/// `CREATE RECURSIVE VIEW v (a) AS query` is `WITH RECURSIVE v (a) AS (query) SELECT a FROM v`.
fn recursive_query(view: &CreateView) -> Query {
    let span = view.query.span;
    let Some(name) = view.name.parts.last().cloned() else {
        return view.query.clone();
    };
    let expr = |column: &Name| Expr::new(ExprKind::Column(vec![column.clone()]), span);
    let select = Select {
        distinct: Distinct::No,
        targets: view
            .columns
            .iter()
            .map(|column| Target {
                expr: expr(column),
                alias: None,
                span,
            })
            .collect(),
        into: None,
        from: vec![FromItem::Relation {
            name: ObjectName {
                parts: vec![name.clone()],
                span,
            },
            only: false,
            alias: None,
            sample: None,
        }],
        filter: None,
        group_by: Vec::new(),
        group_distinct: false,
        having: None,
        windows: Vec::new(),
        span,
    };
    Query {
        with: Some(With {
            recursive: true,
            tables: vec![CommonTable {
                name,
                columns: view.columns.clone(),
                body: CommonTableBody::Query(Box::new(view.query.clone())),
                search: None,
                cycle: None,
                span,
            }],
            span,
        }),
        body: QueryBody::Select(Box::new(select)),
        order_by: Vec::new(),
        limit: None,
        offset: None,
        locking: Vec::new(),
        span,
    }
}
