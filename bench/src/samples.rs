//! Durations that were measured, and what is said of them.

use std::fmt;
use std::time::Duration;

/// Durations of one kind, in order.
#[derive(Clone, Debug, Default)]
pub struct Samples(Vec<Duration>);

impl Samples {
    /// How many there are.
    pub fn count(&self) -> usize {
        self.0.len()
    }

    /// The duration that so many of a hundred do not exceed (nearest rank); zero if there is none.
    pub fn percentile(&self, percent: usize) -> Duration {
        let rank = (self.0.len() * percent).div_ceil(100).max(1);
        self.0.get(rank - 1).copied().unwrap_or_default()
    }

    /// The middle one.
    pub fn median(&self) -> Duration {
        self.percentile(50)
    }
}

impl FromIterator<Duration> for Samples {
    fn from_iter<I: IntoIterator<Item = Duration>>(durations: I) -> Self {
        let mut durations: Vec<Duration> = durations.into_iter().collect();
        durations.sort_unstable();
        Samples(durations)
    }
}

impl fmt::Display for Samples {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "p50 {}, p90 {}",
            milliseconds(self.percentile(50)),
            milliseconds(self.percentile(90))
        )
    }
}

/// A short time, for people.
pub fn milliseconds(duration: Duration) -> String {
    format!("{:.1} ms", duration.as_secs_f64() * 1e3)
}

/// A longer time, for people.
pub fn seconds(duration: Duration) -> String {
    format!("{:.2} s", duration.as_secs_f64())
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::Samples;

    #[test]
    fn percentiles_are_of_the_nearest_rank() {
        let samples: Samples = (1..=10).rev().map(Duration::from_millis).collect();
        let at = |percent| samples.percentile(percent).as_millis();
        assert_eq!((at(0), at(50), at(90), at(91), at(100)), (1, 5, 9, 10, 10));
        assert_eq!(Samples::default().median(), Duration::ZERO);
    }
}
