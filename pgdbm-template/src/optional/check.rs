//! What an optional part may be, and where its arguments may stand.

use super::{OptionalParts, Part};
use crate::code::Code;
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::lexer::lex;
use crate::parameters::Span;
use crate::token::{Token, TokenKind};

/// Clauses that may come or go as a whole. What stands in a part may still bring relations and columns: whoever checks the variants
/// compares these.
const CLAUSES: [&str; 7] = [
    "where", "having", "order", "limit", "offset", "fetch", "for",
];

const JUNCTIONS: [&str; 2] = ["and", "or"];

/// Where the markers are not paired nobody knows what a part is, and one mistake would be several.
pub(super) fn check(parts: &mut OptionalParts<'_>, is_paired: bool, diagnostics: &mut Diagnostics) {
    let names = parts.with_skeleton(|template| {
        if let Some(first) = template.parameters().positional().first() {
            let Span { start, end } = first.span;
            diagnostics.push(|| {
                let message = "beside optional parts every parameter has a name";
                Diagnostic::error(Code::OptionalPart, message, start, end, "a number")
                    .with_help("name it: the numbers change with the parts that are there")
            });
        }
        template.parameters().names().to_vec()
    });
    for toggle in &mut parts.toggles {
        toggle.is_flag = names.iter().all(|name| name.name != toggle.name);
    }
    if !is_paired {
        return;
    }
    let skeleton = parts.skeleton();
    let tokens: Vec<Token> = lex(&skeleton)
        .filter(|token| !token.kind.is_trivia())
        .collect();
    for part in &parts.parts {
        let inside = tokens
            .iter()
            .copied()
            .filter(|token| token.start >= part.span.start && token.end <= part.span.end);
        shape(&skeleton, *part, &inside.collect::<Vec<_>>(), diagnostics);
    }
    for (index, toggle) in parts.toggles.iter().enumerate() {
        let uses = names.iter().find(|name| name.name == toggle.name);
        for used in uses.into_iter().flat_map(|name| &name.uses) {
            let is_there = parts.parts.iter().any(|part| {
                part.span.start <= used.start
                    && used.end <= part.span.end
                    && !part.otherwise
                    && part.needs >> index & 1 == 1
            });
            if !is_there {
                diagnostics.push(|| {
                    let name = &toggle.name;
                    let message = format!("`${name}` may be missing here");
                    let label = "not in a part that hangs on it";
                    Diagnostic::error(Code::OptionalPart, message, used.start, used.end, label)
                        .with_help(format!(
                            "use it within `{{{{if ${name}}}}} … {{{{end}}}}` only"
                        ))
                });
            }
        }
    }
}

/// A part is a whole: what is around it means the same with it and without it.
fn shape(sql: &str, part: Part, tokens: &[Token], diagnostics: &mut Diagnostics) {
    let (Some(first), Some(last)) = (tokens.first(), tokens.last()) else {
        let Span { start, end } = part.span;
        diagnostics.push(|| {
            Diagnostic::error(
                Code::OptionalPart,
                "this optional part is empty",
                start,
                end,
                "",
            )
            .with_help("write what is to be there, or remove the part")
        });
        return;
    };
    let mut open: Vec<Token> = Vec::new();
    for token in tokens {
        match token.kind {
            TokenKind::OpenParenthesis | TokenKind::OpenBracket => open.push(*token),
            TokenKind::CloseParenthesis | TokenKind::CloseBracket if open.pop().is_none() => {
                let what = "a parenthesis is closed here and not opened in this optional part";
                diagnostics.push(|| unbalanced(*token, what));
                return;
            }
            TokenKind::Semicolon => {
                diagnostics.push(|| {
                    let message = "an optional part cannot end the statement";
                    let help = "remove the semicolon";
                    Diagnostic::error(Code::OptionalPart, message, token.start, token.end, "")
                        .with_help(help)
                });
                return;
            }
            _ => {}
        }
    }
    if let Some(token) = open.first() {
        let what = "a parenthesis is opened here and not closed in this optional part";
        diagnostics.push(|| unbalanced(*token, what));
        return;
    }
    let is_any = |token: &Token, words: &[&str]| words.iter().any(|word| token.is_word(sql, word));
    let is_whole = first.kind == TokenKind::Comma
        || last.kind == TokenKind::Comma
        || is_any(first, &JUNCTIONS)
        || is_any(last, &JUNCTIONS)
        || is_any(first, &CLAUSES);
    if !is_whole {
        diagnostics.push(|| {
            let message = "an optional part is a whole condition, item or clause";
            let (start, end) = (first.start, last.end);
            Diagnostic::error(Code::OptionalPart, message, start, end, "none of these").with_help(
                "begin or end it with the AND, OR or comma that goes with it, or begin it with WHERE, HAVING, ORDER BY, LIMIT, \
                 OFFSET, FETCH or FOR",
            )
        });
    }
}

fn unbalanced(token: Token, message: &str) -> Diagnostic {
    Diagnostic::error(Code::OptionalPart, message, token.start, token.end, "")
        .with_help("put both into the part, or both around it")
}
