//! Why a statement is not accepted, before it becomes a diagnostic of a file or a query.

use pgdbm_template::{Code, Severity};

use crate::catalog::{Makes, Origin};
use crate::syntax::ast::Span;

/// The first mistake in a statement. Like the server, the analysis stops there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Failure {
    pub(crate) code: Code,
    pub(crate) severity: Severity,
    /// One sentence without a full stop.
    pub(crate) message: String,
    pub(crate) span: Span,
    /// A few words under the place; may be empty.
    pub(crate) label: String,
    /// What to do, starting with a verb.
    pub(crate) help: Option<String>,
    /// Of a statement that cannot be read: what it may make.
    pub(crate) makes: Makes,
    /// Other places: of the same text (no origin) or of a migration.
    pub(crate) notes: Vec<Note>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Note {
    Here(Span, String),
    At(Origin, String),
}

pub(crate) type Result<T> = std::result::Result<T, Box<Failure>>;

impl Failure {
    /// A mistake that the server would refuse.
    pub(crate) fn error(code: Code, span: Span, message: impl Into<String>) -> Box<Self> {
        Box::new(Self {
            code,
            severity: Severity::Error,
            message: message.into(),
            span,
            label: String::new(),
            help: None,
            makes: Makes::ALL,
            notes: Vec::new(),
        })
    }

    /// Something that can be prepared, and fails when it runs.
    pub(crate) fn warning(code: Code, span: Span, message: impl Into<String>) -> Box<Self> {
        Box::new(Self {
            severity: Severity::Warning,
            ..*Self::error(code, span, message)
        })
    }

    /// Something whose types the checker does not know: a warning, and nothing is claimed.
    pub(crate) fn cannot_check(span: Span, what: impl Into<String>) -> Box<Self> {
        Self::warning(Code::CannotCheck, span, what)
    }

    pub(crate) fn label(mut self: Box<Self>, label: impl Into<String>) -> Box<Self> {
        self.label = label.into();
        self
    }

    pub(crate) fn help(mut self: Box<Self>, help: impl Into<String>) -> Box<Self> {
        self.help = Some(help.into());
        self
    }

    pub(crate) fn note(mut self: Box<Self>, note: Note) -> Box<Self> {
        self.notes.push(note);
        self
    }

    /// The same with the place that made what it is about, if a migration did.
    pub(crate) fn made(self: Box<Self>, what: &str, origin: Option<Origin>) -> Box<Self> {
        match origin {
            Some(origin) => self.note(Note::At(origin, format!("`{what}` is made here"))),
            None => self,
        }
    }

    /// Whether something that nobody could read of the migrations may be what is missing here.
    pub(crate) fn may_be_unread(&self) -> bool {
        self.is_error()
            && matches!(
                self.code,
                Code::UnknownSchema
                    | Code::UnknownRelation
                    | Code::UnknownColumn
                    | Code::UnknownType
                    | Code::UnknownFunction
                    | Code::UnknownOperator
                    | Code::UnknownConstraint
                    | Code::UnknownObject
            )
    }

    /// The same as something that cannot be checked, because of what stands at `origin`.
    pub(crate) fn unread(self: Box<Self>, origin: Origin) -> Box<Self> {
        let message = format!("{}, as far as the migrations can be read", self.message);
        let mut softened = self;
        softened.code = Code::CannotCheck;
        softened.severity = Severity::Warning;
        softened.message = message;
        softened.notes.push(Note::At(
            origin,
            "what is made here could not be read".to_owned(),
        ));
        softened
    }

    pub(crate) fn is_error(&self) -> bool {
        self.severity == Severity::Error
    }
}
