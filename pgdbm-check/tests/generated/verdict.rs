//! What the checker says of a query beside what the server says.

use std::collections::BTreeMap;
use std::error::Error;

use pgdbm_check::{Checker, Description, Severity};

use crate::database::{Database, Shape};

/// How the two compare.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Verdict {
    /// Valid for both, and of the same shape.
    Agreed,
    /// Valid for both; the checker does not know all types, and what it knows is right.
    Untyped,
    /// Valid for both, and the checker knows a type or a name wrongly.
    Wrong,
    /// Valid for the server and an error for the checker.
    Rejected,
    /// The server prepares it and refuses it whenever it runs, and the checker says so.
    RefusedLater,
    /// Refused by both.
    Refused,
    /// Refused by the server alone.
    Missed,
    /// Refused by the server alone, for a constant that only the input function of its type refuses.
    MissedConstant,
}

impl Verdict {
    /// Whether this may never be.
    pub(crate) fn is_wrong(self) -> bool {
        matches!(self, Self::Wrong | Self::Rejected)
    }
}

/// A verdict and what led to it.
pub(crate) struct Judgement {
    pub(crate) verdict: Verdict,
    pub(crate) ours: Description,
    pub(crate) theirs: Result<Shape, String>,
}

impl Judgement {
    /// Puts the query to both.
    pub(crate) fn of(
        query: &str,
        checker: &Checker,
        database: &mut Database,
    ) -> Result<Self, Box<dyn Error>> {
        let ours = checker.describe(query);
        let theirs = database.describe(query)?;
        let verdict = match &theirs {
            Ok(shape) => accepted(&ours, shape),
            Err(_) if is_refused(&ours) => Verdict::Refused,
            Err(message) if is_of_a_constant(message) => Verdict::MissedConstant,
            Err(_) => Verdict::Missed,
        };
        Ok(Self {
            verdict,
            ours,
            theirs,
        })
    }

    /// What both said, to be read by people.
    pub(crate) fn account(&self) -> String {
        let findings: Vec<String> = self
            .ours
            .findings
            .iter()
            .map(|finding| format!("{} {}", finding.code.as_str(), finding.message))
            .collect();
        let ours = match shape(&self.ours) {
            Some((parameters, columns)) => format!("{findings:?} {parameters:?} {columns:?}"),
            None => format!("{findings:?}"),
        };
        format!("we say {ours}\n  the server says {:?}", self.theirs)
    }
}

fn accepted(ours: &Description, theirs: &Shape) -> Verdict {
    let later = is_refused(ours) && is_refused_later(ours);
    if is_refused(ours) && !later {
        return Verdict::Rejected;
    }
    let agreed = if later {
        Verdict::RefusedLater
    } else {
        Verdict::Agreed
    };
    let Some((parameters, columns)) = shape(ours) else {
        return if later { agreed } else { Verdict::Untyped };
    };
    let agree = |(ours, theirs): (&Option<String>, &String)| {
        ours.as_ref().is_none_or(|ours| ours == theirs)
    };
    let right = parameters.len() == theirs.0.len()
        && columns.len() == theirs.1.len()
        && parameters.iter().zip(&theirs.0).all(agree)
        && columns
            .iter()
            .zip(&theirs.1)
            .all(|((name, ours), (their_name, theirs))| {
                name == their_name && agree((ours, theirs))
            });
    let types = columns.iter().map(|(_, of)| of).chain(&parameters);
    match (right, types.into_iter().all(Option::is_some)) {
        (false, _) => Verdict::Wrong,
        (true, false) => Verdict::Untyped,
        (true, true) => agreed,
    }
}

type Known = (Vec<Option<String>>, Vec<(String, Option<String>)>);

fn shape(description: &Description) -> Option<Known> {
    let columns = description.columns.as_ref()?;
    let parameters = description.parameters.iter();
    Some((
        parameters.map(|one| one.type_name.clone()).collect(),
        columns
            .iter()
            .map(|column| (column.name.clone(), column.type_name.clone()))
            .collect(),
    ))
}

fn is_refused(description: &Description) -> bool {
    let mut findings = description.findings.iter();
    findings.any(|finding| finding.severity == Severity::Error)
}

/// What the server takes when it prepares, and refuses whenever it runs.
fn is_refused_later(description: &Description) -> bool {
    description
        .findings
        .iter()
        .filter(|finding| finding.severity == Severity::Error)
        .all(|finding| {
            ["missing-value", "null-value", "not-updatable"].contains(&finding.code.as_str())
        })
}

fn is_of_a_constant(message: &str) -> bool {
    [
        "invalid input syntax",
        "invalid input value",
        "malformed ",
        "out of range",
        "value too long",
        "invalid hexadecimal",
        "bit string length",
        "does not exist: \"",
        "syntax error in",
        "invalid XML",
        "invalid name syntax",
        "invalid URI",
        "invalid memory",
        "date/time field value",
        "not a valid binary digit",
        "Token",
        "range lower bound",
        "no operand in tsquery",
    ]
    .iter()
    .any(|part| message.contains(part))
}

/// How often each verdict was given.
#[derive(Debug, Default)]
pub(crate) struct Tally(BTreeMap<Verdict, usize>);

impl Tally {
    pub(crate) fn add(&mut self, verdict: Verdict) {
        *self.0.entry(verdict).or_default() += 1;
    }

    pub(crate) fn count(&self, verdicts: &[Verdict]) -> usize {
        verdicts
            .iter()
            .filter_map(|verdict| self.0.get(verdict))
            .sum()
    }

    /// How many both refuse.
    pub(crate) fn refused_by_both(&self) -> usize {
        self.count(&[Verdict::Refused])
    }

    /// How many the server takes.
    pub(crate) fn valid(&self) -> usize {
        self.count(&[
            Verdict::Agreed,
            Verdict::Untyped,
            Verdict::Wrong,
            Verdict::Rejected,
            Verdict::RefusedLater,
        ])
    }

    /// Of the valid ones that may run, in hundredths, how many are typed in full.
    pub(crate) fn typed(&self) -> f64 {
        let typed = self.count(&[Verdict::Agreed]);
        percent(typed, self.valid() - self.count(&[Verdict::RefusedLater]))
    }

    /// Of those that the server refuses, in hundredths, how many the checker refuses: without and with those that fail for a
    /// constant.
    pub(crate) fn refused(&self) -> (f64, f64) {
        let refused = self.count(&[Verdict::Refused]);
        let missed = self.count(&[Verdict::Missed]);
        let constants = self.count(&[Verdict::MissedConstant]);
        (
            percent(refused, refused + missed),
            percent(refused, refused + missed + constants),
        )
    }
}

/// So many hundredths of the whole; of nothing none, so that no gate is passed by what was not looked at.
pub(crate) fn percent(part: usize, whole: usize) -> f64 {
    let number = |count: usize| f64::from(u32::try_from(count).unwrap_or(u32::MAX));
    if whole == 0 {
        0.0
    } else {
        100.0 * number(part) / number(whole)
    }
}
