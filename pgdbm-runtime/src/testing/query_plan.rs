//! Which way the server takes to a query's rows: its plan, and whether an index serves it.

mod nodes;

use std::fmt;
use std::future::Future;
use std::panic::Location;

use pgdbm_template::nearest;
use tokio_postgres::types::ToSql;

use self::nodes::Node;
use super::test_database::TestDatabase;
use crate::arguments::ArgumentList;
use crate::call::Text;
use crate::connection::Connection;
use crate::error::Error;
use crate::executor::{Access, Want};
use crate::query::Runnable;

/// How the server would run a query, from [`TestDatabase::query_plan`]. `Display` shows the plan as `EXPLAIN` prints it,
/// without costs; it may show the values of arguments.
#[derive(Clone)]
pub struct QueryPlan {
    text: String,
    nodes: Vec<Node>,
    /// The schema that a table without one is in.
    schema: String,
    /// For each relation of the plan itself and the partitioned tables above it.
    families: Vec<(Relation, Relation)>,
    existing: Vec<Index>,
}

#[derive(Clone, PartialEq, Eq)]
struct Relation {
    schema: String,
    name: String,
}

/// An index of a relation of the plan.
#[derive(Clone)]
struct Index {
    name: String,
    definition: String,
    /// The indexes of partitioned tables that it is a part of.
    parents: Vec<String>,
}

impl TestDatabase {
    /// The plan of a query with its arguments, in the first schema. The query does not run.
    ///
    /// Tables of tests are small, and a small table is read from end to end whatever indexes it has. So sequential scans
    /// are switched off (`enable_seqscan`), and the plan says what *can* be: a sequential scan that is still in it is one
    /// that no index can replace. An index that is in it can serve the query; whether the server would choose it for many
    /// rows is for the data to say. The server may also read a whole index for its order, or instead of the table.
    ///
    /// The plan is one for these very values, as for a query's first runs. A prepared query that has run five times may get
    /// a plan for any values, which cannot use a partial index whose condition depends on an argument.
    ///
    /// PostgreSQL manual, `EXPLAIN`, and section "Plan Caching" of `PREPARE`'s notes.
    ///
    /// ```
    /// # use pgdbm_runtime as pgdbm;
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// use pgdbm::{sql, testing::TestDatabase};
    ///
    /// let database = TestDatabase::create().await?;
    /// database.manager().execute("CREATE TABLE {{tables.users}} (id int PRIMARY KEY, name text)").await?;
    ///
    /// let plan = database.query_plan(sql("SELECT name FROM {{tables.users}} WHERE id = $1").bind(7)).await?;
    /// assert!(plan.uses_index("users_pkey"), "{plan}");
    ///
    /// let plan = database.query_plan(sql("SELECT id FROM {{tables.users}} WHERE name = $1").bind("ada")).await?;
    /// assert!(plan.scans_table_sequentially("users"), "{plan}");
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    /// When the server refuses the query, or it is of a kind that has no plan, such as `CREATE TABLE`; and when no
    /// connection can be had.
    ///
    /// # Cancellation
    /// Safe: nothing is changed.
    pub async fn query_plan<'q>(&'q self, query: impl Runnable + 'q) -> Result<QueryPlan, Error> {
        let call = query.into_call();
        self.plan_of(&call.text, &*call.arguments).await
    }

    /// Checks that an index can serve a query: that the [plan](Self::query_plan) uses it.
    ///
    /// ```
    /// # use pgdbm_runtime as pgdbm;
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # use pgdbm::{sql, testing::TestDatabase};
    /// # let database = TestDatabase::create().await?;
    /// # database.manager().execute("CREATE TABLE {{tables.users}} (id int PRIMARY KEY, name text)").await?;
    /// let query = sql("SELECT name FROM {{tables.users}} WHERE id = $1").bind(7);
    /// database.assert_query_plan(query, "users_pkey").await;
    /// # Ok(()) }
    /// ```
    ///
    /// # Panics
    /// When it does not use the index, or there is no plan. The message shows the query, its plan, and the indexes that the
    /// tables concerned have.
    #[track_caller]
    #[allow(clippy::panic, reason = "an assertion says by panicking what is wrong")]
    pub fn assert_query_plan<'q>(
        &'q self,
        query: impl Runnable + 'q,
        index: &'q str,
    ) -> impl Future<Output = ()> + Send + 'q {
        let at = Location::caller();
        let call = query.into_call();
        let (text, arguments) = (call.text, call.arguments);
        async move {
            match self.plan_of(&text, &*arguments).await {
                Ok(plan) if plan.uses_index(index) => {}
                Ok(plan) => panic!("{at}: {}", plan.without(index, text.source())),
                Err(error) => panic!("{at}: the query has no plan: {error}"),
            }
        }
    }

    async fn plan_of(&self, text: &Text, arguments: &dyn ArgumentList) -> Result<QueryPlan, Error> {
        // Without a cache: nobody asks for the same plan again.
        let connection = self.manager().acquire().await?.without_cache();
        // Each of these either ends or, when its future is dropped, closes the connection: no transaction stays open.
        connection
            .batch("BEGIN READ ONLY; SET LOCAL enable_seqscan = off")
            .await?;
        let plan = explain(&connection, text, arguments).await;
        connection.batch("ROLLBACK").await?;
        plan
    }
}

async fn explain(
    connection: &Connection,
    text: &Text,
    arguments: &dyn ArgumentList,
) -> Result<QueryPlan, Error> {
    let structure = lines(
        connection,
        "VERBOSE, COSTS OFF, FORMAT YAML",
        text,
        arguments,
    )
    .await?;
    let shown = lines(connection, "COSTS OFF", text, arguments).await?;
    let nodes = nodes::read(&structure);
    let relations: Vec<Relation> = nodes
        .iter()
        .flat_map(|node| &node.relations)
        .map(|(schema, name)| Relation {
            schema: schema.clone(),
            name: name.clone(),
        })
        .collect();
    Ok(QueryPlan {
        text: shown,
        nodes,
        schema: connection.schema().to_owned(),
        families: families(connection, &relations).await?,
        existing: existing_indexes(connection, &relations).await?,
    })
}

/// What EXPLAIN prints.
async fn lines(
    connection: &Connection,
    options: &str,
    text: &Text,
    arguments: &dyn ArgumentList,
) -> Result<String, Error> {
    let explain = Text::dynamic(&format!("EXPLAIN ({options}) {}", text.source()));
    let outcome = Access::Held(connection)
        .run_unwatched(explain, Box::new(Borrowed(arguments)), Want::All)
        .await?;
    let mut printed = String::new();
    for row in outcome.rows {
        let line: String = crate::row::scalar(crate::Row::plain(row))?;
        printed.push_str(&line);
        printed.push('\n');
    }
    Ok(printed)
}

/// Arguments that are used twice.
struct Borrowed<'a>(&'a dyn ArgumentList);

impl ArgumentList for Borrowed<'_> {
    fn append_to<'a>(&'a self, list: &mut Vec<&'a (dyn ToSql + Sync)>) {
        self.0.append_to(list);
    }
}

/// The partitioned tables that the relations are parts of.
async fn families(
    connection: &Connection,
    relations: &[Relation],
) -> Result<Vec<(Relation, Relation)>, Error> {
    const QUERY: &str = "\
        SELECT n.nspname::text, c.relname::text, pn.nspname::text, p.relname::text \
        FROM unnest($1::text[], $2::text[]) AS wanted (nspname, relname) \
        JOIN pg_catalog.pg_namespace n ON n.nspname = wanted.nspname \
        JOIN pg_catalog.pg_class c ON c.relnamespace = n.oid AND c.relname = wanted.relname \
        CROSS JOIN LATERAL pg_catalog.pg_partition_ancestors(c.oid) AS above (oid) \
        JOIN pg_catalog.pg_class p ON p.oid = above.oid \
        JOIN pg_catalog.pg_namespace pn ON pn.oid = p.relnamespace";
    let rows = catalog::<(String, String, String, String)>(connection, QUERY, relations).await?;
    let families = rows.into_iter().map(|(schema, name, above, parent)| {
        let child = Relation { schema, name };
        let parent = Relation {
            schema: above,
            name: parent,
        };
        (child, parent)
    });
    Ok(families.collect())
}

async fn existing_indexes(
    connection: &Connection,
    relations: &[Relation],
) -> Result<Vec<Index>, Error> {
    const QUERY: &str = "\
        SELECT DISTINCT i.relname::text, pg_catalog.pg_get_indexdef(i.oid), \
            ARRAY(SELECT p.relname::text FROM pg_catalog.pg_partition_ancestors(i.oid) AS above (oid) \
                JOIN pg_catalog.pg_class p ON p.oid = above.oid) \
        FROM unnest($1::text[], $2::text[]) AS wanted (nspname, relname) \
        JOIN pg_catalog.pg_namespace n ON n.nspname = wanted.nspname \
        JOIN pg_catalog.pg_class c ON c.relnamespace = n.oid AND c.relname = wanted.relname \
        JOIN pg_catalog.pg_index x ON x.indrelid = c.oid \
        JOIN pg_catalog.pg_class i ON i.oid = x.indexrelid \
        ORDER BY 2";
    let rows = catalog::<(String, String, Vec<String>)>(connection, QUERY, relations).await?;
    let indexes = rows.into_iter().map(|(name, definition, parents)| Index {
        name,
        definition,
        parents,
    });
    Ok(indexes.collect())
}

/// Asks the catalogs about relations: `$1` are their schemas, `$2` their names.
async fn catalog<T: crate::FromRow>(
    connection: &Connection,
    query: &str,
    relations: &[Relation],
) -> Result<Vec<T>, Error> {
    let schemas: Vec<String> = relations.iter().map(|r| r.schema.clone()).collect();
    let names: Vec<String> = relations.iter().map(|r| r.name.clone()).collect();
    let outcome = Access::Held(connection)
        .run_unwatched(Text::dynamic(query), Box::new((schemas, names)), Want::All)
        .await?;
    let rows = outcome.rows.into_iter();
    rows.map(|row| crate::row::from_row(crate::Row::plain(row)))
        .collect()
}

impl QueryPlan {
    /// Whether the plan reads this index: `users_email_key`, as the index is called in its schema. The index of a partitioned
    /// table is read when one of its partitions' is.
    pub fn uses_index(&self, index: &str) -> bool {
        self.indexes().iter().any(|used| {
            *used == index
                || self.existing.iter().any(|existing| {
                    existing.name == *used && existing.parents.iter().any(|parent| parent == index)
                })
        })
    }

    /// The indexes that the plan reads, each once, in the order of the plan.
    pub fn indexes(&self) -> Vec<&str> {
        distinct(self.nodes.iter().filter_map(|node| node.index.as_deref()))
    }

    /// The tables that the plan reads or writes, with their schemas (`shop.users`), each once, in the order of the plan. Of a
    /// partitioned table they are the partitions.
    pub fn relations(&self) -> Vec<String> {
        let relations = self.nodes.iter().flat_map(|node| &node.relations);
        distinct(relations.map(|(schema, name)| format!("{schema}.{name}")))
    }

    /// Whether the plan reads this table from end to end: `users` in the plan's schema, or `billing.invoices`. Of a
    /// partitioned table: one of its partitions.
    pub fn scans_table_sequentially(&self, table: &str) -> bool {
        let (schema, name) = table.split_once('.').unwrap_or((&self.schema, table));
        let scanned = self.nodes.iter().filter(|node| node.kind == "Seq Scan");
        scanned.flat_map(|node| &node.relations).any(|relation| {
            let is_it = |schema_of: &str, name_of: &str| schema_of == schema && name_of == name;
            is_it(&relation.0, &relation.1)
                || self.families.iter().any(|(child, parent)| {
                    child.schema == relation.0
                        && child.name == relation.1
                        && is_it(&parent.schema, &parent.name)
                })
        })
    }

    /// The message for a plan that does not use an index.
    fn without(&self, index: &str, query: &str) -> String {
        let mut message = format!("the query does not use the index `{index}`");
        section(&mut message, "query", query);
        section(
            &mut message,
            "plan, with sequential scans avoided where they can be",
            &self.text,
        );
        let existing: Vec<&str> = self
            .existing
            .iter()
            .map(|index| index.definition.as_str())
            .collect();
        if existing.is_empty() {
            message.push_str("\n  the tables of the plan have no index");
        } else {
            section(
                &mut message,
                "indexes of the tables in the plan",
                &existing.join("\n"),
            );
        }
        let names = || {
            self.existing.iter().flat_map(|existing| {
                let parents = existing.parents.iter();
                parents.chain([&existing.name]).map(String::as_str)
            })
        };
        message.push_str("\n  help: ");
        if names().any(|name| name == index) {
            message.push_str(
                "compare the query with the index: its first column, an expression as the index has it, the type of the argument, the collation and the operator class, and the condition of a partial index",
            );
        } else if let Some(near) = nearest(index, names()) {
            message.push_str(&format!("no index has that name; did you mean `{near}`?"));
        } else {
            message.push_str("no index has that name; create it in a migration");
        }
        message
    }
}

fn section(message: &mut String, title: &str, text: &str) {
    message.push_str(&format!("\n  {title}:"));
    for line in text.trim_end().lines() {
        message.push_str("\n    ");
        message.push_str(line);
    }
}

/// Each once, in the order of the first.
fn distinct<T: PartialEq>(items: impl Iterator<Item = T>) -> Vec<T> {
    let mut distinct = Vec::new();
    for item in items {
        if !distinct.contains(&item) {
            distinct.push(item);
        }
    }
    distinct
}

impl fmt::Display for QueryPlan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.text.trim_end())
    }
}

impl fmt::Debug for QueryPlan {
    /// Relations and indexes; the conditions, in which values stand, stay out.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("QueryPlan")
            .field("relations", &self.relations())
            .field("indexes", &self.indexes())
            .finish_non_exhaustive()
    }
}
