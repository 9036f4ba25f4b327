//! Tokens tile any text.
#![no_main]

use libfuzzer_sys::fuzz_target;
use pgdbm_template::lex;

fuzz_target!(|sql: &str| {
    let mut end = 0;
    for token in lex(sql) {
        assert_eq!(token.start, end);
        assert!(token.end > token.start && sql.is_char_boundary(token.end));
        end = token.end;
    }
    assert_eq!(end, sql.len());
});
