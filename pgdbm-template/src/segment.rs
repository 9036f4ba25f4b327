//! What a template renders to: segments.

use std::borrow::Cow;

use crate::offset_map::OffsetMap;
use crate::schema_name::SchemaName;

/// A stretch of the source and what stands there in the rendered SQL.
///
/// The segments of a template follow each other without gap or overlap in the source. All fields are public and all
/// text may be borrowed, so that generated code can hold segments in a `static`:
///
/// ```
/// use std::borrow::Cow;
/// use pgdbm_template::{SchemaName, Segment, SegmentKind, render};
///
/// static SEGMENTS: [Segment<'static>; 2] = [
///     Segment { source_start: 0, source_end: 14, kind: SegmentKind::Text(Cow::Borrowed("SELECT * FROM ")) },
///     Segment { source_start: 14, source_end: 30, kind: SegmentKind::Qualified(Cow::Borrowed("\"users\"")) },
/// ];
/// let shop = SchemaName::new("shop")?;
/// assert_eq!(render(&SEGMENTS, &shop).sql, r#"SELECT * FROM "shop"."users""#);
/// # Ok::<(), pgdbm_template::SchemaNameError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Segment<'a> {
    /// The offset of its first byte in the source.
    pub source_start: u32,
    /// The offset after its last byte in the source. Equal to the start where something is inserted.
    pub source_end: u32,
    /// What stands there.
    pub kind: SegmentKind<'a>,
}

/// What a [`Segment`] renders to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SegmentKind<'a> {
    /// The source itself.
    Text(Cow<'a, str>),
    /// Other text that is the same for every schema: `"billing"."invoices"`, `$3` for `$name`, a bare index name.
    Replaced(Cow<'a, str>),
    /// The schema, quoted: `"shop"`.
    Schema,
    /// The schema as it is, without quotes: `shop`. For a string literal that is the schema's name.
    BareSchema,
    /// The schema, quoted, a dot, and this: `"shop"."users"`.
    Qualified(Cow<'a, str>),
}

impl Segment<'_> {
    /// The same segment, owning its text.
    #[must_use]
    pub fn into_owned(self) -> Segment<'static> {
        Segment {
            source_start: self.source_start,
            source_end: self.source_end,
            kind: match self.kind {
                SegmentKind::Text(text) => SegmentKind::Text(Cow::Owned(text.into_owned())),
                SegmentKind::Replaced(text) => SegmentKind::Replaced(Cow::Owned(text.into_owned())),
                SegmentKind::Schema => SegmentKind::Schema,
                SegmentKind::BareSchema => SegmentKind::BareSchema,
                SegmentKind::Qualified(text) => {
                    SegmentKind::Qualified(Cow::Owned(text.into_owned()))
                }
            },
        }
    }

    /// How many bytes it renders to.
    pub(crate) fn rendered_len(&self, schema: &SchemaName) -> usize {
        match &self.kind {
            SegmentKind::Text(text) | SegmentKind::Replaced(text) => text.len(),
            SegmentKind::Schema => schema.quoted_len(),
            SegmentKind::BareSchema => schema.as_str().len(),
            SegmentKind::Qualified(name) => schema.quoted_len() + 1 + name.len(),
        }
    }
}

/// SQL made for one schema, with the map between it and its source.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Rendered {
    /// The SQL that PostgreSQL gets.
    pub sql: String,
    /// Where each byte of it came from.
    pub map: OffsetMap,
}

/// Renders segments for a schema, with the map between rendered and source offsets.
#[must_use]
pub fn render(segments: &[Segment<'_>], schema: &SchemaName) -> Rendered {
    let mut sql = String::new();
    render_into(segments, schema, &mut sql);
    Rendered {
        sql,
        map: OffsetMap::new(segments, schema),
    }
}

/// Renders segments for a schema at the end of `out`. Allocates once at most.
pub fn render_into(segments: &[Segment<'_>], schema: &SchemaName, out: &mut String) {
    out.reserve(
        segments
            .iter()
            .map(|segment| segment.rendered_len(schema))
            .sum(),
    );
    for segment in segments {
        match &segment.kind {
            SegmentKind::Text(text) | SegmentKind::Replaced(text) => out.push_str(text),
            SegmentKind::Schema => schema.write_quoted(out),
            SegmentKind::BareSchema => out.push_str(schema.as_str()),
            SegmentKind::Qualified(name) => {
                schema.write_quoted(out);
                out.push('.');
                out.push_str(name);
            }
        }
    }
}
