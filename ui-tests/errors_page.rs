//! `docs/errors.md` shows what the compiler prints: of each case there, the code and our half of the page are those of `fail/`.
//!
//! `TRYBUILD=overwrite`, which writes the expected messages anew, writes them into the page too.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

use std::fs;

const PAGE: &str = "../docs/errors.md";

/// Behind it stands the case, without its extension.
const MARK: &str = "<!-- ui-tests/";

/// What pgdbm says comes below this.
const OURS: &str = "*pgdbm*\n";

#[test]
fn our_half_of_the_page_is_what_the_compiler_prints() {
    let page = fs::read_to_string(PAGE).unwrap();
    let mut sections = page.split(MARK);
    let mut expected = sections.next().unwrap().to_owned();
    let mut cases = 0;
    for section in sections {
        cases += 1;
        let (case, rest) = section.split_once(" -->\n").unwrap();
        let (theirs, ours) = rest
            .split_once(OURS)
            .unwrap_or_else(|| panic!("{case}: what does pgdbm say?"));
        let theirs = with_block(theirs, "rust", &format!("{case}.rs"));
        let ours = with_block(ours, "text", &format!("{case}.stderr"));
        expected += &format!("{MARK}{case} -->\n{theirs}{OURS}{ours}");
    }
    assert!(cases >= 12, "{cases} cases");
    if page != expected && std::env::var("TRYBUILD").is_ok_and(|mode| mode == "overwrite") {
        fs::write(PAGE, &expected).unwrap();
        return;
    }
    assert_eq!(page, expected, "run it with TRYBUILD=overwrite");
}

/// The text with its first block of this kind holding what the file holds.
fn with_block(text: &str, kind: &str, file: &str) -> String {
    let begin = format!("```{kind}\n");
    let content = fs::read_to_string(file).unwrap();
    let (before, behind) = text.split_once(&begin).unwrap();
    let (_, behind) = behind.split_once("\n```").unwrap();
    format!("{before}{begin}{}\n```{behind}", content.trim_end())
}
