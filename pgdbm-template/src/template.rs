//! A template: SQL with placeholders and named parameters, analysed.

use crate::code::Code;
use crate::diagnostic::{Diagnostic, Diagnostics, Label, excerpt};
use crate::effects::Effects;
use crate::parameters::Parameters;
use crate::placeholder::Placeholder;
use crate::schema_name::SchemaName;
use crate::segment::{Rendered, Segment, SegmentKind, render};
use crate::statement::Statement;
use crate::token::Token;

mod analysis;
mod literal;
mod naming;
mod token_check;

/// SQL with placeholders and named parameters, analysed: its mistakes, its parameters, its statements, and the segments
/// that it renders from.
///
/// Parsing never fails. A mistake is a diagnostic, and the text concerned is kept as it is.
///
/// ```
/// use pgdbm_template::{SchemaName, Template};
///
/// let template = Template::parse("SELECT * FROM {{tables.users}} WHERE id = $id");
/// assert!(template.diagnostics().is_empty());
/// assert_eq!(template.parameters().names()[0].name, "id");
///
/// let rendered = template.render(&SchemaName::new("shop")?);
/// assert_eq!(rendered.sql, r#"SELECT * FROM "shop"."users" WHERE id = $1"#);
/// // PostgreSQL says that byte 41 is wrong: that is byte 42 of what was written.
/// assert_eq!(rendered.map.to_source(rendered.sql.len() - 2), template.source().len() - 3);
/// # Ok::<(), pgdbm_template::SchemaNameError>(())
/// ```
///
/// # Placeholders
///
/// | placeholder | renders for the schema `shop` |
/// | --- | --- |
/// | `{{schema}}` | `"shop"` |
/// | `{{tables.users}}`; also `views`, `types`, `functions`, `sequences`, `indexes` | `"shop"."users"` |
/// | `{{tables.billing.invoices}}` | `"billing"."invoices"` |
///
/// `<<…>>` means the same as `{{…}}`; no white space may stand inside, and `<<` before any other word is the operator.
///
/// PostgreSQL takes no schema where a relation gets its new name or where an index of a known table is named. There the
/// placeholder renders to the bare name: every kind after `RENAME TO`, and `{{indexes.x}}` in `CREATE INDEX`, after
/// `USING INDEX`, and in `CLUSTER`.
///
/// In string literals and dollar-quoted bodies well-formed placeholders are replaced, escaped for the literal around
/// them, and everything else is left alone: `'{{1,2},{3,4}}'` is an array. Comments and quoted identifiers are never
/// touched.
#[derive(Clone, Debug)]
pub struct Template<'a> {
    source: &'a str,
    tokens: Vec<Token>,
    diagnostics: Vec<Diagnostic>,
    segments: Vec<Segment<'a>>,
    placeholders: Vec<PlaceholderUse<'a>>,
    parameters: Parameters,
    statements: Vec<Statement>,
    effects: Effects,
}

/// A well-formed placeholder and its place.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct PlaceholderUse<'a> {
    /// What it says.
    pub placeholder: Placeholder<'a>,
    /// The offset of its first byte in the source.
    pub start: usize,
    /// The offset after its last byte.
    pub end: usize,
    /// What it stands in.
    pub context: PlaceholderContext,
}

/// What a placeholder stands in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum PlaceholderContext {
    /// SQL itself.
    Code,
    /// A literal in quotes.
    Literal,
    /// A dollar-quoted literal, such as the body of a function.
    DollarQuoted,
}

impl<'a> Template<'a> {
    /// Analyses SQL text.
    #[must_use]
    pub fn parse(sql: &'a str) -> Template<'a> {
        analysis::analyse(sql)
    }

    /// The text as it was written.
    #[must_use]
    pub fn source(&self) -> &'a str {
        self.source
    }

    /// The tokens of the text, without white space and comments.
    #[must_use]
    pub fn tokens(&self) -> &[Token] {
        &self.tokens
    }

    /// What is wrong with the text and its placeholders, by place; a hundred at most. What is wrong with the numbers of
    /// the parameters is in [`Parameters::diagnostics`], and whether the text is one statement in
    /// [`Template::check_single_statement`].
    #[must_use]
    pub fn diagnostics(&self) -> &[Diagnostic] {
        &self.diagnostics
    }

    /// What the template renders from; without gap or overlap they cover the source.
    #[must_use]
    pub fn segments(&self) -> &[Segment<'a>] {
        &self.segments
    }

    /// The well-formed placeholders, by place.
    #[must_use]
    pub fn placeholders(&self) -> &[PlaceholderUse<'a>] {
        &self.placeholders
    }

    /// The parameters.
    #[must_use]
    pub fn parameters(&self) -> &Parameters {
        &self.parameters
    }

    /// The statements, empty ones left out.
    #[must_use]
    pub fn statements(&self) -> &[Statement] {
        &self.statements
    }

    /// What the statements do together, beyond reading and writing rows.
    #[must_use]
    pub fn effects(&self) -> Effects {
        self.effects
    }

    /// The SQL for a schema, with the map between its offsets and the source's.
    #[must_use]
    pub fn render(&self, schema: &SchemaName) -> Rendered {
        render(&self.segments, schema)
    }

    /// The segments of one statement, for sending it alone. Their source offsets are those of the whole text. Empty
    /// where there is no statement of that index.
    #[must_use]
    pub fn statement_segments(&self, index: usize) -> Vec<Segment<'a>> {
        let Some(statement) = self.statements.get(index) else {
            return Vec::new();
        };
        let (start, end) = (offset(statement.start), offset(statement.end));
        let first = self
            .segments
            .partition_point(|segment| segment.source_end <= start);
        let rest = self.segments.get(first..).unwrap_or_default();
        rest.iter()
            .take_while(|segment| segment.source_start < end)
            .map(|segment| match segment.kind {
                SegmentKind::Text(_) => text_segment(
                    self.source,
                    (segment.source_start.max(start)) as usize,
                    (segment.source_end.min(end)) as usize,
                ),
                _ => segment.clone(),
            })
            .collect()
    }

    /// What is wrong where exactly one statement is expected: there is none, or there are several.
    #[must_use]
    pub fn check_single_statement(&self) -> Option<Diagnostic> {
        match self.statements.as_slice() {
            [] => {
                let message = "there is no statement here".to_owned();
                let diagnostic = Diagnostic::error(
                    Code::EmptyQuery,
                    message,
                    0,
                    self.source.len(),
                    "nothing that PostgreSQL runs",
                );
                Some(diagnostic.with_help("write a statement"))
            }
            [_] => None,
            [first, second, ..] => {
                let count = self.statements.len();
                let text = self
                    .source
                    .get(second.start..second.end)
                    .unwrap_or_default();
                let word = text
                    .split(|c: char| c.is_whitespace())
                    .next()
                    .unwrap_or_default();
                let diagnostic = Diagnostic::error(
                    Code::SeveralStatements,
                    format!("there are {count} statements here, and one is expected"),
                    second.start,
                    second.end,
                    format!("`{}` starts the second one", excerpt(word)),
                );
                Some(
                    diagnostic
                        .with_label(Label::new(
                            first.end,
                            first.end + 1,
                            "the first one ends here",
                        ))
                        .with_help("keep one statement, and run the others on their own"),
                )
            }
        }
    }
}

/// Source offsets are kept in 32 bits; longer text is refused with a diagnostic, and its offsets are clamped.
fn offset(place: usize) -> u32 {
    u32::try_from(place).unwrap_or(u32::MAX)
}

fn text_segment(source: &str, start: usize, end: usize) -> Segment<'_> {
    Segment {
        source_start: offset(start),
        source_end: offset(end),
        kind: SegmentKind::Text(source.get(start..end).unwrap_or_default().into()),
    }
}
