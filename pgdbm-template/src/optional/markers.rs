//! The markers `{{if $name}}`, `{{else}}`, `{{end}}`, and the parts between them.

use super::{MAX_TOGGLES, OptionalParts, Part, Toggle};
use crate::code::Code;
use crate::diagnostic::{Diagnostic, Diagnostics, Label};
use crate::lexer::{is_identifier_continuation, is_identifier_start, lex};
use crate::parameters::Span;
use crate::token::{PlaceholderForm, TokenKind};

/// A marker, and where it stands.
pub(super) struct Marker {
    kind: MarkerKind,
    span: Span,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum MarkerKind {
    If,
    Else,
    End,
}

impl MarkerKind {
    /// What the text of a placeholder in braces is, if it is a marker.
    pub(crate) fn of(placeholder: &str) -> Option<Self> {
        let body = placeholder.strip_prefix("{{")?;
        let body = body.strip_suffix("}}").unwrap_or(body);
        let word = words(body).next().map_or("", |(_, word)| word);
        match word {
            "if" => Some(MarkerKind::If),
            "else" if body.trim() == "else" => Some(MarkerKind::Else),
            "end" if body.trim() == "end" => Some(MarkerKind::End),
            _ => None,
        }
    }
}

/// The markers, by place. Those in literals and comments are none.
pub(super) fn find(sql: &str) -> Vec<Marker> {
    // Few queries have any, and each is asked.
    if !["if", "else", "end"].iter().any(|word| sql.contains(word)) {
        return Vec::new();
    }
    let placeholders = lex(sql).filter(|token| {
        let braces = TokenKind::Placeholder {
            form: PlaceholderForm::Braces,
            terminated: true,
        };
        token.kind == braces
    });
    placeholders
        .filter_map(|token| {
            Some(Marker {
                kind: MarkerKind::of(token.text(sql))?,
                span: Span {
                    start: token.start,
                    end: token.end,
                },
            })
        })
        .collect()
}

/// The parts between the markers.
pub(super) fn pair<'a>(
    sql: &'a str,
    markers: &[Marker],
    diagnostics: &mut Diagnostics,
) -> OptionalParts<'a> {
    let mut pairing = Pairing {
        sql,
        parts: Vec::new(),
        toggles: Vec::new(),
        open: None,
    };
    for marker in markers {
        pairing.take(marker, diagnostics);
    }
    if let Some(open) = pairing.open.take() {
        diagnostics.push(|| {
            at(open.marker, "this optional part has no end", "opened here")
                .with_help("write `{{end}}` where it ends")
        });
    }
    OptionalParts {
        source: sql,
        markers: markers.iter().map(|marker| marker.span).collect(),
        parts: pairing.parts,
        toggles: pairing.toggles,
        diagnostics: Vec::new(),
    }
}

struct Pairing<'a> {
    sql: &'a str,
    parts: Vec<Part>,
    toggles: Vec<Toggle>,
    open: Option<Open>,
}

/// A part whose end is not found yet.
#[derive(Clone, Copy)]
struct Open {
    marker: Span,
    needs: u32,
    /// Where the text begins.
    start: usize,
    otherwise: bool,
}

impl Pairing<'_> {
    fn take(&mut self, marker: &Marker, diagnostics: &mut Diagnostics) {
        let Span { start, end } = marker.span;
        match (marker.kind, self.open) {
            (MarkerKind::If, None) => {
                let needs = self.conditions(marker.span, diagnostics);
                self.open = Some(Open {
                    marker: marker.span,
                    needs,
                    start: end,
                    otherwise: false,
                });
            }
            (MarkerKind::If, Some(open)) => diagnostics.push(|| {
                at(
                    marker.span,
                    "an optional part cannot stand in another",
                    "opened within a part",
                )
                .with_label(Label::new(
                    open.marker.start,
                    open.marker.end,
                    "this part is still open",
                ))
                .with_help("end the part before with `{{end}}`, or name both arguments: `{{if $a and $b}}`")
            }),
            (MarkerKind::Else, Some(open)) if !open.otherwise => {
                self.close(open, start);
                self.open = Some(Open {
                    start: end,
                    otherwise: true,
                    ..open
                });
            }
            (MarkerKind::Else, Some(_)) => diagnostics.push(|| {
                at(
                    marker.span,
                    "this optional part has an `{{else}}` already",
                    "a second one",
                )
                .with_help("remove one of them")
            }),
            (MarkerKind::End, Some(open)) => {
                self.close(open, start);
                self.open = None;
            }
            (MarkerKind::Else, None) => diagnostics.push(|| {
                at(marker.span, "there is no optional part here", "")
                    .with_help("write `{{if $name}}` where the part begins")
            }),
            (MarkerKind::End, None) => diagnostics.push(|| {
                at(marker.span, "there is no optional part here to end", "")
                    .with_help("write `{{if $name}}` where the part begins, or remove this")
            }),
        }
    }

    fn close(&mut self, open: Open, end: usize) {
        self.parts.push(Part {
            span: Span {
                start: open.start,
                end,
            },
            needs: open.needs,
            otherwise: open.otherwise,
        });
    }

    /// Reads `$a and $b` behind `if`; gives the bits of their toggles.
    fn conditions(&mut self, marker: Span, diagnostics: &mut Diagnostics) -> u32 {
        let text = self.sql.get(marker.start..marker.end).unwrap_or_default();
        let body = text
            .get(2..text.len().saturating_sub(2))
            .unwrap_or_default();
        let mut needs = 0;
        let mut wants_name = true;
        let mut last = None;
        for (place, word) in words(body).skip(1) {
            let start = marker.start + 2 + place;
            let span = Span {
                start,
                end: start + word.len(),
            };
            last = Some(span);
            if !wants_name {
                if word != "and" {
                    diagnostics.push(|| not_names(span));
                    return needs;
                }
                wants_name = true;
                continue;
            }
            wants_name = false;
            let Some(name) = word.strip_prefix('$').filter(|name| !name.is_empty()) else {
                diagnostics.push(|| not_names(span));
                return needs;
            };
            if name.bytes().all(|byte| byte.is_ascii_digit()) {
                diagnostics.push(|| {
                    at(
                        span,
                        "optional parts hang on arguments with names",
                        "a number",
                    )
                    .with_help("give the parameter a name, `$email`, here and in the SQL")
                });
                return needs;
            }
            let bytes = name.as_bytes();
            let is_name = bytes.first().copied().is_some_and(is_identifier_start)
                && bytes
                    .iter()
                    .copied()
                    .all(|byte| byte != b'$' && is_identifier_continuation(byte));
            if !is_name {
                diagnostics.push(|| not_names(span));
                return needs;
            }
            match self.toggle(name, span) {
                Some(bit) => needs |= bit,
                None => diagnostics.push(|| {
                    let message = format!(
                        "the parts of a query hang on at most {MAX_TOGGLES} arguments, and this is one more"
                    );
                    at(span, &message, "").with_help("write two queries")
                }),
            }
        }
        if wants_name {
            diagnostics.push(|| not_names(last.unwrap_or(marker)));
        }
        needs
    }

    fn toggle(&mut self, name: &str, first: Span) -> Option<u32> {
        let known = self.toggles.iter().position(|toggle| toggle.name == name);
        let index = known.unwrap_or(self.toggles.len());
        if index >= MAX_TOGGLES {
            return None;
        }
        if known.is_none() {
            self.toggles.push(Toggle {
                name: name.to_owned(),
                first,
                is_flag: false,
            });
        }
        Some(1 << index)
    }
}

fn not_names(span: Span) -> Diagnostic {
    at(span, "`{{if …}}` takes the names of arguments", "")
        .with_help("write `{{if $name}}`, or `{{if $one and $other}}`")
}

/// A mistake at a marker or in it.
fn at(span: Span, message: &str, label: &str) -> Diagnostic {
    Diagnostic::error(Code::OptionalPart, message, span.start, span.end, label)
}

/// The words of a marker with their places.
fn words(body: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut at = 0;
    std::iter::from_fn(move || {
        let rest = body.get(at..)?;
        let trimmed = rest.trim_start();
        let start = at + (rest.len() - trimmed.len());
        let word = trimmed.split_whitespace().next()?;
        at = start + word.len();
        Some((start, word))
    })
}
