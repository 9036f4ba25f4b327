//! Disagreements that are known and not mended: a reason, and a query that shows it still.

use std::collections::BTreeSet;
use std::error::Error;

use pgdbm_check::Checker;

use crate::database::Database;
use crate::verdict::{Judgement, Verdict};

const KNOWN: &str = include_str!("../data/differential/known.txt");

/// The signatures of the known disagreements.
pub(crate) struct Known(BTreeSet<String>);

impl Known {
    /// Reads the list. An entry on which both agree by now is an error, so that the list cannot outlive its reasons.
    pub(crate) fn read(checker: &Checker, database: &mut Database) -> Result<Self, Box<dyn Error>> {
        let mut signatures = BTreeSet::new();
        for query in KNOWN
            .lines()
            .filter(|line| !line.is_empty() && !line.starts_with('#'))
        {
            let judgement = Judgement::of(query, checker, database)?;
            if !judgement.verdict.is_wrong() {
                return Err(format!("known.txt: both agree by now on: {query}").into());
            }
            signatures.insert(signature(&judgement));
        }
        Ok(Self(signatures))
    }

    pub(crate) fn has(&self, judgement: &Judgement) -> bool {
        self.0.contains(&signature(judgement))
    }
}

/// What two queries with the same cause have in common, once they are minimised: what is said of them, without places.
fn signature(judgement: &Judgement) -> String {
    match judgement.verdict {
        Verdict::Rejected => judgement
            .ours
            .findings
            .iter()
            .map(|finding| format!("{} {}\n", finding.code.as_str(), finding.message))
            .collect(),
        _ => judgement.account(),
    }
}
