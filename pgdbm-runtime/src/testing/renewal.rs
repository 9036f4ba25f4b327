//! Making a used copy as good as new, which takes less than to drop it and to make another.
//!
//! Only where it can be *proved* that nothing is left of the test; every doubt ends with the database being dropped. Most tests
//! insert into a few tables that were empty, and that proof is cheap:
//!
//! - The copy first gets a name that nobody knows, so that nobody comes back to it meanwhile.
//! - A table that was empty in the template is empty if its file is. One that is not is emptied, and its file cut off; nothing
//!   else is looked at.
//! - Nothing else may have been written to: no catalog, and no table that the template has rows in. The server counts what is
//!   inserted, updated and deleted, committed or not, for each relation, and says if somebody has set a counter back (PostgreSQL
//!   manual, "The Cumulative Statistics System"). Counters are exact once the sessions have ended that counted, from
//!   PostgreSQL 15 on. They are lost when the server crashes; then the kit's own session is lost too, which the caller notices.
//! - Nothing may have been vacuumed or analyzed: that changes files and estimates, and is counted apart.
//! - Sequences get the values that they had, planner statistics too, and the counters begin anew.
//! - What the server knows of a database outside of it (settings, rights, comments, slots) must be as it is for a new one.
//!
//! Whoever turns `track_counts` off, for a session or a role, which only a superuser can, could deceive this.

use super::registry;
use super::session::{Answers, Session, cell};
use crate::Error;

/// What a new copy of a template is like: array constants, one to a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Profile {
    lines: [String; Profile::LINES],
}

impl Profile {
    const LINES: usize = 8;

    /// Looks at a template that has just been made, and that nobody else is connected to; none if its copies cannot be renewed.
    pub(crate) async fn of(template: &Session) -> Result<Option<Profile>, Error> {
        let answers = template.run(LOOK).await?;
        if cell(&answers, 0, 0) != Some("t") {
            return Ok(None);
        }
        let sequences: Vec<(&str, &str)> = rows(&answers, 2)
            .iter()
            .filter_map(|row| Some((row.try_get(0).ok()??, row.try_get(1).ok()??)))
            .collect();
        let reads: Vec<String> = sequences
            .iter()
            .map(|(_, name)| format!("SELECT last_value, is_called FROM {name}"))
            .collect();
        let states = template.run(&reads.join(";")).await?;
        let state = |column: usize| -> Vec<&str> {
            (0..sequences.len())
                .filter_map(|one| cell(&states, one, column))
                .collect()
        };
        let array = |items: &[&str]| format!("{{{}}}", items.join(","));
        let numbers: Vec<&str> = sequences.iter().map(|(number, _)| *number).collect();
        let column = |column: usize| cell(&answers, 1, column).unwrap_or("{}").to_owned();
        Ok(Some(Profile {
            lines: [
                column(0),
                column(1),
                column(2),
                column(3),
                column(4),
                array(&numbers),
                array(&state(0)),
                array(&state(1)),
            ],
        }))
    }

    pub(crate) fn read(text: &str) -> Option<Profile> {
        let lines: Vec<String> = text.lines().map(str::to_owned).collect();
        lines.try_into().ok().map(|lines| Profile { lines })
    }

    pub(crate) fn write(&self) -> String {
        self.lines.join("\n")
    }

    /// Makes the copy as good as new that the session is in, alone, and of which [`is_untouched`] holds; gives the time of that as
    /// the server tells it. None if the copy has to be dropped.
    pub(crate) async fn renew(&self, copy: &Session) -> Result<Option<String>, Error> {
        let answers = copy.run(&self.inspection()).await?;
        let size: u64 = column(&answers, 1, 1)
            .filter_map(|size| size.parse::<u64>().ok())
            .sum();
        if cell(&answers, 0, 0) != Some("t") || size > MOST_BYTES {
            return Ok(None);
        }
        let changed: Vec<&str> = column(&answers, 1, 0).collect();
        if !changed.is_empty() {
            // Without triggers and rules, and so in any order: of those that would run all the same there are none.
            let mut delete = "SET session_replication_role = replica".to_owned();
            for table in &changed {
                delete.push_str(&format!("; DELETE FROM ONLY {table}"));
            }
            copy.run(&delete).await?;
            copy.run(&format!(
                "VACUUM (TRUNCATE true, INDEX_CLEANUP on) {}",
                changed.join(", ")
            ))
            .await?;
            for index in column(&answers, 2, 0) {
                copy.run(&format!("REINDEX INDEX {index}")).await?;
            }
        }
        let answers = copy.run(&self.restoration()).await?;
        if cell(&answers, 0, 0) != Some("0") {
            return Ok(None);
        }
        let answers = copy.run(FORGET_COUNTS).await?;
        Ok(cell(&answers, 1, 0).map(str::to_owned))
    }

    /// Whether nothing was changed but tables that were empty; those tables; and their indexes that are not as small as new ones
    /// with a row. Without the server's views: in a new session they cost more than all the rest.
    fn inspection(&self) -> String {
        let [empty, relations, ..] = &self.lines;
        let sizes = sizes(empty);
        format!(
            "SELECT coalesce(array_agg(oid ORDER BY oid) FILTER (WHERE relkind IN ('r', 'i', 't', 'm') AND oid >= 16384),
                             '{{}}') = '{relations}'::oid[]
                AND count(*) FILTER (
                    WHERE relkind = 'r' AND NOT relisshared AND oid <> ALL ('{empty}'::oid[])
                      AND pg_stat_get_tuples_inserted(oid) + pg_stat_get_tuples_updated(oid)
                          + pg_stat_get_tuples_deleted(oid) > 0) = 0
                AND count(*) FILTER (
                    WHERE relkind IN ('r', 'm', 'p') AND NOT relisshared
                      AND pg_stat_get_vacuum_count(oid) + pg_stat_get_autovacuum_count(oid)
                          + pg_stat_get_analyze_count(oid) + pg_stat_get_autoanalyze_count(oid) > 0) = 0
             FROM pg_class;
             SELECT id::regclass, size FROM ({sizes}) AS file WHERE size > 0;
             SELECT indexrelid::regclass FROM ({sizes}) AS file JOIN pg_index ON indrelid = id JOIN pg_class AS i ON i.oid = indexrelid
             WHERE size > 0 AND (relam <> {BTREE} OR pg_relation_size(indexrelid) > 2 * current_setting('block_size')::int)"
        )
    }

    /// Puts back what counts and estimates say; then says how many tables are not empty that should be.
    fn restoration(&self) -> String {
        let [
            empty,
            relations,
            pages,
            tuples,
            visible,
            sequences,
            values,
            called,
        ] = &self.lines;
        let sizes = sizes(empty);
        format!(
            "SELECT count(*) FROM ({sizes}) AS file WHERE size > 0;
             UPDATE pg_class AS c SET relpages = v.pages, reltuples = v.tuples, relallvisible = v.visible
             FROM unnest('{relations}'::oid[], '{pages}'::int[], '{tuples}'::real[], '{visible}'::int[])
                  AS v (id, pages, tuples, visible)
             WHERE c.oid = v.id AND (relpages, reltuples, relallvisible) IS DISTINCT FROM (v.pages, v.tuples, v.visible);
             SELECT count(setval(id::regclass, value, called))
             FROM unnest('{sequences}'::oid[], '{values}'::bigint[], '{called}'::bool[]) AS v (id, value, called)
             WHERE pg_stat_get_blocks_fetched(id) > 0;
             SELECT pg_stat_force_next_flush()"
        )
    }
}

/// More than this is sooner copied than deleted.
const MOST_BYTES: u64 = 4 * 1024 * 1024;

/// Whether copies can be renewed, the user's relations, and the sequences. Not where a trigger or a rule would see the kit's own
/// deletions, nor where tables are kept otherwise than in a heap (2 in `pg_am`): neither files nor counts say the same there.
const LOOK: &str = "\
    SELECT current_setting('server_version_num')::int >= 150000 AND current_setting('is_superuser')::bool
       AND NOT EXISTS (SELECT FROM pg_trigger WHERE tgenabled IN ('A', 'R'))
       AND NOT EXISTS (SELECT FROM pg_rewrite WHERE ev_enabled IN ('A', 'R'))
       AND NOT EXISTS (SELECT FROM pg_event_trigger WHERE evtenabled IN ('A', 'R'))
       AND NOT EXISTS (SELECT FROM pg_class WHERE relkind IN ('r', 'm', 't') AND relam <> 2);
    SELECT coalesce(array_agg(oid) FILTER (WHERE relkind = 'r' AND pg_relation_size(oid) = 0), '{}'),
           coalesce(array_agg(oid), '{}'), coalesce(array_agg(relpages), '{}'), coalesce(array_agg(reltuples), '{}'),
           coalesce(array_agg(relallvisible), '{}')
    FROM (SELECT * FROM pg_class WHERE relkind IN ('r', 'i', 't', 'm') AND oid >= 16384 ORDER BY oid) AS relation;
    SELECT c.oid, format('%I.%I', nspname, relname)
    FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = relnamespace WHERE relkind = 'S'";

/// The tables' files, without opening the tables: that would have the server read all that it knows of them.
fn sizes(tables: &str) -> String {
    format!(
        "SELECT id, (pg_stat_file(pg_relation_filepath(id))).size FROM unnest('{tables}'::oid[]) AS id OFFSET 0"
    )
}

/// The access method `btree` in the catalog `pg_am`; its number is fixed.
const BTREE: u32 = 403;

/// Asks in another database whether nobody is in the copy, and whether what the server knows of it from outside is what it knows of
/// a new one.
pub(crate) fn is_untouched(name: &str, template: &str, renewed: Option<&str>) -> String {
    let (name, template) = (registry::literal(name), registry::literal(template));
    let renewed = match renewed {
        None => "NULL".to_owned(),
        Some(time) => registry::literal(time),
    };
    format!(
        "SELECT current_setting('track_counts')::bool AND current_setting('is_superuser')::bool
            AND extract(epoch FROM pg_stat_get_db_stat_reset_time(d.oid))::text IS NOT DISTINCT FROM {renewed}
            AND NOT EXISTS (SELECT FROM pg_stat_get_activity(NULL) WHERE datid = d.oid)
            AND datacl IS NULL AND datconnlimit = -1 AND datallowconn AND NOT datistemplate
            AND datdba = (SELECT oid FROM pg_authid WHERE rolname = current_user)
            AND dattablespace = (SELECT t.dattablespace FROM pg_database AS t WHERE t.datname = {template})
            AND NOT EXISTS (SELECT FROM pg_db_role_setting WHERE setdatabase = d.oid)
            AND NOT EXISTS (SELECT FROM pg_shdescription WHERE classoid = 'pg_database'::regclass AND objoid = d.oid)
            AND NOT EXISTS (SELECT FROM pg_shseclabel WHERE classoid = 'pg_database'::regclass AND objoid = d.oid)
            AND NOT EXISTS (SELECT FROM pg_prepared_xact() WHERE dbid = d.oid)
            AND NOT EXISTS (SELECT FROM pg_get_replication_slots() WHERE datoid = d.oid)
            AND NOT EXISTS (SELECT FROM pg_subscription WHERE subdbid = d.oid)
         FROM pg_database AS d WHERE datname = {name}"
    )
}

/// In a transaction of its own: what this session has counted itself was added at the end of the one before.
const FORGET_COUNTS: &str = "\
    SELECT pg_stat_reset();
    SELECT extract(epoch FROM pg_stat_get_db_stat_reset_time(oid))::text FROM pg_database WHERE datname = current_database()";

fn rows(answers: &Answers, statement: usize) -> &[tokio_postgres::SimpleQueryRow] {
    answers
        .get(statement)
        .map(Vec::as_slice)
        .unwrap_or_default()
}

/// A column's values that are not null.
fn column(answers: &Answers, statement: usize, column: usize) -> impl Iterator<Item = &str> {
    rows(answers, statement)
        .iter()
        .filter_map(move |row| row.try_get(column).ok().flatten())
}
