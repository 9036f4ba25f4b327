//! The functions that a file of queries declares: each in a comment above its statement.

use std::ops::Range;
use std::rc::Rc;

use pgdbm_template::{Code, Diagnostic, Token, TokenKind, lex};
use proc_macro2::{Ident, Span};
use syn::ext::IdentExt as _;
use syn::parse::Parser as _;
use syn::{Attribute, Generics, Token as SynToken, Type, Visibility};

use super::QueryFile;
use super::query_file::Section;
use crate::letter_case::LetterCase;
use crate::query_fn::{
    Argument, ArgumentForm, Body, Function, Output, Spot, of_the_record, refuse_second,
};
use crate::report::Report;
use crate::sql_source::SqlSource;

/// Reads the functions of a file.
pub(crate) fn functions_of(file: &Rc<QueryFile>, report: &mut Report) -> Vec<Function> {
    let mut headers = headers(&file.text);
    let end_of_unclaimed = headers
        .first()
        .map_or(file.text.len(), |first| first.block.start);
    let unclaimed = refuse_unclaimed(file, end_of_unclaimed, report);
    if headers.is_empty() && !unclaimed {
        let name = &file.name;
        let help = example(file);
        let message =
            format!("there is no query in `{name}`\nhelp: write one below its function: `{help}`");
        report.add(syn::Error::new(file.span, message));
    }
    let mut functions = Vec::new();
    let mut end = file.text.len();
    while let Some(header) = headers.pop() {
        let sql = header.block.end..end;
        end = header.block.start;
        let mut reader = Reader {
            file,
            report: Report::default(),
        };
        let function = reader.function(&header, sql);
        match function {
            Some(function) => functions.push(Function {
                report: reader.report,
                ..function
            }),
            None => report.append(reader.report),
        }
    }
    functions.reverse();
    functions
}

/// Lines of comment, one below the other, that declare a function.
struct Header {
    /// All of them.
    block: Range<usize>,
    /// What documents the function or stands on it: the lines, without their `--`.
    around: Vec<Range<usize>>,
    /// The lines of the declaration, without their `--`.
    declaration: Vec<Range<usize>>,
}

/// The headers of a text, in order.
fn headers(text: &str) -> Vec<Header> {
    comment_blocks(text)
        .into_iter()
        .flat_map(|block| headers_of(text, &block))
        .collect()
}

/// Comments that have their lines for themselves, as blocks of adjacent lines.
fn comment_blocks(text: &str) -> Vec<Vec<Token>> {
    let mut blocks: Vec<Vec<Token>> = Vec::new();
    let mut line_is_empty = true;
    // The lines since the last comment, if nothing but white space followed it.
    let mut lines_below = None;
    for token in lex(text) {
        match token.kind {
            TokenKind::Whitespace => {
                let lines = token.text(text).matches('\n').count();
                line_is_empty |= lines > 0;
                lines_below = lines_below.map(|before: usize| before + lines);
            }
            TokenKind::LineComment if line_is_empty => {
                match blocks.last_mut() {
                    Some(block) if lines_below == Some(1) => block.push(token),
                    _ => blocks.push(vec![token]),
                }
                line_is_empty = false;
                lines_below = Some(0);
            }
            _ => {
                line_is_empty = false;
                lines_below = None;
            }
        }
    }
    blocks
}

/// The headers in a block: one, or several if one lacks its SQL.
fn headers_of(text: &str, block: &[Token]) -> Vec<Header> {
    let content = |token: &Token| token.start + "--".len()..token.end;
    let starts: Vec<usize> = (0..block.len())
        .filter(|&line| begins_function(&text[content(&block[line])]))
        .collect();
    let mut headers = Vec::new();
    for (number, &start) in starts.iter().enumerate() {
        // What stands above the first one belongs to it; what stands between two, to the one above.
        let first = if number == 0 { 0 } else { start };
        let last = starts.get(number + 1).map_or(block.len(), |&next| next);
        let mut end = start + 1;
        let mut open = depth(&text[content(&block[start])]);
        while end < last && (open > 0 || text[content(&block[end])].trim_start().starts_with("->"))
        {
            open += depth(&text[content(&block[end])]);
            end += 1;
        }
        let lines = |range: Range<usize>| block[range].iter().map(content).collect::<Vec<_>>();
        let mut around = lines(first..start);
        around.extend(lines(end..last));
        headers.push(Header {
            block: block[first].start..block[last - 1].end,
            around,
            declaration: lines(start..end),
        });
    }
    headers
}

/// Whether a line of comment declares a function: `fn name`, `pub fn name`, `pub(crate) fn name`.
fn begins_function(line: &str) -> bool {
    let mut rest = line.trim_start();
    if let Some(after) = rest.strip_prefix("pub") {
        rest = after.trim_start();
        if let Some(within) = rest.strip_prefix('(') {
            rest = within
                .split_once(')')
                .map_or("", |(_, after)| after.trim_start());
        }
    }
    if let Some(after) = rest.strip_prefix("async ") {
        rest = after.trim_start();
    }
    rest.strip_prefix("fn")
        .is_some_and(|after| after.starts_with([' ', '\t']))
}

/// How many parentheses a line opens and leaves open.
fn depth(line: &str) -> isize {
    line.chars()
        .map(|c| match c {
            '(' => 1,
            ')' => -1,
            _ => 0,
        })
        .sum()
}

/// Reports SQL that stands above the first function.
fn refuse_unclaimed(file: &QueryFile, end: usize, report: &mut Report) -> bool {
    let text = &file.text[..end];
    let mut code = lex(text).filter(|token| {
        !matches!(
            token.kind,
            TokenKind::Whitespace | TokenKind::LineComment | TokenKind::BlockComment { .. }
        )
    });
    let Some(first) = code.next() else {
        return false;
    };
    let mistake = Diagnostic::error(
        Code::InvalidFunction,
        "this SQL belongs to no function",
        first.start,
        first.end,
        "",
    );
    let help = format!("write above it which function runs it: `{}`", example(file));
    file.report(&mistake.with_help(help), report);
    true
}

/// A declaration that the file may have, from its name.
fn example(file: &QueryFile) -> String {
    let stem = file.path.file_stem().unwrap_or_default().to_string_lossy();
    let stem = stem.replace(['-', ' ', '.'], "_").to_lowercase();
    match syn::parse_str::<Ident>(&stem) {
        Ok(_) => format!(
            "-- fn {stem}() -> Vec<{}>",
            LetterCase::Pascal.of_field(&stem)
        ),
        Err(_) => "-- fn users() -> Vec<User>".to_owned(),
    }
}

/// Reads the declarations of a file.
struct Reader<'r> {
    file: &'r Rc<QueryFile>,
    report: Report,
}

impl Reader<'_> {
    fn function(&mut self, header: &Header, sql: Range<usize>) -> Option<Function> {
        let (attributes, record_attributes) = self.around(header);
        let mut declaration = self.declaration(header)?;
        declaration.attributes = attributes;
        declaration.record_attributes = record_attributes;
        declaration.body = self.body(sql, &declaration);
        Some(declaration)
    }

    /// The statement below a header.
    fn body(&mut self, sql: Range<usize>, function: &Function) -> Option<Body> {
        let text = &self.file.text[sql.clone()];
        let trimmed = text.trim();
        if trimmed.is_empty() {
            function.spot.report(
                Code::EmptyQuery,
                &format!("the function `{}` has no SQL", function.ident),
                "write its statement below this line",
                &mut self.report,
            );
            return None;
        }
        let section = Section {
            file: Rc::clone(self.file),
            start: sql.start + (text.len() - text.trim_start().len()),
        };
        Some(Body {
            sql: SqlSource::from_section(trimmed, section),
            is_checked: true,
        })
    }

    /// The documentation and the attributes; those of the record apart.
    fn around(&mut self, header: &Header) -> (Vec<Attribute>, Vec<proc_macro2::TokenStream>) {
        let mut attributes = Vec::new();
        for range in &header.around {
            let line = &self.file.text[range.clone()];
            if !line.trim_start().starts_with("#[") {
                let line = line.trim_end();
                attributes.push(syn::parse_quote!(#[doc = #line]));
                continue;
            }
            match Attribute::parse_outer.parse_str(line) {
                Ok(found) => attributes.extend(found),
                Err(_) => self.refuse(
                    range.clone(),
                    "this is no attribute",
                    "write it as in Rust, on one line: `-- #[must_use]`",
                ),
            }
        }
        of_the_record(attributes, &mut self.report)
    }

    /// `[pub] fn name(argument, other?, third: Type) [-> Type]`.
    fn declaration(&mut self, header: &Header) -> Option<Function> {
        let (base, text) = self.joined(&header.declaration)?;
        let keyword = keyword(&text)?;
        let visibility = self.visibility(&text[..keyword], base);
        let mut at = keyword + "fn".len();
        at += leading_space(&text[at..]);
        let length = text[at..]
            .find(|c: char| !(c.is_alphanumeric() || c == '_' || c == '#'))
            .unwrap_or(text.len() - at);
        let name = at..at + length;
        let shift = |range: Range<usize>| base + range.start..base + range.end;
        let Ok(ident) = syn::parse_str::<Ident>(&text[name.clone()]) else {
            self.refuse(
                shift(at..(at + length.max(1)).min(text.len())),
                "the name of a function is expected here",
                "write `-- fn name(argument) -> Option<Name>`",
            );
            return None;
        };
        let spot = Spot::File(Rc::clone(self.file), shift(name.clone()));
        at = name.end;
        let mut generics = Generics::default();
        if text[at..].starts_with('<') {
            let end = closing(&text, at, '<', '>').map_or(text.len(), |end| end + 1);
            match syn::parse_str(&text[at..end]) {
                Ok(parsed) => generics = parsed,
                Err(_) => self.refuse(
                    shift(at..end),
                    "these are no parameters of a function",
                    "write them as in Rust: `fn name<T>(…)`",
                ),
            }
            at = end;
        }
        let open = at + leading_space(&text[at..]);
        let close = closing(&text, open, '(', ')').filter(|_| text[open..].starts_with('('));
        let Some(close) = close else {
            self.refuse(
                shift(name),
                "behind the name stand the arguments, between parentheses",
                "write `-- fn name(argument, other?) -> Option<Name>`, or `name()` where there are none",
            );
            return None;
        };
        let (arguments, arguments_are_certain) = self.arguments(&text, open + 1..close, base);
        let output = self.output(&text, close + 1, base, &spot);
        Some(Function {
            attributes: Vec::new(),
            record_attributes: Vec::new(),
            visibility,
            ident,
            generics,
            arguments,
            arguments_are_certain,
            output,
            body: None,
            spot,
            report: Report::default(),
        })
    }

    /// The lines of a declaration as one text in which every byte stands as far from the first as in the file.
    fn joined(&self, lines: &[Range<usize>]) -> Option<(usize, String)> {
        let base = lines.first()?.start;
        let mut text = String::new();
        for line in lines {
            while base + text.len() < line.start {
                text.push(' ');
            }
            text.push_str(&self.file.text[line.clone()]);
        }
        Some((base, text))
    }

    /// Functions of a file are for others: the module says for whom.
    fn visibility(&mut self, before_fn: &str, base: usize) -> Visibility {
        let written = before_fn.trim().trim_end_matches("async").trim();
        if written.is_empty() {
            return Visibility::Public(SynToken![pub](Span::call_site()));
        }
        syn::parse_str(written).unwrap_or_else(|_| {
            self.refuse(
                base..base + before_fn.trim_end().len(),
                "this is no visibility",
                "write `pub(crate)`, or leave it out",
            );
            Visibility::Inherited
        })
    }

    fn arguments(
        &mut self,
        text: &str,
        within: Range<usize>,
        base: usize,
    ) -> (Vec<Argument>, bool) {
        let mut arguments: Vec<Argument> = Vec::new();
        let mut all = true;
        let pieces = split_at_commas(text, within);
        let last = pieces.len().saturating_sub(1);
        for (number, piece) in pieces.into_iter().enumerate() {
            // Nothing behind the last comma, or no arguments at all.
            if number == last && text[piece.clone()].trim().is_empty() {
                break;
            }
            let Some(argument) = self.argument(text, piece, base) else {
                all = false;
                continue;
            };
            if arguments
                .iter()
                .any(|earlier| earlier.name == argument.name)
            {
                refuse_second(&argument, &mut self.report);
            } else {
                arguments.push(argument);
            }
        }
        (arguments, all)
    }

    fn argument(&mut self, text: &str, piece: Range<usize>, base: usize) -> Option<Argument> {
        let start = piece.start + leading_space(&text[piece.clone()]);
        let written = text[start..piece.end].trim_end();
        let (name, rest) = written.split_at(
            written
                .find(|c: char| !(c.is_alphanumeric() || c == '_' || c == '#'))
                .unwrap_or(written.len()),
        );
        let behind = start + name.len() + leading_space(rest);
        let rest = rest.trim_start();
        let spot = |from: usize, length: usize| {
            Spot::File(Rc::clone(self.file), base + from..base + from + length)
        };
        let form = match (rest, rest.strip_prefix(':')) {
            ("", _) => Some(ArgumentForm::Inferred),
            ("?", _) => Some(ArgumentForm::Optional(spot(behind, 1))),
            (_, Some(ty)) => match syn::parse_str::<Type>(ty) {
                Ok(ty) => Some(ArgumentForm::Typed(Box::new(ty))),
                Err(_) => {
                    let at = behind + 1 + leading_space(ty);
                    self.refuse(
                        base + at..base + start + written.len().max(at - start + 1),
                        "this is no type of Rust",
                        "write a type behind the colon: `id: i64`",
                    );
                    return None;
                }
            },
            _ => None,
        };
        match (syn::parse_str::<Ident>(name), form) {
            (Ok(ident), Some(form)) => Some(Argument {
                name: ident.unraw().to_string(),
                spot: spot(start, name.len()),
                ident,
                form,
            }),
            _ => {
                self.refuse(
                    base + start..base + start + written.len().max(1),
                    "this is no argument of a function",
                    "write `name`, `name?` for one that may be `None`, or `name: Type`",
                );
                None
            }
        }
    }

    fn output(&mut self, text: &str, from: usize, base: usize, name: &Spot) -> Output {
        let start = from + leading_space(&text[from..]);
        let rest = text[start..].trim_end();
        if rest.is_empty() {
            return Output::nothing(name.clone());
        }
        let Some(written) = rest.strip_prefix("->") else {
            self.refuse(
                base + start..base + start + rest.len(),
                "this belongs to no declaration of a function",
                "write what it gives back, `-> Option<Name>`, or put this on a line of its own as documentation",
            );
            return Output::nothing(name.clone());
        };
        let start = start + "->".len() + leading_space(written);
        let written = written.trim();
        let range = base + start..base + start + written.len().max(1);
        let spot = Spot::File(Rc::clone(self.file), range.clone());
        let tokens = written.parse().map_err(|_| ());
        match tokens.and_then(|tokens| Output::read(tokens, spot, &mut self.report).map_err(|_| ()))
        {
            Ok(output) => output,
            Err(_) => {
                self.refuse(
                    range,
                    "this is no type of Rust",
                    "write what a row becomes: `-> Option<Name>`, `-> Vec<crate::User>`, `-> i64`",
                );
                Output::nothing(name.clone())
            }
        }
    }

    fn refuse(&mut self, range: Range<usize>, message: &str, help: &str) {
        Spot::File(Rc::clone(self.file), range).report(
            Code::InvalidFunction,
            message,
            help,
            &mut self.report,
        );
    }
}

/// Where the word `fn` stands in a declaration.
fn keyword(text: &str) -> Option<usize> {
    let is_space = |c: Option<char>| c.is_none_or(|c| c.is_whitespace() || c == ')');
    text.match_indices("fn").map(|(at, _)| at).find(|&at| {
        is_space(text[..at].chars().next_back()) && is_space(text[at + 2..].chars().next())
    })
}

fn leading_space(text: &str) -> usize {
    text.len() - text.trim_start().len()
}

/// Where the bracket is closed that is opened at a byte.
fn closing(text: &str, open_at: usize, open: char, close: char) -> Option<usize> {
    let mut depth = 0_usize;
    let mut before = ' ';
    for (at, c) in text[open_at..].char_indices() {
        if c == open {
            depth += 1;
        } else if c == close && before != '-' {
            depth = depth.checked_sub(1)?;
            if depth == 0 {
                return Some(open_at + at);
            }
        }
        before = c;
    }
    None
}

/// The parts between the commas that are in no brackets.
fn split_at_commas(text: &str, within: Range<usize>) -> Vec<Range<usize>> {
    let mut parts = Vec::new();
    let (mut start, mut depth, mut before) = (within.start, 0_isize, ' ');
    for (at, c) in text[within.clone()].char_indices() {
        match c {
            '(' | '[' | '{' | '<' => depth += 1,
            ')' | ']' | '}' => depth -= 1,
            '>' if before != '-' => depth -= 1,
            ',' if depth == 0 => {
                parts.push(start..within.start + at);
                start = within.start + at + 1;
            }
            _ => {}
        }
        before = c;
    }
    parts.push(start..within.end);
    parts
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;
    use std::rc::Rc;

    use proc_macro2::Span;

    use super::{QueryFile, functions_of, headers};
    use crate::report::Report;

    fn file(text: &str) -> Rc<QueryFile> {
        Rc::new(QueryFile::new(
            "queries/a.sql".to_owned(),
            PathBuf::from("queries/a.sql"),
            text.to_owned(),
            Span::call_site(),
        ))
    }

    /// The declarations of a text, and what documents each.
    fn found(text: &str) -> Vec<(String, Vec<&str>)> {
        let of = |header: super::Header| {
            let lines = |ranges: Vec<std::ops::Range<usize>>| {
                ranges
                    .into_iter()
                    .map(|range| text[range].trim())
                    .collect::<Vec<_>>()
            };
            (lines(header.declaration).join(" "), lines(header.around))
        };
        headers(text).into_iter().map(of).collect()
    }

    #[test]
    fn the_comments_around_a_declaration_document_it() {
        let text = "-- A licence.\n\n-- One.\n-- fn one(\n--   a, b?\n-- ) -> Vec<One>\n-- More.\nSELECT 1;\n\
                    -- pub(crate) fn two()\nSELECT '\n-- fn three()\n', $$\n-- fn four()\n$$ -- fn five()\n\
                    /* -- fn six() */ -- of two\n-- no fn here\n";
        assert_eq!(
            found(text),
            [
                (
                    "fn one( a, b? ) -> Vec<One>".to_owned(),
                    vec!["One.", "More."]
                ),
                ("pub(crate) fn two()".to_owned(), vec![]),
            ]
        );
    }

    #[test]
    fn windows_line_ends_are_line_ends() {
        let text = "-- One.\r\n-- fn one()\r\nSELECT 1\r\n\r\n-- fn two()\r\nSELECT 2";
        let names: Vec<_> = found(text).into_iter().map(|(name, _)| name).collect();
        assert_eq!(names, ["fn one()", "fn two()"]);
    }

    #[test]
    fn a_declaration_is_read_in_all_its_parts() {
        let mut report = Report::default();
        let text = "-- Says.\n-- #[must_use]\n-- #[record(derive(Eq), serde(rename = \"x\"))]\n\
                    -- pub(super) async fn f<'a, T: Into<Vec<u8>>>(a, b ?, c : Option<(i32, &'a T)>,) -> Vec<crate::X>\n  SELECT 1  ;\n";
        let functions = functions_of(&file(text), &mut report);
        assert_eq!(functions.len(), 1);
        for function in functions {
            assert!(report.is_clean() && function.report.is_clean());
            assert_eq!(function.ident, "f");
            let names: Vec<_> = function
                .arguments
                .iter()
                .map(|argument| &*argument.name)
                .collect();
            assert_eq!(names, ["a", "b", "c"]);
            assert_eq!(function.attributes.len(), 2);
            assert_eq!(function.record_attributes.len(), 2);
            assert_eq!(function.generics.params.len(), 2);
            assert_eq!(
                function
                    .body
                    .map(|body| body.sql.text().to_owned())
                    .as_deref(),
                Some("SELECT 1  ;")
            );
        }
    }

    #[test]
    fn whatever_stands_in_a_file_is_read_or_reported() {
        for text in [
            "",
            "--",
            "-- fn ",
            "-- fn é¿(",
            "-- fn é()\nSELECT 1",
            "-- fn a(",
            "-- fn a(b ¿) -> x\nSELECT 1",
            "-- fn a(b: ) -> \nSELECT 1",
            "-- fn a(b: Vec<) ->\nSELECT 1",
            "-- fn a<(b)\nSELECT 1",
            "-- fn a<T>\nSELECT 1",
            "-- pub(in fn a()\nSELECT 1",
            "-- pub(é) fn a()\nSELECT 1",
            "-- fn a()) -> X\nSELECT 1",
            "-- fn a(,)\nSELECT 1",
            "-- fn a()\n-- fn b()\n",
            "-- #[é\n-- fn a()\nSELECT 1",
            "-- fn a() -> Option<Vec<_>>\n'",
            "é",
        ] {
            let mut report = Report::default();
            let functions = functions_of(&file(text), &mut report);
            let all_clean = functions.iter().all(|function| function.report.is_clean());
            let is_right = text == "-- fn é()\nSELECT 1" || text.ends_with('\'');
            assert_eq!(report.is_clean() && all_clean, is_right, "{text}");
        }
    }
}
