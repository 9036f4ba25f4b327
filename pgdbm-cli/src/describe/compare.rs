//! Where the checker and a server differ.

use std::fmt;

use serde_json::Value;

use crate::describe::answer::{Answer, Slot};

/// In which way two answers differ.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Difference {
    /// A type or a name that the server does not give.
    Wrong,
    /// Refused, though the server takes it.
    RejectedValid,
    /// Taken, though the server refuses it.
    AcceptedInvalid,
    /// Neither refused nor described in full.
    Untyped,
}

impl Difference {
    fn name(self) -> &'static str {
        match self {
            Self::Wrong => "wrong",
            Self::RejectedValid => "rejected-valid",
            Self::AcceptedInvalid => "accepted-invalid",
            Self::Untyped => "untyped",
        }
    }

    /// How ours differs from the server's; None where it does not. Nullability is not compared: servers say nothing of it.
    pub(crate) fn of(ours: &Answer, server: &Answer) -> Option<Self> {
        match (ours.is_refused(), server.is_refused()) {
            (true, true) => None,
            (true, false) => Some(Self::RejectedValid),
            (false, true) => Some(Self::AcceptedInvalid),
            (false, false) => {
                let params = of_slots(ours.params.as_deref(), server.params.as_deref());
                let columns = of_slots(ours.columns.as_deref(), server.columns.as_deref());
                match (params, columns) {
                    (Some(Self::Wrong), _) | (_, Some(Self::Wrong)) => Some(Self::Wrong),
                    (params, columns) => params.or(columns),
                }
            }
        }
    }
}

fn of_slots(ours: Option<&[Slot]>, server: Option<&[Slot]>) -> Option<Difference> {
    let (Some(ours), Some(server)) = (ours, server) else {
        return Some(Difference::Untyped);
    };
    let is_wrong = |(ours, server): (&Slot, &Slot)| {
        ours.name != server.name || (ours.type_name.is_some() && ours.type_name != server.type_name)
    };
    if ours.len() != server.len() || ours.iter().zip(server).any(is_wrong) {
        return Some(Difference::Wrong);
    }
    ours.iter()
        .any(|slot| slot.type_name.is_none())
        .then_some(Difference::Untyped)
}

/// How many queries came out how.
#[derive(Default)]
pub(crate) struct Tally {
    valid: u64,
    invalid: u64,
    wrong: u64,
    rejected_valid: u64,
    accepted_invalid: u64,
    untyped: u64,
}

impl Tally {
    /// Compares two answers to one query; the line to print where they differ.
    pub(crate) fn compare(
        &mut self,
        id: &Value,
        sql: &str,
        ours: &Answer,
        server: &Answer,
    ) -> Option<String> {
        if server.is_refused() {
            self.invalid += 1;
        } else {
            self.valid += 1;
        }
        let difference = Difference::of(ours, server)?;
        *match difference {
            Difference::Wrong => &mut self.wrong,
            Difference::RejectedValid => &mut self.rejected_valid,
            Difference::AcceptedInvalid => &mut self.accepted_invalid,
            Difference::Untyped => &mut self.untyped,
        } += 1;
        Some(format!(
            r#"{{"id":{id},"difference":"{}","sql":{},"ours":{},"server":{}}}"#,
            difference.name(),
            Value::from(sql),
            ours.to_object(),
            server.to_object()
        ))
    }

    /// Whether something was said that is not so: what cannot be forgiven. Not to know is no lie.
    pub(crate) fn is_untrue(&self) -> bool {
        self.wrong > 0 || self.rejected_valid > 0
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let typed = self.valid - self.wrong - self.rejected_valid - self.untyped;
        let refused = self.invalid - self.accepted_invalid;
        writeln!(f, "the server takes   {:>7}", self.valid)?;
        writeln!(f, "  the same said    {}", share(typed, self.valid))?;
        writeln!(f, "  not known in full{}", share(self.untyped, self.valid))?;
        writeln!(f, "  wrong            {}", share(self.wrong, self.valid))?;
        writeln!(
            f,
            "  refused          {}",
            share(self.rejected_valid, self.valid)
        )?;
        writeln!(f, "the server refuses {:>7}", self.invalid)?;
        write!(f, "  refused          {}", share(refused, self.invalid))
    }
}

#[allow(
    clippy::cast_precision_loss,
    reason = "a share of a count of queries, for people"
)]
fn share(part: u64, whole: u64) -> String {
    let percent = if whole == 0 {
        String::new()
    } else {
        format!("  {:>6.2} %", part as f64 * 100.0 / whole as f64)
    };
    format!("{part:>7}{percent}")
}
