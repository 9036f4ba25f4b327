//! Statements of every kind, and what ends and surrounds them.
use pgdbm::query;

fn main() {
    for source in [
        query!("SELECT 1;").source(),
        query!(" -- first\n SELECT 1 /* a /* nested */ ; comment */ ; ; -- last").source(),
        query!("WITH gone AS (DELETE FROM {{tables.a}} RETURNING *) SELECT * FROM gone").source(),
        query!("CREATE FUNCTION {{functions.f}}() RETURNS int LANGUAGE sql AS $$ SELECT 1; SELECT 2 $$").source(),
        query!("CREATE FUNCTION {{functions.f}}() RETURNS int BEGIN ATOMIC SELECT 1; SELECT 2; END").source(),
        query!("DO $body$ BEGIN PERFORM 1; DELETE FROM {{tables.a}}; END $body$").source(),
        query!("CREATE RULE r AS ON INSERT TO {{tables.a}} DO ALSO (SELECT 1; SELECT 2)").source(),
        // On a connection of its own a program may do these; elsewhere they are refused when they run.
        query!("BEGIN").source(),
        query!("SET work_mem = '1MB'").source(),
    ] {
        assert!(!source.is_empty());
    }
}
