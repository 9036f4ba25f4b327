//! Any bytes are a set of migrations, or mistakes. NUL bytes divide the input into names and contents.
#![no_main]

use libfuzzer_sys::fuzz_target;
use pgdbm_template::{MigrationSet, checksum};

fuzz_target!(|data: &[u8]| {
    let parts: Vec<&[u8]> = data.split(|&byte| byte == 0).collect();
    let files: Vec<(String, &[u8])> = parts
        .chunks(2)
        .map(|pair| {
            (
                String::from_utf8_lossy(pair[0]).into_owned(),
                pair.get(1).copied().unwrap_or_default(),
            )
        })
        .collect();
    let (set, diagnostics) = MigrationSet::new(files.iter().map(|(name, content)| (name, content)));
    for pair in set.versioned().windows(2) {
        assert!(pair[0].name.version < pair[1].name.version);
    }
    for migration in set.iter() {
        assert_eq!(migration.checksum.len(), 64);
        // One byte order mark is no part of the text; a second one is, and must not be taken for the first.
        let text = migration.sql.replace("\r\n", "\n").replace('\r', "\n");
        assert_eq!(
            migration.checksum,
            checksum(format!("\u{feff}{text}").as_bytes())
        );
    }
    for (file, diagnostic) in diagnostics {
        let content = files
            .iter()
            .find(|(name, _)| *name == file)
            .map(|(_, content)| *content)
            .unwrap_or_default();
        let _ = diagnostic.render(&String::from_utf8_lossy(content), &file);
    }
});
