//! `timeout = "5s"`.

use std::time::Duration;

/// The longest time that is taken for meant: a day.
const LONGEST: Duration = Duration::from_secs(24 * 60 * 60);

/// The units, each with its milliseconds.
const UNITS: [(&str, u64); 3] = [("ms", 1), ("s", 1_000), ("m", 60_000)];

/// Reads `500ms`, `5s`, `2m`.
///
/// # Errors
/// What is wrong with the text, for the user.
pub(super) fn parse(text: &str) -> Result<Duration, String> {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let (number, unit) = text.split_at(digits);
    let Some((_, milliseconds)) = UNITS.iter().find(|(known, _)| *known == unit.trim()) else {
        return Err(format!("`{}` is no time", text.escape_debug()));
    };
    if number.is_empty() {
        return Err(format!("`{}` is no time", text.escape_debug()));
    }
    let amount = number.parse::<u64>().ok();
    checked(
        amount
            .and_then(|amount| amount.checked_mul(*milliseconds))
            .map(Duration::from_millis),
    )
}

/// A number of whole seconds.
///
/// # Errors
/// What is wrong with the number, for the user.
pub(super) fn seconds(number: u64) -> Result<Duration, String> {
    checked(Some(Duration::from_secs(number)))
}

/// `None` is a time too long to be counted.
fn checked(time: Option<Duration>) -> Result<Duration, String> {
    match time {
        Some(time) if time.is_zero() => Err("no test ends in no time".to_owned()),
        Some(time) if time <= LONGEST => Ok(time),
        _ => Err("a test does not take longer than a day".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{parse, seconds};

    #[test]
    fn a_time_is_a_number_and_a_unit() {
        assert_eq!(parse("500ms"), Ok(Duration::from_millis(500)));
        assert_eq!(parse("5s"), Ok(Duration::from_secs(5)));
        assert_eq!(parse("2 m"), Ok(Duration::from_secs(120)));
        assert_eq!(parse("1440m"), Ok(Duration::from_secs(86_400)));
        assert_eq!(seconds(7), Ok(Duration::from_secs(7)));
    }

    #[test]
    fn anything_else_is_none() {
        for text in ["", "5", "s", "5 h", "-5s", "5.5s", " 5s", "５s", "5s5s"] {
            assert_eq!(parse(text), Err(format!("`{text}` is no time")));
        }
        for text in ["0s", "0ms"] {
            assert_eq!(parse(text), Err("no test ends in no time".to_owned()));
        }
        for text in ["1441m", "99999999999999999999s", "18446744073709551615m"] {
            assert_eq!(
                parse(text),
                Err("a test does not take longer than a day".to_owned())
            );
        }
        assert!(seconds(0).is_err());
        assert!(seconds(u64::MAX).is_err());
    }
}
