//! The SQL of a macro call and where each byte of it was written: in literals, or in a file.

use std::path::PathBuf;

use pgdbm_template::{Diagnostic, MigrationText, line_column};
use proc_macro2::{Ident, Span, TokenStream};
use quote::ToTokens;
use syn::parse::Parser;
use syn::punctuated::Punctuated;
use syn::{Expr, ExprLit, ExprMacro, ExprUnary, Lit, LitStr, Token, UnOp};

use crate::explanation::{explain, explain_in_file};
use crate::literal::Literal;
use crate::package::find_in_package;
use crate::place::Place;
use crate::queries::Section;
use crate::report::Report;

/// SQL with its origin.
pub(crate) struct SqlSource {
    text: String,
    origin: Origin,
}

enum Origin {
    /// One literal, or several within `concat!`.
    Literals(Vec<Piece>),
    /// A file of the package, and the literal that names it.
    File { path: LitStr, file: SqlFile },
    /// A part of a file of queries.
    Section(Section),
}

/// One literal and the byte of the whole text at which it begins.
struct Piece {
    start: usize,
    tokens: TokenStream,
    span: Span,
    /// Nothing for a number, a character or a boolean within `concat!`: those hold nothing to point into.
    literal: Option<Literal>,
}

struct SqlFile {
    /// As the user wrote it, relative to the package.
    name: String,
    path: PathBuf,
}

impl SqlSource {
    /// Reads the SQL argument of `query!`; what is no literal is reported.
    pub(crate) fn from_expression(
        expression: &Expr,
        runtime_sql: &str,
        report: &mut Report,
    ) -> Option<Self> {
        let mut reader = Reader {
            text: String::new(),
            pieces: Vec::new(),
            runtime_sql,
            report,
        };
        let understood = reader.read(expression, Within::Call);
        understood.then_some(SqlSource {
            text: reader.text,
            origin: Origin::Literals(reader.pieces),
        })
    }

    /// Reads the file that `query_file!` names; one that cannot be read is reported.
    pub(crate) fn from_file(path: &LitStr, report: &mut Report) -> Option<Self> {
        let name = path.value();
        let content = find_in_package(&name, path.span()).and_then(|file| {
            if file.is_dir() {
                return Err(format!(
                    "`{name}` is a directory\nhelp: name a file with one SQL statement"
                ));
            }
            let bytes = std::fs::read(&file).map_err(|error| {
                format!("`{name}` cannot be read: {error}\nhelp: check its permissions")
            })?;
            Ok((file, bytes))
        });
        let (file, bytes) = match content {
            Ok(found) => found,
            Err(message) => {
                report.at(path, message);
                return None;
            }
        };
        match MigrationText::decode(&bytes) {
            Ok(text) => Some(SqlSource {
                text: text.sql.to_owned(),
                origin: Origin::File {
                    path: path.clone(),
                    file: SqlFile { name, path: file },
                },
            }),
            Err(error) => {
                report.at(path, explain_in_file(&error.diagnostic(), &bytes, &name));
                None
            }
        }
    }

    /// One query of a file of several.
    pub(crate) fn from_section(text: &str, section: Section) -> Self {
        SqlSource {
            text: text.to_owned(),
            origin: Origin::Section(section),
        }
    }

    /// The SQL.
    pub(crate) fn text(&self) -> &str {
        &self.text
    }

    /// The file that holds the SQL, so that the compiler can watch it.
    pub(crate) fn file(&self) -> Option<&PathBuf> {
        match &self.origin {
            // A file of queries is watched by the module that it fills.
            Origin::Literals(_) | Origin::Section(_) => None,
            Origin::File { file, .. } => Some(&file.path),
        }
    }

    /// Reports a mistake at its very place in the SQL.
    pub(crate) fn report(&self, diagnostic: &Diagnostic, report: &mut Report) {
        if let Origin::Section(section) = &self.origin {
            return section.report(diagnostic, report);
        }
        let explanation = explain(diagnostic, &self.text, |byte| self.place(byte));
        report.at(self.tokens(diagnostic.primary.start), explanation);
    }

    /// A variable that the SQL names, as if it were written where the SQL is: this is how it is captured.
    pub(crate) fn span_at(&self, byte: usize) -> Span {
        match &self.origin {
            Origin::Literals(pieces) => {
                piece_at(pieces, byte).map_or_else(Span::call_site, |piece| piece.span)
            }
            Origin::File { path, .. } => path.span(),
            Origin::Section(section) => section.file.span,
        }
    }

    fn tokens(&self, byte: usize) -> TokenStream {
        match &self.origin {
            Origin::Literals(pieces) => piece_at(pieces, byte)
                .map(|piece| piece.tokens.clone())
                .unwrap_or_default(),
            Origin::File { path, .. } => path.to_token_stream(),
            Origin::Section(_) => TokenStream::new(),
        }
    }

    /// The place at which a byte of the SQL was written, if that is known.
    pub(crate) fn place(&self, byte: usize) -> Option<Place> {
        match &self.origin {
            Origin::Literals(pieces) => {
                let piece = piece_at(pieces, byte)?;
                let literal = piece.literal.as_ref()?;
                Place::within(
                    piece.span,
                    literal.token(),
                    literal.place(byte - piece.start),
                )
            }
            Origin::File { file, .. } => {
                let place = line_column(&self.text, byte);
                Some(Place {
                    file: file.name.clone(),
                    line: place.line,
                    column: place.column,
                })
            }
            Origin::Section(section) => Some(section.file.place(section.start + byte)),
        }
    }
}

/// Reads the pieces of a text, from literals.
struct Reader<'r> {
    text: String,
    pieces: Vec<Piece>,
    /// The function for SQL that is no literal, for the message.
    runtime_sql: &'r str,
    report: &'r mut Report,
}

impl Reader<'_> {
    fn read(&mut self, expression: &Expr, within: Within) -> bool {
        match (expression, within) {
            (Expr::Lit(literal), _) => self.read_literal(literal, within),
            // A literal that passed through `macro_rules!` arrives in an invisible group.
            (Expr::Group(group), _) => self.read(&group.expr, within),
            // A negative number is a literal only to `concat!`.
            (
                Expr::Unary(ExprUnary {
                    op: UnOp::Neg(_),
                    expr,
                    ..
                }),
                Within::Concat,
            ) if matches!(
                &**expr,
                Expr::Lit(ExprLit {
                    lit: Lit::Int(_) | Lit::Float(_),
                    ..
                })
            ) =>
            {
                self.text.push('-');
                self.read(expr, within)
            }
            (Expr::Macro(call), _) if is_named(call, "concat") => {
                let parser = Punctuated::<Expr, Token![,]>::parse_terminated;
                match parser.parse2(call.mac.tokens.clone()) {
                    // Each piece is looked at, so that every mistake is reported.
                    Ok(pieces) => {
                        pieces
                            .iter()
                            .filter(|piece| self.read(piece, Within::Concat))
                            .count()
                            == pieces.len()
                    }
                    Err(error) => {
                        self.report.add(error);
                        false
                    }
                }
            }
            (Expr::Macro(call), _) if is_named(call, "include_str") => {
                self.report.at(
                    expression,
                    "a macro receives `include_str!` unread, so the SQL cannot be checked\n\
                     help: write `query_file!(\"path.sql\", …)`, with a path relative to the package",
                );
                false
            }
            (other, _) => self.refuse(other),
        }
    }

    fn read_literal(&mut self, expression: &ExprLit, within: Within) -> bool {
        let (text, literal) = match (&expression.lit, within) {
            (Lit::Str(string), _) => match Literal::read(&string.token().to_string()) {
                Some(literal) => (literal.text().to_owned(), Some(literal)),
                None if string.suffix().is_empty() => (string.value(), None),
                None => {
                    let suffix = string.suffix();
                    self.report.at(
                        string,
                        format!("a string literal has no suffix\nhelp: remove `{suffix}`"),
                    );
                    return false;
                }
            },
            (Lit::ByteStr(_) | Lit::CStr(_), _) => {
                self.report.at(
                    expression,
                    "SQL is text, and this is a literal of bytes\nhelp: write an ordinary string literal, `\"…\"`",
                );
                return false;
            }
            // `concat!` writes these as the compiler does.
            (Lit::Char(character), Within::Concat) => (character.value().to_string(), None),
            (Lit::Int(number), Within::Concat) => (number.base10_digits().to_owned(), None),
            (Lit::Float(number), Within::Concat) => (number.base10_digits().to_owned(), None),
            (Lit::Bool(boolean), Within::Concat) => (boolean.value.to_string(), None),
            _ => return self.refuse(expression),
        };
        self.pieces.push(Piece {
            start: self.text.len(),
            tokens: expression.to_token_stream(),
            span: expression.lit.span(),
            literal,
        });
        self.text.push_str(&text);
        true
    }

    fn refuse(&mut self, tokens: impl ToTokens) -> bool {
        self.report.at(
            tokens,
            format!(
                "the SQL must be a string literal, so that it can be checked while compiling\n\
                 help: write the SQL here, or use `{}(…)` for SQL that is made while the program runs",
                self.runtime_sql
            ),
        );
        false
    }
}

/// Whether a literal stands by itself or in a `concat!`, which takes more kinds.
#[derive(Clone, Copy)]
enum Within {
    Call,
    Concat,
}

fn is_named(call: &ExprMacro, name: &str) -> bool {
    call.mac
        .path
        .segments
        .last()
        .is_some_and(|last| last.ident == name)
}

/// The last piece that begins at the byte or before it.
fn piece_at(pieces: &[Piece], byte: usize) -> Option<&Piece> {
    pieces.get(
        pieces
            .partition_point(|piece| piece.start <= byte)
            .saturating_sub(1),
    )
}

/// The Rust variable that `$name` captures, at the given span.
///
/// `None` for the few words that cannot name a variable.
pub(crate) fn variable(name: &str, span: Span) -> Option<Ident> {
    if name == "self" {
        return Some(Ident::new(name, span));
    }
    // Nearly every name is a plain one. To ask the compiler for the tokens of a text costs many times as much as this, and a query
    // has a name for each column.
    if is_plain(name) && !is_keyword(name) {
        // A keyword since the edition of 2024, and a name before.
        return Some(match name {
            "gen" => Ident::new_raw(name, span),
            _ => Ident::new(name, span),
        });
    }
    let written =
        syn::parse_str::<Ident>(name).or_else(|_| syn::parse_str::<Ident>(&format!("r#{name}")));
    written.ok().map(|mut ident| {
        ident.set_span(span);
        ident
    })
}

/// Whether Rust takes the word for one of its own, in any edition but the next: the chapter on keywords of its reference.
pub(crate) fn is_keyword(word: &str) -> bool {
    matches!(
        word,
        "_" | "abstract"
            | "as"
            | "async"
            | "await"
            | "become"
            | "box"
            | "break"
            | "const"
            | "continue"
            | "crate"
            | "do"
            | "dyn"
            | "else"
            | "enum"
            | "extern"
            | "false"
            | "final"
            | "fn"
            | "for"
            | "if"
            | "impl"
            | "in"
            | "let"
            | "loop"
            | "macro"
            | "match"
            | "mod"
            | "move"
            | "mut"
            | "override"
            | "priv"
            | "pub"
            | "ref"
            | "return"
            | "Self"
            | "self"
            | "static"
            | "struct"
            | "super"
            | "trait"
            | "true"
            | "try"
            | "type"
            | "typeof"
            | "unsafe"
            | "unsized"
            | "use"
            | "virtual"
            | "where"
            | "while"
            | "yield"
    )
}

/// Whether a name has the form of an identifier, though it may be a keyword.
fn is_plain(name: &str) -> bool {
    name.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_')
        && name
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

    use proc_macro2::{Ident, Span};

    use super::{SqlSource, is_keyword, variable};
    use crate::report::Report;

    fn read(expression: &str) -> Option<String> {
        let mut report = Report::default();
        let source = SqlSource::from_expression(
            &syn::parse_str(expression).unwrap(),
            "pgdbm::sql",
            &mut report,
        );
        assert_eq!(
            source.is_none(),
            !report.is_clean(),
            "what is not read is reported: {expression}"
        );
        source.map(|source| source.text().to_owned())
    }

    #[test]
    fn literals_and_concat_are_read() {
        assert_eq!(read(r#""SELECT 1""#).unwrap(), "SELECT 1");
        assert_eq!(read(r##"r#"SELECT "a""#"##).unwrap(), "SELECT \"a\"");
        assert_eq!(
            read(r#"concat!("SELECT ", -1, ' ', concat!("+ ", 0x10, ","), true, 1.50,)"#).unwrap(),
            concat!("SELECT ", -1, ' ', concat!("+ ", 0x10, ","), true, 1.50,)
        );
        assert_eq!(read("::core::concat!()").unwrap(), "");
    }

    #[test]
    fn what_is_no_string_is_refused() {
        for expression in [
            "SQL",
            "1",
            "true",
            "-1",
            "b\"a\"",
            "c\"a\"",
            "format!(\"a\")",
            "concat!(\"a\", X)",
            "&\"a\"",
            "include_str!(\"a\")",
        ] {
            assert_eq!(read(expression), None, "{expression}");
        }
    }

    #[test]
    fn a_keyword_is_what_the_parser_takes_for_one() {
        let reference = "as async await break const continue crate dyn else enum extern false fn for if impl in let loop match mod move \
                         mut pub ref return self Self static struct super trait true type unsafe use where while abstract become box \
                         do final macro override priv try typeof unsized virtual yield _";
        for word in reference.split_whitespace() {
            assert!(is_keyword(word), "{word}");
            assert!(syn::parse_str::<Ident>(word).is_err(), "{word}");
        }
        for word in [
            "union",
            "auto",
            "raw",
            "safe",
            "id",
            "default",
            "macro_rules",
            "selfish",
        ] {
            assert!(!is_keyword(word), "{word}");
            assert!(syn::parse_str::<Ident>(word).is_ok(), "{word}");
        }
    }

    #[test]
    fn a_name_becomes_the_variable_that_rust_would_call_so() {
        let named = |name| variable(name, Span::call_site()).map(|ident| ident.to_string());
        assert_eq!(named("id").unwrap(), "id");
        assert_eq!(named("type").unwrap(), "r#type");
        assert_eq!(named("gen").unwrap(), "r#gen");
        assert_eq!(named("self").unwrap(), "self");
        assert_eq!(named("crate"), None);
        assert_eq!(named("_"), None);
        assert_eq!(named("_a1").unwrap(), "_a1");
        assert_eq!(named("größe").unwrap(), "größe");
        assert_eq!(named("1a"), None);
        assert_eq!(named(""), None);
        assert_eq!(named("a$b"), None);
    }
}
