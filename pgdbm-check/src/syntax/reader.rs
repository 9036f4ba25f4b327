//! The reader: a cursor over the tokens of a text, and the questions that the grammar asks of it.

use pgdbm_template::{Token, TokenKind};

use super::{
    ast::{Name, ObjectName, Span},
    keyword::{self, Category, Keyword},
    literal,
};

/// Why a statement could not be read: at this token something else was expected.
#[derive(Clone, Copy, Debug)]
pub(super) struct Stop {
    pub(super) position: usize,
    pub(super) expected: &'static str,
}

pub(super) type Read<T> = Result<T, Stop>;

/// The significant tokens of a text with what is known of each before reading begins.
pub(super) struct Tokens<'a> {
    pub(super) sql: &'a str,
    list: Vec<Token>,
    /// For each token: the key word it is.
    keywords: Vec<Option<Keyword>>,
    /// For each `(`: whether what it encloses is a query, however many more parentheses stand around that.
    queries: Vec<bool>,
    /// What operators have joined, for the comparison with PostgreSQL's own parser.
    #[cfg(feature = "oracle")]
    groups: std::cell::RefCell<Vec<Span>>,
}

impl<'a> Tokens<'a> {
    pub(super) fn new(sql: &'a str, list: Vec<Token>) -> Self {
        let keywords = list
            .iter()
            .map(|token| match token.kind {
                TokenKind::Identifier => keyword::find(token.text(sql)),
                _ => None,
            })
            .collect::<Vec<_>>();
        let queries = enclosed_queries(&list, &keywords);
        Self {
            sql,
            list,
            keywords,
            queries,
            #[cfg(feature = "oracle")]
            groups: std::cell::RefCell::default(),
        }
    }

    /// Notes that the text in the span is the work of one operator.
    #[cfg(not(feature = "oracle"))]
    #[allow(clippy::unused_self, reason = "there is nobody to tell")]
    pub(super) fn note_group(&self, _: Span) {}

    /// Notes that the text in the span is the work of one operator.
    #[cfg(feature = "oracle")]
    pub(super) fn note_group(&self, span: Span) {
        self.groups.borrow_mut().push(span);
    }

    #[cfg(feature = "oracle")]
    pub(super) fn groups(self) -> Vec<Span> {
        self.groups.into_inner()
    }

    pub(super) fn len(&self) -> usize {
        self.list.len()
    }

    pub(super) fn kind(&self, position: usize) -> Option<TokenKind> {
        self.list.get(position).map(|token| token.kind)
    }

    pub(super) fn span(&self, position: usize) -> Span {
        self.list
            .get(position)
            .map_or_else(|| end_of(self.sql), span_of)
    }

    pub(super) fn text(&self, position: usize) -> &'a str {
        self.list
            .get(position)
            .map_or("", |token| token.text(self.sql))
    }

    pub(super) fn word(&self, position: usize) -> &'static str {
        self.keyword(position).map_or("", |keyword| keyword.text)
    }

    fn keyword(&self, position: usize) -> Option<Keyword> {
        self.keywords.get(position).copied().flatten()
    }
}

fn span_of(token: &Token) -> Span {
    Span::new(offset(token.start), offset(token.end))
}

fn end_of(sql: &str) -> Span {
    Span::new(offset(sql.len()), offset(sql.len()))
}

/// Texts of 4 GiB and more are refused before they are lexed.
fn offset(bytes: usize) -> u32 {
    u32::try_from(bytes).unwrap_or(u32::MAX)
}

/// Looks at parentheses from the last to the first, so that each knows what the one inside it encloses.
fn enclosed_queries(list: &[Token], keywords: &[Option<Keyword>]) -> Vec<bool> {
    let closing = closing_parentheses(list);
    let word = |position: usize| {
        keywords
            .get(position)
            .copied()
            .flatten()
            .map_or("", |keyword| keyword.text)
    };
    let mut queries = vec![false; list.len()];
    for position in (0..list.len()).rev() {
        if list.get(position).map(|token| token.kind) != Some(TokenKind::OpenParenthesis) {
            continue;
        }
        let next = position + 1;
        let encloses = match list.get(next).map(|token| token.kind) {
            Some(TokenKind::OpenParenthesis) => {
                let after = closing.get(next).copied().unwrap_or(list.len()) + 1;
                queries.get(next).copied().unwrap_or_default()
                    && (list.get(after).map(|token| token.kind)
                        == Some(TokenKind::CloseParenthesis)
                        || matches!(
                            word(after),
                            "union"
                                | "intersect"
                                | "except"
                                | "order"
                                | "limit"
                                | "offset"
                                | "fetch"
                                | "for"
                        ))
            }
            _ => matches!(word(next), "select" | "values" | "with" | "table"),
        };
        if let Some(query) = queries.get_mut(position) {
            *query = encloses;
        }
    }
    queries
}

/// For each `(` the position of its `)`.
fn closing_parentheses(list: &[Token]) -> Vec<usize> {
    let mut closing = vec![list.len(); list.len()];
    let mut open = Vec::new();
    for (position, token) in list.iter().enumerate() {
        match token.kind {
            TokenKind::OpenParenthesis => open.push(position),
            TokenKind::CloseParenthesis => {
                if let Some(slot) = open.pop().and_then(|opened: usize| closing.get_mut(opened)) {
                    *slot = position;
                }
            }
            _ => {}
        }
    }
    closing
}

/// A cursor over the tokens of one statement.
pub(super) struct Reader<'t, 'a> {
    pub(super) tokens: &'t Tokens<'a>,
    pub(super) position: usize,
    /// Behind the statement's last token.
    pub(super) end: usize,
}

impl<'t, 'a> Reader<'t, 'a> {
    pub(super) fn new(tokens: &'t Tokens<'a>, start: usize, end: usize) -> Self {
        Self {
            tokens,
            position: start,
            end,
        }
    }

    pub(super) fn at_end(&self) -> bool {
        self.position >= self.end
    }

    pub(super) fn kind(&self) -> Option<TokenKind> {
        self.kind_at(0)
    }

    pub(super) fn kind_at(&self, ahead: usize) -> Option<TokenKind> {
        let position = self.position + ahead;
        if position < self.end {
            self.tokens.kind(position)
        } else {
            None
        }
    }

    /// The key word at the cursor in lower case; empty where there is none.
    pub(super) fn word(&self) -> &'static str {
        self.word_at(0)
    }

    pub(super) fn word_at(&self, ahead: usize) -> &'static str {
        let position = self.position + ahead;
        if position < self.end {
            self.tokens.word(position)
        } else {
            ""
        }
    }

    fn keyword_at(&self, ahead: usize) -> Option<Keyword> {
        let position = self.position + ahead;
        if position < self.end {
            self.tokens.keyword(position)
        } else {
            None
        }
    }

    pub(super) fn text(&self) -> &'a str {
        self.text_at(0)
    }

    pub(super) fn text_at(&self, ahead: usize) -> &'a str {
        let position = self.position + ahead;
        if position < self.end {
            self.tokens.text(position)
        } else {
            ""
        }
    }

    /// The place of the token at the cursor.
    pub(super) fn here(&self) -> Span {
        self.tokens.span(self.position)
    }

    /// From `start` to the end of the token before the cursor.
    pub(super) fn since(&self, start: Span) -> Span {
        start.to(self.tokens.span(self.position.saturating_sub(1)))
    }

    pub(super) fn stop<T>(&self, expected: &'static str) -> Read<T> {
        Err(Stop {
            position: self.position.min(self.end),
            expected,
        })
    }

    pub(super) fn advance(&mut self) {
        self.position += 1;
    }

    pub(super) fn is_kind(&self, kind: TokenKind) -> bool {
        self.kind() == Some(kind)
    }

    pub(super) fn eat_kind(&mut self, kind: TokenKind) -> bool {
        let found = self.is_kind(kind);
        if found {
            self.advance();
        }
        found
    }

    pub(super) fn eat_comma(&mut self) -> bool {
        self.eat_kind(TokenKind::Comma)
    }

    pub(super) fn is_open(&self) -> bool {
        self.is_kind(TokenKind::OpenParenthesis)
    }

    pub(super) fn eat_open(&mut self) -> bool {
        self.eat_kind(TokenKind::OpenParenthesis)
    }

    pub(super) fn open(&mut self) -> Read<()> {
        if self.eat_open() {
            Ok(())
        } else {
            self.stop("`(`")
        }
    }

    pub(super) fn close(&mut self) -> Read<()> {
        if self.eat_kind(TokenKind::CloseParenthesis) {
            Ok(())
        } else {
            self.stop("`)`")
        }
    }

    pub(super) fn is_close(&self) -> bool {
        self.is_kind(TokenKind::CloseParenthesis)
    }

    /// Whether a `(` stands here that encloses a query.
    pub(super) fn is_enclosed_query(&self) -> bool {
        self.is_open()
            && self
                .tokens
                .queries
                .get(self.position)
                .copied()
                .unwrap_or_default()
    }

    pub(super) fn is_operator(&self, operator: &str) -> bool {
        matches!(self.kind(), Some(TokenKind::Operator { .. })) && self.text() == operator
    }

    pub(super) fn eat_operator(&mut self, operator: &str) -> bool {
        let found = self.is_operator(operator);
        if found {
            self.advance();
        }
        found
    }

    pub(super) fn equals(&mut self) -> Read<()> {
        if self.eat_operator("=") {
            Ok(())
        } else {
            self.stop("`=`")
        }
    }

    /// Whether these key words stand here one behind the other.
    pub(super) fn is(&self, words: &[&str]) -> bool {
        words
            .iter()
            .enumerate()
            .all(|(ahead, word)| self.word_at(ahead) == *word)
    }

    /// Takes the key words if all of them stand here.
    pub(super) fn eat(&mut self, words: &[&str]) -> bool {
        let found = self.is(words);
        if found {
            self.position += words.len();
        }
        found
    }

    pub(super) fn expect(&mut self, word: &'static str) -> Read<()> {
        if self.word() == word {
            self.advance();
            Ok(())
        } else {
            self.stop(word)
        }
    }

    /// Takes the word if it reads so, key word or not (`FORMAT`, `YAML`, options of CREATE TYPE).
    pub(super) fn eat_plain(&mut self, word: &str) -> bool {
        let found =
            self.kind() == Some(TokenKind::Identifier) && self.text().eq_ignore_ascii_case(word);
        if found {
            self.advance();
        }
        found
    }

    /// A list of at least one entry, separated by commas.
    pub(super) fn list<T>(&mut self, mut entry: impl FnMut(&mut Self) -> Read<T>) -> Read<Vec<T>> {
        let mut entries = vec![entry(self)?];
        while self.eat_comma() {
            entries.push(entry(self)?);
        }
        Ok(entries)
    }

    /// A list in parentheses.
    pub(super) fn enclosed<T>(&mut self, entry: impl FnMut(&mut Self) -> Read<T>) -> Read<Vec<T>> {
        self.open()?;
        let entries = self.list(entry)?;
        self.close()?;
        Ok(entries)
    }

    /// Steps over what stands in the parentheses that open here.
    pub(super) fn skip_enclosed(&mut self) -> Read<()> {
        self.open()?;
        let mut depth = 1_usize;
        while depth > 0 {
            match self.kind() {
                None => return self.stop("`)`"),
                Some(TokenKind::OpenParenthesis) => depth += 1,
                Some(TokenKind::CloseParenthesis) => depth -= 1,
                Some(_) => {}
            }
            self.advance();
        }
        Ok(())
    }

    /// Whether the token `ahead` of the cursor is an identifier that is in quotes, or a word that `allowed` lets be a name.
    fn is_name_at(&self, ahead: usize, allowed: impl Fn(Category) -> bool) -> bool {
        match self.kind_at(ahead) {
            Some(
                TokenKind::QuotedIdentifier { .. }
                | TokenKind::UnicodeIdentifier { .. }
                | TokenKind::NamedParameter,
            ) => !matches!(self.kind_at(ahead), Some(TokenKind::NamedParameter)),
            Some(TokenKind::Identifier) => self
                .keyword_at(ahead)
                .is_none_or(|keyword| allowed(keyword.category)),
            _ => false,
        }
    }

    /// `ColId` of the grammar: a name of a column, a table or another object.
    pub(super) fn is_column_name(&self) -> bool {
        self.is_column_name_at(0)
    }

    pub(super) fn is_column_name_at(&self, ahead: usize) -> bool {
        self.is_name_at(ahead, |category| {
            matches!(category, Category::Unreserved | Category::ColumnName)
        })
    }

    /// `type_function_name`.
    pub(super) fn is_function_name(&self) -> bool {
        self.is_name_at(0, |category| {
            matches!(category, Category::Unreserved | Category::TypeOrFunction)
        })
    }

    /// `ColLabel`: any word.
    pub(super) fn is_label(&self) -> bool {
        self.is_name_at(0, |_| true)
    }

    /// `NonReservedWord`.
    pub(super) fn is_unreserved_word(&self) -> bool {
        self.is_name_at(0, |category| category != Category::Reserved)
    }

    /// `BareColLabel`: what may stand behind an expression as its label without AS.
    pub(super) fn is_bare_label(&self) -> bool {
        self.is_label() && self.keyword_at(0).is_none_or(|keyword| keyword.bare_label)
    }

    pub(super) fn column_name(&mut self) -> Read<Name> {
        if self.is_column_name() {
            Ok(self.take_name())
        } else {
            self.stop("a name")
        }
    }

    pub(super) fn label(&mut self) -> Read<Name> {
        if self.is_label() {
            Ok(self.take_name())
        } else {
            self.stop("a name")
        }
    }

    /// The identifier at the cursor, with the `UESCAPE 'c'` that may follow it.
    pub(super) fn take_name(&mut self) -> Name {
        let span = self.here();
        let text = self.text();
        let unicode = matches!(self.kind(), Some(TokenKind::UnicodeIdentifier { .. }));
        self.advance();
        if unicode {
            let escape = self.unicode_escape();
            return Name::new(literal::unicode_identifier(text, escape), span);
        }
        Name::new(literal::identifier(text), span)
    }

    /// `UESCAPE 'c'`; a backslash without it.
    pub(super) fn unicode_escape(&mut self) -> char {
        if self.word() == "uescape" && matches!(self.kind_at(1), Some(TokenKind::String { .. })) {
            self.advance();
            let escape = self.text().chars().nth(1).unwrap_or('\\');
            self.advance();
            escape
        } else {
            '\\'
        }
    }

    /// A name with qualifiers, whose first part is a `ColId` and whose others are labels.
    pub(super) fn object_name(&mut self) -> Read<ObjectName> {
        let first = self.column_name()?;
        self.rest_of_object_name(first)
    }

    /// A name with qualifiers, of which every word may be the first that names anything at all (types, functions).
    pub(super) fn any_object_name(&mut self) -> Read<ObjectName> {
        if !self.is_column_name() && !self.is_function_name() {
            return self.stop("a name");
        }
        let first = self.take_name();
        self.rest_of_object_name(first)
    }

    fn rest_of_object_name(&mut self, first: Name) -> Read<ObjectName> {
        let start = first.span;
        let mut parts = vec![first];
        while self.eat_kind(TokenKind::Dot) {
            parts.push(self.label()?);
        }
        Ok(ObjectName {
            parts,
            span: self.since(start),
        })
    }

    /// `(a, b)`
    pub(super) fn column_names(&mut self) -> Read<Vec<Name>> {
        self.enclosed(Self::column_name)
    }

    /// `(a, b)`, where it may be missing.
    pub(super) fn optional_column_names(&mut self) -> Read<Vec<Name>> {
        if self.is_open() {
            self.column_names()
        } else {
            Ok(Vec::new())
        }
    }

    /// `IF EXISTS`
    pub(super) fn if_exists(&mut self) -> bool {
        self.eat(&["if", "exists"])
    }

    /// `IF NOT EXISTS`
    pub(super) fn if_not_exists(&mut self) -> bool {
        self.eat(&["if", "not", "exists"])
    }

    /// A constant string of any kind.
    pub(super) fn is_string(&self) -> bool {
        matches!(
            self.kind(),
            Some(
                TokenKind::String { .. }
                    | TokenKind::EscapeString { .. }
                    | TokenKind::UnicodeString { .. }
                    | TokenKind::DollarString { .. }
                    | TokenKind::NationalString { .. }
            )
        )
    }

    pub(super) fn string(&mut self) -> Read<String> {
        if !self.is_string() {
            return self.stop("a string");
        }
        let text = self.text();
        let kind = self.kind();
        self.advance();
        Ok(match kind {
            Some(TokenKind::UnicodeString { .. }) => {
                let escape = self.unicode_escape();
                literal::unicode_string(text, escape)
            }
            Some(TokenKind::EscapeString { .. }) => literal::escape_string(text),
            Some(TokenKind::DollarString { .. }) => literal::dollar_string(text),
            Some(TokenKind::NationalString { .. }) => {
                literal::plain_string(text.get(1..).unwrap_or_default())
            }
            _ => literal::plain_string(text),
        })
    }
}
