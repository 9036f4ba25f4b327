//! Any text is answered, as a query and as a migration, and what is found lies inside it. What a migration made can be asked for.
#![no_main]

use std::sync::OnceLock;

use libfuzzer_sys::fuzz_target;
use pgdbm_check::{Checker, Diagnostic, Home, Options, Source};

const SCHEMA: &str = include_str!("../../pgdbm-check/tests/data/differential/schema.sql");

fn lies_inside(found: &Diagnostic, text: &str) {
    let place = &found.primary;
    assert!(place.start <= place.end && place.end <= text.len());
    assert!(text.is_char_boundary(place.start) && text.is_char_boundary(place.end));
    assert!(!found.message.is_empty());
}

fuzz_target!(|sql: &str| {
    static CHECKER: OnceLock<Checker> = OnceLock::new();
    let checker = CHECKER
        .get_or_init(|| Checker::new(&[Source::new("schema.sql", SCHEMA)], &Options::default()));
    for found in &checker.describe(sql).findings {
        lies_inside(found, sql);
    }
    let replayed = Checker::new(&[Source::new("1.sql", sql)], &Options::default());
    for found in replayed.findings() {
        lies_inside(&found.finding, sql);
    }
    for made in replayed.made_types() {
        let schema = match &made.home {
            Home::Schema(name) => name.as_str(),
            _ => "public",
        };
        let quoted = |name: &str| name.replace('"', "\"\"");
        let query = format!(
            "SELECT * FROM \"{}\".\"{}\"",
            quoted(schema),
            quoted(&made.name)
        );
        let described = replayed.describe(&query);
        for found in &described.findings {
            lies_inside(found, &query);
        }
        assert!(described.columns.is_some() || !described.findings.is_empty());
    }
});
