//! The two-way map between rendered and source offsets.

use crate::schema_name::SchemaName;
use crate::segment::{Segment, SegmentKind};

/// Where each byte of rendered SQL came from, and where each byte of the source went.
///
/// Both directions are total: every offset has an answer. In text that was kept, bytes map one to one; what was
/// replaced maps to the start of its counterpart; offsets past the end map to the end. Both directions grow with their
/// argument.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OffsetMap {
    entries: Vec<Entry>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Entry {
    rendered: usize,
    rendered_len: usize,
    source: usize,
    source_len: usize,
    verbatim: bool,
}

impl OffsetMap {
    /// The map of what [`render`](crate::render) makes of `segments` for `schema`.
    #[must_use]
    pub fn new(segments: &[Segment<'_>], schema: &SchemaName) -> Self {
        let mut rendered = 0;
        let entries = segments
            .iter()
            .map(|segment| {
                let rendered_len = segment.rendered_len(schema);
                let source = segment.source_start as usize;
                let entry = Entry {
                    rendered,
                    rendered_len,
                    source,
                    source_len: (segment.source_end as usize).saturating_sub(source),
                    verbatim: matches!(segment.kind, SegmentKind::Text(_)),
                };
                rendered += rendered_len;
                entry
            })
            .collect();
        Self { entries }
    }

    /// The source offset of a byte of the rendered SQL.
    #[must_use]
    pub fn to_source(&self, rendered_byte: usize) -> usize {
        let after = self
            .entries
            .partition_point(|entry| entry.rendered <= rendered_byte);
        // Where nothing was rendered, the source offset zero is as good an answer as any.
        let Some(entry) = after
            .checked_sub(1)
            .and_then(|index| self.entries.get(index))
        else {
            return 0;
        };
        let into = rendered_byte - entry.rendered;
        if into >= entry.rendered_len {
            entry.source + entry.source_len
        } else if entry.verbatim {
            entry.source + into.min(entry.source_len)
        } else {
            entry.source
        }
    }

    /// The rendered offset of a byte of the source. Before the first segment (of a statement out of several) it is 0.
    #[must_use]
    pub fn to_rendered(&self, source_byte: usize) -> usize {
        let after = self
            .entries
            .partition_point(|entry| entry.source <= source_byte);
        let Some(entry) = after
            .checked_sub(1)
            .and_then(|index| self.entries.get(index))
        else {
            return 0;
        };
        let into = source_byte - entry.source;
        if into >= entry.source_len {
            entry.rendered + entry.rendered_len
        } else if entry.verbatim {
            entry.rendered + into.min(entry.rendered_len)
        } else {
            entry.rendered
        }
    }
}
