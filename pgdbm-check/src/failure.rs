//! Why a statement is not accepted, before it becomes a diagnostic of a file or a query.

use pgdbm_template::{Code, Severity};

use crate::catalog::{Gone, Makes, Origin};
use crate::syntax::SyntaxError;
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
    /// What would stand in the place instead, if the help is right: a name without its quotes, a constant with them.
    pub(crate) replacement: Option<Replacement>,
    /// Of a statement that cannot be read: what it may make.
    pub(crate) makes: Makes,
    /// Other places: of the same text (no origin) or of a migration.
    pub(crate) notes: Vec<Note>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Replacement {
    Name(String),
    Constant(String),
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
            replacement: None,
            makes: Makes::ALL,
            notes: Vec::new(),
        })
    }

    /// A statement that is none.
    pub(crate) fn syntax(error: SyntaxError) -> Box<Self> {
        let mut failure = Self::error(Code::SyntaxError, error.span, error.message);
        failure.help = error.help;
        failure
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

    /// Another name that was most probably meant.
    pub(crate) fn near(mut self: Box<Self>, near: &str) -> Box<Self> {
        self.replacement = Some(Replacement::Name(near.to_owned()));
        self.help(format!("did you mean `{near}`?"))
    }

    /// A label of an enum, or another constant, that was most probably meant.
    pub(crate) fn near_constant(mut self: Box<Self>, near: &str) -> Box<Self> {
        self.replacement = Some(Replacement::Constant(near.to_owned()));
        self.help(format!("did you mean '{near}'?"))
    }

    /// What became of what is missing.
    pub(crate) fn gone(mut self: Box<Self>, gone: &Gone) -> Box<Self> {
        match &gone.renamed_to {
            Some(now) => {
                self.replacement = Some(Replacement::Name(now.clone()));
                self.note(Note::At(gone.origin, "it was renamed here".to_owned()))
                    .help(format!("it is called `{now}` now"))
            }
            None => self.note(Note::At(gone.origin, "it was dropped here".to_owned())),
        }
    }

    /// What became of a label of an enum.
    pub(crate) fn gone_label(mut self: Box<Self>, gone: &Gone) -> Box<Self> {
        if let Some(now) = &gone.renamed_to {
            self.replacement = Some(Replacement::Constant(now.clone()));
            self.help = Some(format!("it is called '{now}' now"));
        }
        self.note(Note::At(gone.origin, "it was renamed here".to_owned()))
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
            "what is made here could not be read: tell it with `-- pgdbm:declare`".to_owned(),
        ));
        softened
    }

    pub(crate) fn is_error(&self) -> bool {
        self.severity == Severity::Error
    }
}
