//! From tokens to a template.

use std::borrow::Cow;

use super::literal::LiteralContext;
use super::naming::{self, Naming};
use super::{PlaceholderContext, PlaceholderUse, Template, offset, text_segment, token_check};
use crate::code::Code;
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::effects::Effects;
use crate::identifier::quote_identifier;
use crate::lexer::{LiteralStyle, lex};
use crate::parameters::{ParameterCollector, Span};
use crate::placeholder::{self, Placeholder, PlaceholderKind};
use crate::segment::{Segment, SegmentKind};
use crate::statement::{self, Statement};
use crate::token::{PlaceholderForm, Token, TokenKind};

/// The longest text that PostgreSQL takes: MaxAllocSize less the final NUL.
const LONGEST_TEXT: usize = 0x3fff_fffe;

pub(super) fn analyse(source: &str) -> Template<'_> {
    let mut diagnostics = Diagnostics::default();
    token_check::text(source, LONGEST_TEXT, &mut diagnostics);
    let mut significant = Vec::new();
    for token in lex(source) {
        token_check::token(source, token, &mut diagnostics);
        if !token.kind.is_trivia() {
            significant.push(token);
        }
    }
    let statements = statement::split(source, &significant);
    let mut analysis = Analysis {
        source,
        significant: &significant,
        diagnostics,
        replacements: Vec::new(),
        placeholders: Vec::new(),
        parameters: ParameterCollector::default(),
    };
    analysis.walk(&statements);
    let Analysis {
        diagnostics,
        replacements,
        placeholders,
        parameters,
        ..
    } = analysis;
    let parameters = parameters.finish();
    let number = |name: usize| {
        parameters
            .names()
            .get(name)
            .map_or(0, |parameter| parameter.number)
    };
    let segments = segments(source, replacements, number);
    let effects = statements
        .iter()
        .fold(Effects::default(), |effects, statement| {
            effects | statement.effects
        });
    Template {
        source,
        tokens: significant,
        diagnostics: diagnostics.into_sorted(),
        segments,
        placeholders,
        parameters,
        statements,
        effects,
    }
}

/// What stands in the place of some bytes of the source.
#[derive(Debug)]
pub(super) enum Replacement<'a> {
    Schema,
    BareSchema,
    Qualified(Cow<'a, str>),
    Fixed(Cow<'a, str>),
    /// The number of the name with this index, known once all positional parameters are.
    Named(usize),
}

struct Analysis<'a, 'tokens> {
    source: &'a str,
    significant: &'tokens [Token],
    diagnostics: Diagnostics,
    replacements: Vec<(usize, usize, Replacement<'a>)>,
    placeholders: Vec<PlaceholderUse<'a>>,
    parameters: ParameterCollector<'a>,
}

impl<'a> Analysis<'a, '_> {
    fn walk(&mut self, statements: &[Statement]) {
        for statement in statements {
            for index in statement.tokens.clone() {
                if let Some(&token) = self.significant.get(index) {
                    self.token(index, token, statement);
                }
            }
        }
    }

    fn token(&mut self, index: usize, token: Token, statement: &Statement) {
        match token.kind {
            TokenKind::Parameter { valid: true } if !statement.own_parameters => {
                let digits = token.text(self.source).get(1..).unwrap_or_default();
                self.parameters.positional(digits, span(token));
            }
            TokenKind::NamedParameter => self.named_parameter(token, statement),
            TokenKind::Placeholder {
                form,
                terminated: true,
            } => self.placeholder(index, token, form),
            TokenKind::Operator { .. } => {
                if let Some(diagnostic) = naming::stray_angles(self.source, self.significant, index)
                {
                    self.diagnostics.push(|| diagnostic);
                }
            }
            TokenKind::String { .. } => self.literal(index, token, LiteralStyle::Standard),
            TokenKind::NationalString { .. } => self.literal(index, token, LiteralStyle::National),
            TokenKind::EscapeString { .. } => self.literal(index, token, LiteralStyle::Escape),
            TokenKind::UnicodeString { .. } => self.literal(index, token, LiteralStyle::Unicode),
            TokenKind::DollarString { .. } => self.dollar_literal(token),
            TokenKind::UnicodeIdentifier {
                terminated: true, ..
            } => {
                let escape = naming::unicode_escape(self.source, self.significant, index);
                token_check::unicode_identifier(self.source, token, escape, &mut self.diagnostics);
            }
            _ => {}
        }
    }

    fn named_parameter(&mut self, token: Token, statement: &Statement) {
        if statement.own_parameters {
            self.diagnostics.push(|| {
                let message =
                    "a named parameter cannot stand in a statement that has arguments of its own";
                Diagnostic::error(
                    Code::ParameterNotAllowed,
                    message,
                    token.start,
                    token.end,
                    "not allowed here",
                )
                .with_help(
                    "name the routine's own argument without the dollar, or by its number: $1",
                )
            });
            return;
        }
        let name = self
            .source
            .get(token.start + 1..token.end)
            .unwrap_or_default();
        let name = self.parameters.named(name, span(token));
        self.replace(token.start, token.end, Replacement::Named(name));
    }

    fn placeholder(&mut self, index: usize, token: Token, form: PlaceholderForm) {
        let placeholder = match placeholder::parse(token.text(self.source), form, token.start) {
            Ok(placeholder) => placeholder,
            Err(diagnostic) => {
                self.diagnostics.push(|| *diagnostic);
                return;
            }
        };
        let naming = naming::of_place(self.source, self.significant, index, placeholder.kind);
        if naming == Naming::Bare && placeholder.schema.is_some() {
            self.diagnostics.push(|| {
                let name = quote_identifier(&placeholder.name);
                let message = format!("PostgreSQL takes no schema before the name {name} here");
                Diagnostic::error(
                    Code::MalformedPlaceholder,
                    message,
                    token.start,
                    token.end,
                    "names a schema",
                )
                .with_help(format!(
                    "write `{{{{{}.…}}}}` with the name alone",
                    placeholder.kind
                ))
            });
            return;
        }
        // Adjacent quoted text would be read as one identifier with what is put here: `"a"` and `"b"` as `"a""b"`, and
        // `U&` and `"a"` as a Unicode identifier.
        if self.would_merge_with_before(token.start) {
            self.replace(token.start, token.start, Replacement::Fixed(" ".into()));
        }
        self.replace(token.start, token.end, rendition(&placeholder, naming));
        if self.source.as_bytes().get(token.end) == Some(&b'"') {
            self.replace(token.end, token.end, Replacement::Fixed(" ".into()));
        }
        self.placeholders.push(PlaceholderUse {
            placeholder,
            start: token.start,
            end: token.end,
            context: PlaceholderContext::Code,
        });
    }

    /// Whether a quote at `start` would be read together with what stands before it.
    fn would_merge_with_before(&self, start: usize) -> bool {
        let before = self.source.get(..start).unwrap_or_default().as_bytes();
        match (before, self.replacements.last()) {
            ([.., b'"'] | [.., b'u' | b'U', b'&'], _) => true,
            (_, Some((_, end, last))) if *end == start => match last {
                Replacement::Schema | Replacement::Qualified(_) => true,
                Replacement::Fixed(text) => text.ends_with('"'),
                Replacement::Named(_) | Replacement::BareSchema => false,
            },
            _ => false,
        }
    }

    fn literal(&mut self, index: usize, token: Token, style: LiteralStyle) {
        let custom_escape = style == LiteralStyle::Unicode
            && naming::unicode_escape(self.source, self.significant, index) != '\\';
        self.literal_context(token)
            .quoted(token, style, custom_escape);
    }

    fn dollar_literal(&mut self, token: Token) {
        self.literal_context(token).dollar_quoted(token);
    }

    fn literal_context(&mut self, token: Token) -> LiteralContext<'a, '_> {
        LiteralContext {
            source: self.source,
            text: token.text(self.source),
            diagnostics: &mut self.diagnostics,
            replacements: &mut self.replacements,
            placeholders: &mut self.placeholders,
        }
    }

    fn replace(&mut self, start: usize, end: usize, with: Replacement<'a>) {
        self.replacements.push((start, end, with));
    }
}

fn span(token: Token) -> Span {
    Span {
        start: token.start,
        end: token.end,
    }
}

/// What a placeholder renders to where SQL itself stands.
pub(super) fn rendition<'a>(placeholder: &Placeholder<'a>, naming: Naming) -> Replacement<'a> {
    let name = quote_identifier(&placeholder.name);
    match (placeholder.kind, &placeholder.schema) {
        (PlaceholderKind::Schema, _) => Replacement::Schema,
        (_, Some(schema)) => {
            Replacement::Fixed(format!("{}.{name}", quote_identifier(schema)).into())
        }
        (_, None) if naming == Naming::Bare => Replacement::Fixed(name.into()),
        (_, None) => Replacement::Qualified(name.into()),
    }
}

fn segments<'a>(
    source: &'a str,
    replacements: Vec<(usize, usize, Replacement<'a>)>,
    number: impl Fn(usize) -> usize,
) -> Vec<Segment<'a>> {
    let mut segments = Vec::with_capacity(replacements.len() * 2 + 1);
    let mut done = 0;
    for (start, end, replacement) in replacements {
        if start > done {
            segments.push(text_segment(source, done, start));
        }
        segments.push(Segment {
            source_start: offset(start),
            source_end: offset(end),
            kind: match replacement {
                Replacement::Schema => SegmentKind::Schema,
                Replacement::BareSchema => SegmentKind::BareSchema,
                Replacement::Qualified(name) => SegmentKind::Qualified(name),
                Replacement::Fixed(text) => SegmentKind::Replaced(text),
                Replacement::Named(name) => {
                    SegmentKind::Replaced(format!("${}", number(name)).into())
                }
            },
        });
        done = end;
    }
    if source.len() > done {
        segments.push(text_segment(source, done, source.len()));
    }
    segments
}
