//! INSERT, UPDATE and DELETE. After `analyze.c`.

use std::sync::Arc;

use pgdbm_template::{Code, Severity};

use super::Analyzer;
use super::assign::By;
use super::scope::{Item, Place};
use super::view_target::Event;
use crate::catalog::{Relation, RelationKind};
use crate::failure::{Failure, Result};
use crate::syntax::ast::{self, Name};
use crate::tree::{Change, Command, FromNode, Query, Version};

impl Analyzer<'_> {
    /// The relation that a statement changes, opened as an entry that is not yet visible.
    pub(super) fn target(
        &mut self,
        name: &ast::ObjectName,
        alias: Option<&Name>,
    ) -> Result<(Arc<Relation>, u32)> {
        if name.parts.len() == 1
            && self.find_common_table(name.name()).is_some()
            && self.catalog.relation(None, name.name()).is_none()
        {
            return Err(Failure::error(
                Code::WrongKind,
                name.span,
                format!("`{}` is a WITH query and cannot be changed", name.name()),
            ));
        }
        let relation = super::relation(self.catalog, name)?;
        self.writable(&relation, name)?;
        let alias = alias.map(|alias| ast::Alias::plain(alias.clone()));
        let item = self.relation_entry(&relation, alias.as_ref(), name.name_span())?;
        let entry = item.entry.unwrap_or(0);
        self.level().target = Some(entry);
        Ok((relation, entry))
    }

    fn writable(&mut self, relation: &Relation, name: &ast::ObjectName) -> Result<()> {
        let refusal = |what: &str| {
            Failure::error(
                Code::NotUpdatable,
                name.name_span(),
                format!("`{}` is {what}, which cannot be changed", relation.name),
            )
        };
        match relation.kind {
            RelationKind::Table | RelationKind::PartitionedTable | RelationKind::ForeignTable => {
                Ok(())
            }
            RelationKind::Sequence => Err(refusal("a sequence")),
            // The server prepares it, and refuses each execution.
            RelationKind::MaterializedView => {
                let mut failure = *refusal("a materialized view");
                failure.severity = Severity::Warning;
                self.warnings.push(failure);
                Ok(())
            }
            RelationKind::CompositeType => Err(refusal("a composite type")),
            // That is decided by what is done to it.
            RelationKind::View => Ok(()),
        }
    }

    pub(super) fn target_item(&mut self, entry: u32, alias: Option<&Name>) -> Item {
        let mut item = self.current(entry);
        if alias.is_some() {
            item.relation = None;
        }
        item
    }

    pub(super) fn update(&mut self, update: &ast::Update) -> Result<Query> {
        if let Some(with) = &update.with {
            self.with(with)?;
        }
        let mut query = Query::new(Command::Update);
        let (relation, entry) = self.target(&update.relation, update.alias.as_ref())?;
        let item = self.target_item(entry, update.alias.as_ref());
        self.open_target(item);
        let mut nodes = vec![FromNode::Entry(entry)];
        nodes.extend(self.tables_beside(&update.from)?);
        query.from = nodes;
        query.filter = self.condition(update.filter.as_ref(), Place::Where, "WHERE")?;
        // RETURNING comes before the assignments, as on the server.
        let mut change = Change {
            entry,
            place: update.relation.span,
            assignments: Vec::new(),
            on_conflict: None,
            on_conflict_nothing: false,
            merge: Vec::new(),
            merge_condition: None,
            source: None,
        };
        self.returning(
            update.returning.as_ref(),
            &mut query,
            entry,
            Place::Returning,
        )?;
        change.assignments = self.assignments(&update.assignments, &relation)?;
        for assignment in &change.assignments {
            self.generated_value(&relation, assignment, None, By::Update)?;
        }
        let place = update.relation.name_span();
        self.view_change(&relation, Event::Update, &change.assignments, None, place)?;
        query.change = Some(Box::new(change));
        self.check_rules(&relation, ast::RuleEvent::Update, &query, place)?;
        Ok(query)
    }

    /// The target stands before FROM and USING, and LATERAL items do not see it.
    fn open_target(&mut self, item: Item) {
        self.level().items = vec![item];
    }

    fn tables_beside(&mut self, items: &[ast::FromItem]) -> Result<Vec<FromNode>> {
        if let Some(target) = self.level().items.first_mut() {
            target.lateral_only = true;
            target.lateral_ok = false;
        }
        self.from(items)
    }

    // ---- DELETE ----

    pub(super) fn delete(&mut self, delete: &ast::Delete) -> Result<Query> {
        if let Some(with) = &delete.with {
            self.with(with)?;
        }
        let mut query = Query::new(Command::Delete);
        let (relation, entry) = self.target(&delete.relation, delete.alias.as_ref())?;
        let item = self.target_item(entry, delete.alias.as_ref());
        self.open_target(item);
        let mut nodes = vec![FromNode::Entry(entry)];
        nodes.extend(self.tables_beside(&delete.using)?);
        query.from = nodes;
        query.filter = self.condition(delete.filter.as_ref(), Place::Where, "WHERE")?;
        self.returning(
            delete.returning.as_ref(),
            &mut query,
            entry,
            Place::Returning,
        )?;
        self.view_change(
            &relation,
            Event::Delete,
            &[],
            None,
            delete.relation.name_span(),
        )?;
        let place = delete.relation.name_span();
        self.check_rules(&relation, ast::RuleEvent::Delete, &query, place)?;
        query.change = Some(Box::new(Change {
            entry,
            place: delete.relation.span,
            assignments: Vec::new(),
            on_conflict: None,
            on_conflict_nothing: false,
            merge: Vec::new(),
            merge_condition: None,
            source: None,
        }));
        Ok(query)
    }

    // ---- RETURNING ----

    /// After `transformReturningClause`.
    pub(super) fn returning(
        &mut self,
        returning: Option<&ast::Returning>,
        query: &mut Query,
        entry: u32,
        place: Place,
    ) -> Result<()> {
        let Some(returning) = returning else {
            query.returns_rows = false;
            return Ok(());
        };
        query.returns_rows = true;
        let versions = self.catalog.builtin.major >= crate::catalog::Major::V18;
        let visible = self.level().items.len();
        for (given, default, version) in [
            (&returning.old, "old", Version::Old),
            (&returning.new, "new", Version::New),
        ] {
            if !versions {
                if let Some(name) = given {
                    return Err(Failure::error(
                        Code::SyntaxError,
                        name.span,
                        "RETURNING WITH (…) is new in PostgreSQL 18",
                    ));
                }
                continue;
            }
            let name = given
                .as_ref()
                .map_or_else(|| default.to_owned(), |name| name.text.clone());
            // Another relation of this name hides it.
            if given.is_none()
                && self
                    .level()
                    .items
                    .iter()
                    .any(|item| item.name.as_deref() == Some(name.as_str()))
            {
                continue;
            }
            let mut item = self.item_of(entry, version);
            item.name = Some(name);
            item.relation = None;
            item.columns_visible = false;
            self.level().items.push(item);
        }
        let targets = self.targets(&returning.targets, place);
        self.level().items.truncate(visible);
        query.targets = self.resolve_unknowns(targets?)?;
        Ok(())
    }
}
