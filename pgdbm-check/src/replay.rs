//! Replays the definitions of migrations: what they make, change and drop, in a catalog.
//!
//! A statement that fails leaves the catalog as it was, is reported, and the next one goes on. What cannot be seen (the body
//! of a DO block, dynamic SQL) gives a warning unless a `-- pgdbm:declare` tells what it makes.

mod alter;
mod block;
mod called;
mod column;
mod comment;
mod constraint;
mod data;
mod dependents;
mod drop_constraint;
mod foreign_key;
mod grant;
mod index;
mod index_class;
mod key;
mod name;
mod not_null;
mod object;
mod out_of_sight;
mod policy;
mod relation;
mod rename;
mod routine;
mod rule;
mod schema;
mod steady;
mod table;
mod transaction;
mod trigger;
mod types;
mod unreadable;
mod users;
mod view;

use pgdbm_template::{Code, SchemaName, Template, directives};

use crate::analyze;
use crate::catalog::{Catalog, Gone, Origin, TEMPORARY, Type, TypeId, TypeKind};
use crate::depth::{Depth, with_stack};
use crate::failure::{Failure, Note, Result};
use crate::syntax::{
    self,
    ast::{ObjectName, SetVariable, Span, Statement, StatementKind, TypeName},
};
use name::Numbers;
use transaction::Transactions;

/// Replays all statements of a text, which is source number `source`.
#[expect(
    clippy::vec_box,
    reason = "failures travel boxed, in results as in lists"
)]
pub(crate) fn replay(
    catalog: &mut Catalog,
    source: u32,
    schema: &SchemaName,
    sql: &str,
) -> Vec<Box<Failure>> {
    let path = catalog.search_path().to_vec();
    let mut replay = Replay {
        catalog,
        source,
        schema,
        tolerant: false,
        blocks: 0,
        depth: Depth::of(""),
        numbers: Numbers::default(),
    };
    // It is set by SET, by `set_config`, for a role or a database: that it is spoken of is enough.
    if sql.to_ascii_lowercase().contains("check_function_bodies") {
        replay.catalog.add_unchecked_bodies();
    }
    let mut failures = Vec::new();
    let parsed = syntax::parse(sql);
    if !parsed.errors.is_empty() {
        replay.catalog.set_incomplete();
    }
    failures.extend(parsed.errors.into_iter().map(Failure::syntax));
    let mut transactions = Transactions::of(&parsed.statements);
    let mut declarations = directives(sql).declarations.into_iter().peekable();
    for statement in &parsed.statements {
        let mut declared = false;
        while let Some(place) =
            declarations.next_if(|place| place.start < statement.span.start as usize)
        {
            replay.declaration(sql, place, &mut failures);
            declared = true;
        }
        if let StatementKind::Transaction(step) = &statement.kind {
            transactions.step(step, replay.catalog);
            replay.numbers.forget();
            continue;
        }
        replay.depth = Depth::of(statement.span.of(sql).unwrap_or(sql));
        let text = statement.span.of(sql).unwrap_or_default();
        let called = replay.check_called(&statement.kind, text, statement.span);
        let done = replay
            .statement(statement)
            .map_err(|failure| replay.in_place_of_old(statement, failure));
        for outcome in [done, called] {
            match outcome {
                // What it makes was told right before it.
                Err(failure) if declared && failure.code == Code::CannotReplay => {}
                Err(failure) => {
                    if failure.is_error() && defines(&statement.kind) {
                        replay.catalog.set_incomplete();
                    }
                    failures.push(replay.judged(failure));
                }
                Ok(()) => {}
            }
        }
    }
    for place in declarations {
        replay.declaration(sql, place, &mut failures);
    }
    // A session ends with its migration.
    replay.catalog.set_search_path(path);
    replay.catalog.end_session();
    failures
}

struct Replay<'c> {
    catalog: &'c mut Catalog,
    source: u32,
    /// What the placeholders stand for.
    schema: &'c SchemaName,
    /// What is there already is no mistake: in blocks that see to that themselves.
    tolerant: bool,
    /// How many blocks are open.
    blocks: usize,
    /// Of the statement in work.
    depth: Depth,
    numbers: Numbers,
}

impl Replay<'_> {
    #[expect(
        clippy::vec_box,
        reason = "failures travel boxed, in results as in lists"
    )]
    fn declaration(
        &mut self,
        sql: &str,
        place: pgdbm_template::Span,
        failures: &mut Vec<Box<Failure>>,
    ) {
        // A comment is left as it was written, and its placeholders with it.
        let written = sql.get(place.start..place.end).unwrap_or_default();
        let rendered = Template::parse(written).render(self.schema);
        // Spaces up to the declaration keep the places right.
        let mut text = " ".repeat(place.start);
        text.push_str(&rendered.sql);
        let depth = Depth::of(&text);
        self.depth = depth;
        let before = failures.len();
        let work = || self.declare(&text, failures);
        let is_done = !depth.is_too_deep() && with_stack(depth, work).is_some();
        let byte = |place: usize| u32::try_from(place).unwrap_or(u32::MAX);
        let in_comment = |at: u32| {
            let within = usize::try_from(at)
                .unwrap_or(usize::MAX)
                .saturating_sub(place.start);
            byte(place.start + rendered.map.to_source(within))
        };
        for failure in failures.iter_mut().skip(before) {
            let notes = failure.notes.iter_mut().filter_map(|note| match note {
                Note::Here(span, _) => Some(span),
                Note::At(..) => None,
            });
            for span in notes.chain([&mut failure.span]) {
                *span = Span::new(in_comment(span.start), in_comment(span.end));
            }
        }
        if !is_done {
            failures.push(Failure::error(
                Code::TooDeep,
                Span::new(byte(place.start), byte(place.end)),
                "the declaration nests deeper than the checker follows",
            ));
        }
    }

    #[expect(
        clippy::vec_box,
        reason = "failures travel boxed, in results as in lists"
    )]
    fn declare(&mut self, text: &str, failures: &mut Vec<Box<Failure>>) {
        let parsed = syntax::parse(text);
        failures.extend(parsed.errors.into_iter().map(Failure::syntax));
        for statement in &parsed.statements {
            if let Err(failure) = self.statement(statement) {
                failures.push(self.judged(failure));
            }
        }
    }

    /// Remembers what could not be read, and does not call wrong what may follow from that.
    fn judged(&mut self, failure: Box<Failure>) -> Box<Failure> {
        if failure.code == Code::CannotReplay {
            let origin = self.origin(failure.span);
            self.catalog.add_unreadable(origin, failure.makes);
            return match failure.help {
                Some(_) => failure,
                None => failure.help("tell above it what it makes: `-- pgdbm:declare CREATE …`"),
            };
        }
        match self.catalog.unreadable(failure.code) {
            Some(origin) if failure.may_be_unread() || may_be_gone(&failure) => {
                failure.unread(origin)
            }
            _ => failure,
        }
    }

    fn origin(&self, span: Span) -> Origin {
        Origin {
            source: self.source,
            span,
        }
    }

    fn statement(&mut self, statement: &Statement) -> Result<()> {
        let only_adds = name::only_adds(&statement.kind);
        if !only_adds {
            self.numbers.forget();
        }
        let done = self.follow(statement);
        if !only_adds || done.is_err() {
            self.numbers.forget();
        }
        done
    }

    fn follow(&mut self, statement: &Statement) -> Result<()> {
        let span = statement.span;
        match &statement.kind {
            StatementKind::CreateTable(table) => self.create_table(table, span),
            StatementKind::CreateTableAs(table) => self.create_table_as(table, span),
            StatementKind::CreateView(view) => self.create_view(view, span),
            StatementKind::CreateType(new) => self.create_type(new, span),
            StatementKind::CreateDomain(domain) => self.create_domain(domain),
            StatementKind::CreateFunction(function) => self.create_function(function),
            StatementKind::CreateAggregate(aggregate) => self.create_aggregate(aggregate, span),
            StatementKind::CreateOperator(operator) => self.create_operator(operator),
            StatementKind::CreateCast(cast) => self.create_cast(cast),
            StatementKind::CreateSequence(sequence) => self.create_sequence(sequence, span),
            StatementKind::CreateIndex(index) => self.create_index(index),
            StatementKind::CreateTrigger(trigger) => self.create_trigger(trigger),
            StatementKind::CreatePolicy(policy) => self.create_policy(policy),
            StatementKind::CreateRule(rule) => self.create_rule(rule),
            StatementKind::CreateSchema(schema) => self.create_schema(schema),
            StatementKind::CreateExtension(extension) => self.create_extension(extension, span),
            StatementKind::AlterRelation(alter) => self.alter_relation(alter, span),
            StatementKind::AlterType(alter) => self.alter_type(alter, span),
            StatementKind::AlterDomain(alter) => self.alter_domain(alter),
            StatementKind::AlterFunction(alter) => self.alter_function(alter),
            StatementKind::AlterSequence(alter) => self.alter_sequence(alter),
            StatementKind::Rename(rename) => self.rename(rename, span),
            StatementKind::SetSchema(set) => self.set_schema(set, span),
            StatementKind::Drop(drop) => self.drop(drop, span),
            StatementKind::Comment(comment) => self.comment(comment),
            StatementKind::Grant(grant) => self.grant(grant),
            StatementKind::Set(variable) => {
                self.set(variable);
                Ok(())
            }
            StatementKind::Do { body } => self.block(body, span),
            StatementKind::Query(query) => {
                let makes_table = self.query(query, span)?;
                if makes_table {
                    return Ok(());
                }
                self.data(statement)
            }
            StatementKind::Opaque(words) => {
                if words.starts_with("CREATE") || words.starts_with("ALTER") {
                    return Err(Failure {
                        code: Code::CannotReplay,
                        ..*Failure::cannot_check(
                            span,
                            format!("what this {words} makes cannot be read"),
                        )
                    }
                    .into());
                }
                Ok(())
            }
            // Operator classes, operator families and access methods.
            StatementKind::Utility(words)
                if matches!(words.as_str(), "CREATE OPERATOR" | "CREATE ACCESS") =>
            {
                self.catalog.add_unknown_classes();
                Ok(())
            }
            StatementKind::Utility(words) if words.starts_with("CREATE TEXT") => {
                self.catalog.add_text_search();
                Ok(())
            }
            kind if data::is_data(kind) => self.data(statement),
            _ => Ok(()),
        }
    }

    fn set(&mut self, variable: &SetVariable) {
        if variable.name == "search_path" {
            let path = match &variable.values {
                Some(values) => values
                    .iter()
                    .filter(|value| *value != "$user" && !value.is_empty())
                    .cloned()
                    .collect(),
                None => vec!["public".to_owned()],
            };
            self.catalog.set_search_path(path);
        }
    }

    /// The schema that a new object of this name goes to.
    fn creation_schema(&mut self, name: &ObjectName, temporary: bool) -> Result<String> {
        if temporary || name.schema() == Some(TEMPORARY) {
            self.catalog.forget_stale(name.name());
            return Ok(TEMPORARY.to_owned());
        }
        match name.schema() {
            Some(schema) if self.catalog.schema_exists(schema) => Ok(schema.to_owned()),
            Some(schema) => Err(Failure::error(
                Code::UnknownSchema,
                name.span,
                format!("there is no schema `{schema}`"),
            )),
            None => self
                .catalog
                .creation_schema()
                .map(str::to_owned)
                .ok_or_else(|| {
                    Failure::error(
                        Code::UnknownSchema,
                        name.span,
                        "no schema of the search path is there to create in",
                    )
                }),
        }
    }

    /// A type by its name. One that something unreadable must have brought (an extension without a pack) is made up as a type
    /// of which nothing but its name is known, so that the rest of a table still is.
    fn resolve(&mut self, type_name: &TypeName) -> Result<(TypeId, i32)> {
        let failure = match analyze::resolve_type(self.catalog, type_name) {
            Err(failure) if failure.code == Code::UnknownType && !type_name.column_type => failure,
            other => return other,
        };
        if self.catalog.unreadable(Code::UnknownType).is_none() {
            return Err(failure);
        }
        let schema = self.creation_schema(&type_name.name, false)?;
        let name = type_name.name.name().to_owned();
        self.catalog.add_type_with_array(Type {
            modifiers: true,
            ..Type::new(schema, name, TypeKind::Base)
        });
        analyze::resolve_type(self.catalog, type_name)
    }

    /// Whether a relation, type or index of this name is in the way.
    fn is_taken(&self, schema: &str, name: &str) -> bool {
        self.catalog.schema(schema).is_some_and(|schema| {
            schema.relations.contains_key(name) || schema.indexes.contains_key(name)
        })
    }

    fn remember(
        &mut self,
        schema: &str,
        name: &str,
        member: Option<&str>,
        renamed_to: Option<&str>,
        span: Span,
    ) {
        let origin = self.origin(span);
        self.catalog.remember(Gone {
            schema: schema.to_owned(),
            name: name.to_owned(),
            member: member.map(str::to_owned),
            renamed_to: renamed_to.map(str::to_owned),
            origin,
        });
    }
}

/// Whether the failure is about something that is there as far as the migrations can be read, and may be gone.
fn may_be_gone(failure: &Failure) -> bool {
    failure.is_error()
        && matches!(
            failure.code,
            Code::AlreadyExists | Code::InvalidDefinition | Code::TypeMismatch | Code::WrongKind
        )
}

/// Whether what comes after a statement may need what it makes.
fn defines(kind: &StatementKind) -> bool {
    !data::is_data(kind)
        && !matches!(
            kind,
            StatementKind::Comment(_) | StatementKind::CreatePolicy(_) | StatementKind::Grant(_)
        )
}

fn exists(kind: &str, name: &str, span: Span) -> Box<Failure> {
    Failure::error(
        Code::AlreadyExists,
        span,
        format!("the {kind} `{name}` is there already"),
    )
}

fn missing(code: Code, kind: &str, name: &str, span: Span) -> Box<Failure> {
    Failure::error(code, span, format!("there is no {kind} `{name}`"))
}
