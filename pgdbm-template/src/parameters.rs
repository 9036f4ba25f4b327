//! The parameters of a template.

use std::collections::HashMap;

use crate::code::Code;
use crate::diagnostic::{Diagnostic, Diagnostics, excerpt};

/// The highest parameter number of PostgreSQL's protocol, which counts parameters in 16 bits.
pub const MAX_PARAMETERS: usize = 65535;

/// The parameters of a template: `$1`, `$2`, … and `$name`.
///
/// Both may stand in one statement, and one rule says which number a named one gets: the positional ones keep theirs,
/// and the names follow the highest of them in the order in which they first appear. Without positional parameters the
/// names therefore count from `$1`. Arguments are given in the order of the numbers.
///
/// What is not a parameter of the statement is not counted: `$1` inside literals and comments, and the `$1` of
/// `CREATE FUNCTION`, `CREATE PROCEDURE` and `PREPARE`, which means the routine's own argument.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Parameters {
    positional: Vec<PositionalParameter>,
    names: Vec<NamedParameter>,
    highest: usize,
    gaps: Vec<ParameterGap>,
    out_of_range: Vec<Span>,
}

/// One use of `$1`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct PositionalParameter {
    /// The number behind the dollar.
    pub number: usize,
    /// Where it stands in the source.
    pub span: Span,
}

/// A `$name` with all its uses.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct NamedParameter {
    /// The name behind the dollar.
    pub name: String,
    /// The number that it is rendered as.
    pub number: usize,
    /// Where it stands in the source; never empty, the first use first.
    pub uses: Vec<Span>,
}

impl NamedParameter {
    /// Where the name first appears.
    #[must_use]
    pub fn first_use(&self) -> Span {
        self.uses
            .first()
            .copied()
            .unwrap_or(Span { start: 0, end: 0 })
    }
}

/// Bytes of the source.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Span {
    /// The offset of the first byte.
    pub start: usize,
    /// The offset after the last byte.
    pub end: usize,
}

/// Numbers that no parameter has though a higher one is used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ParameterGap {
    /// The first number that is missing.
    pub first: usize,
    /// The last one in a row with it.
    pub last: usize,
    /// The first use of the number after the gap.
    pub before: PositionalParameter,
}

impl Parameters {
    /// How many arguments the template takes: the highest number, names counted.
    #[must_use]
    pub fn count(&self) -> usize {
        self.highest + self.names.len()
    }

    /// The named parameters, by number.
    #[must_use]
    pub fn names(&self) -> &[NamedParameter] {
        &self.names
    }

    /// The uses of positional parameters, by place.
    #[must_use]
    pub fn positional(&self) -> &[PositionalParameter] {
        &self.positional
    }

    /// The numbers that are skipped, lowest first. PostgreSQL could not tell their types.
    #[must_use]
    pub fn missing(&self) -> &[ParameterGap] {
        &self.gaps
    }

    /// What is wrong with the numbers: gaps, `$0`, more than 65535.
    #[must_use]
    pub fn diagnostics(&self) -> Vec<Diagnostic> {
        let mut diagnostics = Diagnostics::default();
        for span in &self.out_of_range {
            diagnostics.push(|| {
                let message = format!("parameters count from $1 to ${MAX_PARAMETERS}");
                Diagnostic::error(Code::ParameterOutOfRange, message, span.start, span.end, "no such parameter")
                    .with_help("number the parameters $1, $2, … in the order of the arguments, or name them: $name")
            });
        }
        for gap in &self.gaps {
            diagnostics.push(|| gap.diagnostic());
        }
        if self.count() > MAX_PARAMETERS
            && let Some(last) = self.names.last()
        {
            let Span { start, end } = last.first_use();
            diagnostics.push(|| {
                let message = format!("`${}` is parameter {}", excerpt(&last.name), last.number);
                Diagnostic::error(
                    Code::ParameterOutOfRange,
                    message,
                    start,
                    end,
                    "one too many",
                )
                .with_help(format!(
                    "use at most {MAX_PARAMETERS}; pass many values as one array"
                ))
            });
        }
        diagnostics.into_sorted()
    }
}

impl ParameterGap {
    fn diagnostic(&self) -> Diagnostic {
        let Span { start, end } = self.before.span;
        let used = self.before.number;
        let (message, help) = if self.first == self.last {
            (
                format!("${} is missing though ${used} is used", self.first),
                format!("use ${}, or count without it", self.first),
            )
        } else {
            (
                format!(
                    "${} to ${} are missing though ${used} is used",
                    self.first, self.last
                ),
                format!("use them, or count from ${}", self.first),
            )
        };
        let diagnostic = Diagnostic::error(
            Code::ParameterGap,
            message,
            start,
            end,
            "a number before this one is skipped",
        )
        .with_help(help);
        // Only the lowest gap can be closed by writing its first number here; with several, one fix would open another.
        if self.first == self.last && self.first + 1 == used {
            diagnostic.with_fix(start, end, format!("${}", self.first))
        } else {
            diagnostic
        }
    }
}

/// Collects parameters in the order of the source.
#[derive(Debug, Default)]
pub(crate) struct ParameterCollector<'a> {
    parameters: Parameters,
    by_name: HashMap<&'a str, usize>,
}

impl<'a> ParameterCollector<'a> {
    /// Takes `$1`; `digits` is the text behind the dollar.
    pub(crate) fn positional(&mut self, digits: &str, span: Span) {
        match digits.parse::<usize>() {
            Ok(number @ 1..=MAX_PARAMETERS) => {
                self.parameters
                    .positional
                    .push(PositionalParameter { number, span });
                self.parameters.highest = self.parameters.highest.max(number);
            }
            _ => self.parameters.out_of_range.push(span),
        }
    }

    /// Takes `$name`; gives the index among the names.
    pub(crate) fn named(&mut self, name: &'a str, span: Span) -> usize {
        let names = &mut self.parameters.names;
        let index = *self.by_name.entry(name).or_insert(names.len());
        match names.get_mut(index) {
            Some(known) => known.uses.push(span),
            None => names.push(NamedParameter {
                name: name.to_owned(),
                number: 0,
                uses: vec![span],
            }),
        }
        index
    }

    /// Numbers the names and finds the gaps.
    pub(crate) fn finish(self) -> Parameters {
        let mut parameters = self.parameters;
        for (index, name) in parameters.names.iter_mut().enumerate() {
            name.number = parameters.highest + 1 + index;
        }
        let mut uses = parameters.positional.clone();
        // The sort is stable, so the first use of each number comes first.
        uses.sort_by_key(|parameter| parameter.number);
        let mut expected = 1;
        for parameter in uses {
            if parameter.number > expected {
                parameters.gaps.push(ParameterGap {
                    first: expected,
                    last: parameter.number - 1,
                    before: parameter,
                });
            }
            expected = parameter.number + 1;
        }
        parameters
    }
}
