//! What the migrations leave behind: the types that a program may meet, for those who write code for them.

use crate::catalog::{
    Attribute, INFORMATION_SCHEMA, PG_CATALOG, RelationKind, TEMPORARY, TypeId, TypeKind,
};
use crate::describe::Checker;
use crate::sql_type::{Home, SqlType};

/// A type that the migrations make: one of their own, or the row type of a table or a view.
///
/// ```
/// use pgdbm_check::{Checker, MadeKind, Options, Source};
///
/// let source = Source::new("1_mood.sql", "CREATE TYPE mood AS ENUM ('sad', 'happy')");
/// let made = Checker::new(&[source], &Options::default()).made_types();
/// assert_eq!(made[0].name, "mood");
/// assert_eq!(made[0].declared.as_deref(), Some("1_mood.sql"));
/// assert_eq!(made[0].kind, MadeKind::Enum(vec!["sad".to_owned(), "happy".to_owned()]));
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct MadeType {
    /// Where it lives: never [`Home::Server`].
    pub home: Home,
    /// Its name in `pg_type`.
    pub name: String,
    /// The type itself.
    pub sql_type: SqlType,
    /// What it is, and what it holds.
    pub kind: MadeKind,
    /// The text of COMMENT ON.
    pub comment: Option<String>,
    /// The source that made it.
    pub declared: Option<String>,
}

/// What a type of the migrations is.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum MadeKind {
    /// Its labels, in their order.
    Enum(Vec<String>),
    /// Its attributes, each of which may be NULL.
    Composite(Vec<MadeAttribute>),
    /// The type that it is about, which may be a domain itself.
    Domain(SqlType),
    /// The columns of a table; None where they are not known.
    Table(Option<Vec<MadeAttribute>>),
    /// The columns of a view; None where they are not known.
    View(Option<Vec<MadeAttribute>>),
}

/// An attribute of a composite type, or a column.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct MadeAttribute {
    /// Its name.
    pub name: String,
    /// Its type; a domain stays one.
    pub sql_type: SqlType,
    /// The type as `format_type()` writes it.
    pub type_name: String,
    /// Whether it may be NULL.
    pub nullable: bool,
    /// The text of COMMENT ON COLUMN.
    pub comment: Option<String>,
}

impl Checker {
    /// The enums, composite types, domains, tables and views that are there after the migrations, in the order of their
    /// schemas and names. Partitions are not among them: their rows are rows of the whole table; nor is what extensions bring.
    #[must_use]
    pub fn made_types(&self) -> Vec<MadeType> {
        let catalog = self.catalog();
        let schemas = catalog
            .schema_names()
            .filter(|name| ![PG_CATALOG, INFORMATION_SCHEMA, TEMPORARY].contains(name));
        let ids = schemas
            .filter_map(|name| catalog.schema(name))
            .flat_map(|schema| schema.types.values().copied());
        let mut made: Vec<MadeType> = ids.filter_map(|id| self.made_type(id)).collect();
        made.sort_by(|one, other| (&one.home, &one.name).cmp(&(&other.home, &other.name)));
        made
    }

    fn made_type(&self, id: TypeId) -> Option<MadeType> {
        let catalog = self.catalog();
        let found = catalog.type_(id);
        let (kind, comment, origin) = match &found.kind {
            TypeKind::Enum(labels) => (
                MadeKind::Enum(labels.clone()),
                found.comment.clone(),
                found.origin?,
            ),
            TypeKind::Domain(domain) => (
                MadeKind::Domain(self.sql_type(domain.base)),
                found.comment.clone(),
                found.origin?,
            ),
            TypeKind::Composite => {
                let relation = catalog.relation_of(id)?;
                let columns = || {
                    (!relation.unknown_columns)
                        .then(|| self.columns_of(&relation.schema, &relation.name))?
                };
                let kind = match relation.kind {
                    RelationKind::CompositeType => MadeKind::Composite(
                        relation
                            .attributes
                            .iter()
                            .map(|attribute| self.made_attribute(attribute))
                            .collect(),
                    ),
                    RelationKind::Table
                    | RelationKind::PartitionedTable
                    | RelationKind::ForeignTable
                        if !relation.partition =>
                    {
                        MadeKind::Table(columns())
                    }
                    RelationKind::View | RelationKind::MaterializedView => {
                        MadeKind::View(columns())
                    }
                    _ => return None,
                };
                let comment = relation.comment.clone().or_else(|| found.comment.clone());
                (kind, comment, relation.origin?)
            }
            _ => return None,
        };
        Some(MadeType {
            home: self.home_of(&found.schema),
            name: found.name.clone(),
            sql_type: self.sql_type(id),
            kind,
            comment,
            declared: self.source_name(origin.source),
        })
    }

    fn made_attribute(&self, attribute: &Attribute) -> MadeAttribute {
        MadeAttribute {
            name: attribute.name.clone(),
            sql_type: self.sql_type(attribute.type_id),
            type_name: self.type_name(attribute.type_id),
            nullable: true,
            comment: attribute.comment.clone(),
        }
    }

    /// The columns as a query meets them that selects all: what it says of NULL is what they can hold, of a view's too.
    fn columns_of(&self, schema: &str, relation: &str) -> Option<Vec<MadeAttribute>> {
        let catalog = self.catalog();
        let found = catalog.relation(Some(schema), relation)?;
        let quote = pgdbm_template::quote_identifier;
        let all = format!("SELECT * FROM {}.{}", quote(schema), quote(relation));
        let columns = self.describe(&all).columns?;
        let attributes = found.attributes.iter().zip(columns);
        Some(
            attributes
                .map(|(attribute, column)| MadeAttribute {
                    nullable: column.nullable != Some(false),
                    ..self.made_attribute(attribute)
                })
                .collect(),
        )
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::panic, reason = "a test fails by panicking")]

    use super::{MadeKind, MadeType};
    use crate::{Checker, Home, Options, Source};

    fn made(sql: &str) -> Vec<MadeType> {
        let options = Options::default().schema("shop").bare_names(false);
        let checker = Checker::new(&[Source::new("1.sql", sql)], &options);
        assert_eq!(checker.findings(), [], "{sql}");
        checker.made_types()
    }

    fn columns(of: &MadeType) -> Vec<(String, String, bool)> {
        match &of.kind {
            MadeKind::Composite(columns)
            | MadeKind::Table(Some(columns))
            | MadeKind::View(Some(columns)) => columns
                .iter()
                .map(|column| {
                    (
                        column.name.clone(),
                        column.type_name.clone(),
                        column.nullable,
                    )
                })
                .collect(),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn what_is_left_in_the_end_counts() {
        let made = made(
            "CREATE TYPE {{types.mood}} AS ENUM ('sad', 'ok');
             CREATE TYPE {{types.gone}} AS ENUM ('x');
             DROP TYPE {{types.gone}};
             ALTER TYPE {{types.mood}} ADD VALUE 'fine' BEFORE 'ok';
             ALTER TYPE {{types.mood}} RENAME TO state;
             COMMENT ON TYPE {{types.state}} IS 'How one feels.';",
        );
        assert_eq!(made.len(), 1);
        assert_eq!(
            (made[0].name.as_str(), &made[0].home),
            ("state", &Home::Own)
        );
        assert_eq!(
            made[0].kind,
            MadeKind::Enum(vec!["sad".into(), "fine".into(), "ok".into()])
        );
        assert_eq!(made[0].comment.as_deref(), Some("How one feels."));
        assert_eq!(made[0].declared.as_deref(), Some("1.sql"));
    }

    #[test]
    fn columns_say_whether_they_may_be_null() {
        let made = made(
            "CREATE TABLE {{tables.t}} (id int PRIMARY KEY, \"Full name\" text);
             CREATE VIEW {{views.v}} AS SELECT id, count(*) AS n FROM {{tables.t}} GROUP BY id;
             CREATE TYPE {{types.pair}} AS (a int, b text[]);
             COMMENT ON COLUMN {{tables.t}}.id IS 'The number.';",
        );
        let names: Vec<_> = made.iter().map(|one| one.name.as_str()).collect();
        assert_eq!(names, ["pair", "t", "v"]);
        let column = |name: &str, of: &str, nullable| (name.to_owned(), of.to_owned(), nullable);
        assert_eq!(
            columns(&made[0]),
            [column("a", "integer", true), column("b", "text[]", true)]
        );
        assert_eq!(
            columns(&made[1]),
            [
                column("id", "integer", false),
                column("Full name", "text", true)
            ]
        );
        assert_eq!(
            columns(&made[2]),
            [column("id", "integer", false), column("n", "bigint", false)]
        );
        let MadeKind::Table(Some(columns)) = &made[1].kind else {
            panic!("{made:?}");
        };
        assert_eq!(columns[0].comment.as_deref(), Some("The number."));
    }

    #[test]
    fn other_schemas_are_told_apart_and_what_nobody_wrote_is_left_out() {
        let made = made(
            "CREATE SCHEMA billing;
             CREATE EXTENSION IF NOT EXISTS pg_stat_statements WITH SCHEMA billing;
             CREATE TYPE {{types.billing.mood}} AS ENUM ('a');
             CREATE DOMAIN {{types.mood}} AS text CHECK (VALUE <> '');
             CREATE TEMPORARY TABLE passing (a int);
             CREATE SEQUENCE {{sequences.s}};
             CREATE TABLE {{tables.events}} (at date) PARTITION BY RANGE (at);
             CREATE TABLE {{tables.events_2024}} PARTITION OF {{tables.events}}
                 FOR VALUES FROM ('2024-01-01') TO ('2025-01-01');",
        );
        let names: Vec<_> = made
            .iter()
            .map(|one| (one.home.clone(), one.name.as_str()))
            .collect();
        assert_eq!(
            names,
            [
                (Home::Own, "events"),
                (Home::Own, "mood"),
                (Home::Schema("billing".to_owned()), "mood")
            ]
        );
        assert!(matches!(&made[1].kind, MadeKind::Domain(base) if base.name == "text"));
    }
}
