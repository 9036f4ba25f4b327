//! The one table of diagnostic codes.

use std::fmt;

macro_rules! codes {
    ($($variant:ident $name:literal $explanation:literal;)*) => {
        /// Which mistake a [`Diagnostic`](crate::Diagnostic) is about.
        ///
        /// Documentation, configuration and output all derive from this one table.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[non_exhaustive]
        pub enum Code {
            $(
                #[doc = concat!("`", $name, "`: ", $explanation)]
                $variant,
            )*
        }

        impl Code {
            /// All codes, in the order of the table.
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];

            /// The code as it is printed and configured, such as `unknown-placeholder`.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => $name,)*
                }
            }

            /// One sentence that says what the code is about.
            #[must_use]
            pub const fn explanation(self) -> &'static str {
                match self {
                    $(Self::$variant => $explanation,)*
                }
            }
        }
    };
}

codes! {
    UnknownPlaceholder "unknown-placeholder" "The text in `{{…}}` starts with none of the words that placeholders start with.";
    MalformedPlaceholder "malformed-placeholder" "A placeholder lacks its name, has a part too many, or holds a character that no name has.";
    UnterminatedPlaceholder "unterminated-placeholder" "A placeholder is opened and never closed.";
    PlaceholderInUnicodeString "placeholder-in-unicode-string" "A placeholder stands in a `U&'…'` literal that has its own escape character.";
    PlaceholderEndsDollarQuote "placeholder-ends-dollar-quote" "What a placeholder stands for would end the dollar-quoted literal around it.";
    OptionalPart "optional-part" "An optional part, `{{if $name}} … {{end}}`, is not a whole, or stands where there can be none.";
    UnterminatedString "unterminated-string" "A string literal has no closing quote.";
    UnterminatedIdentifier "unterminated-identifier" "A quoted identifier has no closing quote.";
    UnterminatedComment "unterminated-comment" "A block comment, or one nested in it, is not closed.";
    EmptyIdentifier "empty-identifier" "A quoted identifier has nothing between its quotes.";
    IdentifierTooLong "identifier-too-long" "An identifier has more than 63 bytes, and PostgreSQL would cut it.";
    InvalidEscape "invalid-escape" "An `E'…'` literal holds an escape that PostgreSQL refuses.";
    MalformedNumber "malformed-number" "Something starts like a number and goes on like a name.";
    OperatorTooLong "operator-too-long" "An operator has more than 63 characters.";
    UnexpectedCharacter "unexpected-character" "A character stands in SQL that starts nothing PostgreSQL knows.";
    InvisibleCharacter "invisible-character" "A character that looks like a space or like nothing is part of an identifier.";
    NulCharacter "nul-character" "PostgreSQL takes no NUL character, in no place.";
    StatementTooLong "statement-too-long" "The text is longer than PostgreSQL takes.";
    MalformedParameter "malformed-parameter" "A parameter is followed directly by letters.";
    ParameterOutOfRange "parameter-out-of-range" "Parameters count from $1 to $65535.";
    ParameterGap "parameter-gap" "A parameter number is skipped.";
    ParameterNotAllowed "parameter-not-allowed" "A named parameter stands in a statement whose parameters are its own.";
    MissingArgument "missing-argument" "A parameter gets no argument.";
    SurplusArgument "surplus-argument" "An argument belongs to no parameter.";
    EmptyQuery "empty-query" "There is no statement, only white space and comments at most.";
    SeveralStatements "several-statements" "There is more than one statement where one is expected.";
    UnrecognizedFileName "unrecognized-file-name" "The name of a migration file does not say its version.";
    DuplicateVersion "duplicate-version" "Two migration files have the same version.";
    UndoWithoutMigration "undo-without-migration" "There is a file that undoes a migration, and no such migration.";
    EmptyMigration "empty-migration" "A migration file holds no statement.";
    InvalidUtf8 "invalid-utf8" "A file is not UTF-8 text.";
    MigrationParameter "migration-parameter" "A migration has a parameter, and nothing to give for it.";
    TransactionControl "transaction-control" "A migration begins or ends a transaction itself.";
    RefusesTransaction "refuses-transaction" "PostgreSQL refuses a statement inside a transaction, where migrations run.";
    SessionState "session-state" "A migration changes settings of the shared connection.";
    BareName "bare-name" "A migration creates something under a name without a schema.";
    CopyStream "copy-stream" "COPY moves rows from or to the client, which neither a migration nor a query does.";
    MetaCommand "meta-command" "A command of psql stands in a file that the server gets.";
    UnknownDirective "unknown-directive" "A comment starts like a directive of pgdbm and is none.";
    MisplacedDirective "misplaced-directive" "A directive stands where it has no effect.";
    SyntaxError "syntax-error" "PostgreSQL's grammar does not allow what stands here.";
    TooDeep "too-deep" "Parentheses, operators or queries are nested deeper than the checker follows, and perhaps the server.";
    CannotCheck "cannot-check" "The checker does not know what the server would say: nothing is claimed.";
    CannotReplay "cannot-replay" "A statement of a migration may define things that the checker cannot see.";
    UnknownSchema "unknown-schema" "There is no schema of this name.";
    UnknownRelation "unknown-relation" "There is no table, view or other relation of this name.";
    UnknownColumn "unknown-column" "No relation that can be seen here has a column of this name.";
    UnknownType "unknown-type" "There is no type of this name.";
    UnknownFunction "unknown-function" "No function of this name takes these arguments.";
    UnknownOperator "unknown-operator" "No operator of this name takes these operands.";
    UnknownCollation "unknown-collation" "There is no collation of this name.";
    UnknownWindow "unknown-window" "There is no window of this name.";
    UnknownConstraint "unknown-constraint" "There is no constraint, trigger, policy or index of this name.";
    UnknownObject "unknown-object" "There is nothing of this kind and name.";
    AlreadyExists "already-exists" "Something of this name is there already.";
    AmbiguousName "ambiguous-name" "A name may mean several things, or stands twice where it must be one of a kind.";
    AmbiguousFunction "ambiguous-function" "Several functions take these arguments equally well.";
    AmbiguousOperator "ambiguous-operator" "Several operators take these operands equally well.";
    TypeMismatch "type-mismatch" "A value has another type than its place asks for, and is not converted to it by itself.";
    InvalidLiteral "invalid-literal" "A constant cannot be read as the type it has to have.";
    UndeterminedType "undetermined-type" "Nothing says which type a parameter has.";
    ColumnCount "column-count" "There are more or fewer columns or values than the place asks for.";
    UngroupedColumn "ungrouped-column" "A column is neither grouped by nor aggregated.";
    MisplacedCall "misplaced-call" "An aggregate, window function or set-returning function stands where it may not.";
    MisplacedClause "misplaced-clause" "A clause or expression stands where it may not.";
    NotUpdatable "not-updatable" "The relation or column cannot be written to.";
    MissingValue "missing-value" "A column that takes no NULL and has no default gets no value.";
    NullValue "null-value" "A column that takes no NULL gets one.";
    NoConflictTarget "no-conflict-target" "No unique index or constraint fits ON CONFLICT.";
    UnnamedColumn "unnamed-column" "A column has no name that a field could have.";
    DuplicateColumn "duplicate-column" "Two columns would be one field.";
    UnmappedType "unmapped-type" "No type of Rust is known for a type of PostgreSQL.";
    InvalidOverride "invalid-override" "What stands beside a column's name is no type of Rust, or none that is known there.";
    InvalidFunction "invalid-function" "A function for a query is declared in a way that none can be made of.";
    WrongKind "wrong-kind" "The thing of this name is of another kind than the statement is for.";
    InvalidDefinition "invalid-definition" "A definition contradicts itself or what is there.";
}

impl Code {
    /// The code that is printed as `name`.
    ///
    /// ```
    /// use pgdbm_template::Code;
    ///
    /// assert_eq!(Code::from_name("duplicate-version"), Some(Code::DuplicateVersion));
    /// ```
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|code| code.as_str() == name)
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_unique_and_kebab_case() {
        for (index, code) in Code::ALL.iter().enumerate() {
            assert_eq!(Code::from_name(code.as_str()), Some(*code));
            assert!(
                code.as_str()
                    .bytes()
                    .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-'),
                "{code}"
            );
            assert!(code.explanation().ends_with('.'), "{code}");
            assert_eq!(
                Code::ALL.iter().position(|other| other == code),
                Some(index)
            );
        }
    }
}
