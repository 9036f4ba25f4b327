//! Any text is analysed, rendered, mapped and reported on.
#![no_main]

use libfuzzer_sys::fuzz_target;
use pgdbm_template::{SchemaName, SegmentKind, Template, render};

fuzz_target!(|sql: &str| {
    let shop = SchemaName::new("shop").expect("a good name");
    let template = Template::parse(sql);
    let rendered = template.render(&shop);

    let mut end = 0;
    for segment in template.segments() {
        assert_eq!(segment.source_start, end);
        end = segment.source_end;
        let source = segment.source_start as usize..segment.source_end as usize;
        let there = rendered.map.to_rendered(source.start);
        assert_eq!(rendered.map.to_source(there), source.start);
        if let SegmentKind::Text(text) = &segment.kind {
            assert_eq!(text.as_ref(), &sql[source.clone()]);
            assert_eq!(text.as_ref(), &rendered.sql[there..there + source.len()]);
        }
    }
    assert_eq!(end as usize, sql.len());
    assert_eq!(rendered.map.to_source(usize::MAX), sql.len());
    assert_eq!(rendered.map.to_rendered(usize::MAX), rendered.sql.len());

    for (index, statement) in template.statements().iter().enumerate() {
        let alone = render(&template.statement_segments(index), &shop);
        assert_eq!(alone.map.to_source(0), statement.start);
        assert_eq!(alone.map.to_source(alone.sql.len()), statement.end);
    }
    let diagnostics = template.diagnostics().iter().cloned();
    for diagnostic in diagnostics
        .chain(template.parameters().diagnostics())
        .chain(template.check_single_statement())
    {
        assert!(
            sql.get(diagnostic.primary.start..diagnostic.primary.end)
                .is_some()
        );
        assert!(
            !diagnostic
                .render(sql, "a.sql")
                .contains(|character: char| character.is_control() && character != '\n')
        );
    }
});
