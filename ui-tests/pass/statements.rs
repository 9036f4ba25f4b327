//! Statements of every kind, and what ends and surrounds them.
use pgdbm::query_unchecked;

fn main() {
    for source in [
        query_unchecked!("SELECT 1;").source(),
        query_unchecked!(" -- first\n SELECT 1 /* a /* nested */ ; comment */ ; ; -- last").source(),
        query_unchecked!("WITH gone AS (DELETE FROM {{tables.a}} RETURNING *) SELECT * FROM gone").source(),
        query_unchecked!("CREATE FUNCTION {{functions.f}}() RETURNS int LANGUAGE sql AS $$ SELECT 1; SELECT 2 $$").source(),
        query_unchecked!("CREATE FUNCTION {{functions.f}}() RETURNS int BEGIN ATOMIC SELECT 1; SELECT 2; END").source(),
        query_unchecked!("DO $body$ BEGIN PERFORM 1; DELETE FROM {{tables.a}}; END $body$").source(),
        query_unchecked!("CREATE RULE r AS ON INSERT TO {{tables.a}} DO ALSO (SELECT 1; SELECT 2)").source(),
        // On a connection of its own a program may do these; elsewhere they are refused when they run.
        query_unchecked!("BEGIN").source(),
        query_unchecked!("SET work_mem = '1MB'").source(),
    ] {
        assert!(!source.is_empty());
    }
}
