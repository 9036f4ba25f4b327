//! The tokens of SQL text.

/// One token: what it is and which bytes of the text it covers.
///
/// Offsets are bytes from the start of the lexed text. The tokens of a text tile it: each starts where the one before
/// ended, so that concatenating their texts gives the input back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Token {
    /// What the token is.
    pub kind: TokenKind,
    /// The offset of its first byte.
    pub start: usize,
    /// The offset after its last byte.
    pub end: usize,
}

impl Token {
    /// The token's text in `sql`, which must be the text that was lexed; the empty string for any other text in which
    /// the offsets do not fall on characters.
    #[must_use]
    pub fn text<'a>(&self, sql: &'a str) -> &'a str {
        sql.get(self.start..self.end).unwrap_or_default()
    }

    /// Whether the token is an unquoted identifier or keyword that reads `word`, letter case aside.
    #[must_use]
    pub fn is_word(&self, sql: &str, word: &str) -> bool {
        self.kind == TokenKind::Identifier && self.text(sql).eq_ignore_ascii_case(word)
    }
}

/// What a [`Token`] is.
///
/// Lexing never fails: what PostgreSQL's scanner would refuse is still a token, and says so in a field
/// (see [`TokenKind::is_malformed`]). The kinds follow the manual's chapter
/// [Lexical Structure](https://www.postgresql.org/docs/current/sql-syntax-lexical.html).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum TokenKind {
    /// Spaces, tabs, line breaks, form feeds, vertical tabs.
    Whitespace,
    /// `-- …` up to, not including, the line break.
    LineComment,
    /// `/* … */`, nested.
    BlockComment {
        /// Whether every level was closed.
        terminated: bool,
    },
    /// An unquoted identifier or a keyword; bytes from 0x80 count as letters.
    Identifier,
    /// `"…"`.
    QuotedIdentifier {
        /// Whether the closing quote was found.
        terminated: bool,
        /// Whether nothing stands between the quotes, which PostgreSQL refuses.
        empty: bool,
    },
    /// `U&"…"`.
    UnicodeIdentifier {
        /// Whether the closing quote was found.
        terminated: bool,
        /// Whether nothing stands between the quotes, which PostgreSQL refuses.
        empty: bool,
    },
    /// `'…'`, with its continuations on following lines.
    String {
        /// Whether the closing quote was found.
        terminated: bool,
    },
    /// `E'…'`.
    EscapeString {
        /// Whether the closing quote was found.
        terminated: bool,
        /// Whether all escapes are ones that PostgreSQL takes.
        valid: bool,
    },
    /// `U&'…'`. A following `UESCAPE 'c'` is made of tokens of its own.
    UnicodeString {
        /// Whether the closing quote was found.
        terminated: bool,
    },
    /// `B'…'`.
    BitString {
        /// Whether the closing quote was found.
        terminated: bool,
    },
    /// `X'…'`.
    HexString {
        /// Whether the closing quote was found.
        terminated: bool,
    },
    /// `N'…'`.
    NationalString {
        /// Whether the closing quote was found.
        terminated: bool,
    },
    /// `$tag$…$tag$`.
    DollarString {
        /// Whether the closing tag was found.
        terminated: bool,
    },
    /// `42`, `0x2A`, `0o52`, `0b101010`, `1_000`.
    Integer,
    /// `1.5`, `.5`, `1.`.
    Decimal,
    /// `1e5`, `1.5e-3`.
    Real,
    /// What starts like a number and is none: `12abc`, `0x`, `1e+`.
    MalformedNumber,
    /// `$1`.
    Parameter {
        /// `false` for `$1abc`, PostgreSQL's "trailing junk after parameter".
        valid: bool,
    },
    /// `$name`: pgdbm's own, PostgreSQL has no such token.
    NamedParameter,
    /// An operator such as `+`, `<=`, `->>`.
    Operator {
        /// `false` for an operator of 64 bytes or more, which PostgreSQL refuses.
        valid: bool,
    },
    /// `(`.
    OpenParenthesis,
    /// `)`.
    CloseParenthesis,
    /// `[`.
    OpenBracket,
    /// `]`.
    CloseBracket,
    /// `,`.
    Comma,
    /// `;`.
    Semicolon,
    /// `.`.
    Dot,
    /// `..`.
    DotDot,
    /// `:`.
    Colon,
    /// `::`.
    Typecast,
    /// `:=`.
    ColonEquals,
    /// `=>`.
    EqualsGreater,
    /// `{{…}}` or `<<…>>`: pgdbm's own.
    Placeholder {
        /// Which of the two ways it is written.
        form: PlaceholderForm,
        /// Whether the closing braces were found. An angle placeholder without its end is read as the operator `<<`.
        terminated: bool,
    },
    /// A character that starts no token of PostgreSQL: `{`, `}`, `\`, a lone `$`, a control character.
    Unknown,
}

impl TokenKind {
    /// Whether the token separates others and means nothing itself: white space and comments.
    #[must_use]
    pub fn is_trivia(self) -> bool {
        matches!(
            self,
            Self::Whitespace | Self::LineComment | Self::BlockComment { .. }
        )
    }

    /// Whether PostgreSQL's scanner would refuse the token.
    #[must_use]
    pub fn is_malformed(self) -> bool {
        match self {
            Self::BlockComment { terminated }
            | Self::String { terminated }
            | Self::UnicodeString { terminated }
            | Self::BitString { terminated }
            | Self::HexString { terminated }
            | Self::NationalString { terminated }
            | Self::DollarString { terminated }
            | Self::Placeholder { terminated, .. } => !terminated,
            Self::QuotedIdentifier { terminated, empty }
            | Self::UnicodeIdentifier { terminated, empty } => !terminated || empty,
            Self::EscapeString { terminated, valid } => !terminated || !valid,
            Self::Parameter { valid } | Self::Operator { valid } => !valid,
            Self::MalformedNumber => true,
            _ => false,
        }
    }
}

/// The two ways to write a placeholder; they mean the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum PlaceholderForm {
    /// `{{…}}`.
    Braces,
    /// `<<…>>`.
    Angles,
}
