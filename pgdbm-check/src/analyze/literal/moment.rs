//! Days, times and spans of time, as far as their spelling leaves no doubt: ISO 8601 and times with colons.
//!
//! The server reads many more spellings, some by settings such as `DateStyle`. What is not told apart here passes.

/// Whether the text may be a `date` or a `timestamp`.
pub(super) fn may_be_day(text: &str) -> bool {
    let before_christ = text.to_ascii_lowercase().contains("bc");
    let mut words = text.split_ascii_whitespace();
    let Some(first) = words.next() else {
        return false;
    };
    let alone = words.clone().next().is_none();
    if let Some((day, rest)) = iso_day(first) {
        if !exists(day, before_christ) {
            return false;
        }
        return match rest.strip_prefix(['t', 'T']) {
            Some(time) => may_be_clock(time),
            None if rest.is_empty() => words.next().is_none_or(may_be_clock),
            None => true,
        };
    }
    if !alone {
        return true;
    }
    if let Some(day) = compact_day(first) {
        return exists(day, before_christ);
    }
    // A time alone is no day, and neither is a month.
    let is_month = matches!(
        numbers(first, '-').as_deref(),
        Some([(year, 4), (_, 1 | 2)]) if *year > 0
    );
    !is_month && numbers(first, ':').is_none_or(|parts| parts.len() < 2)
}

/// Whether the text may be a `time`.
pub(super) fn may_be_time(text: &str) -> bool {
    let mut words = text.split_ascii_whitespace();
    let Some(first) = words.next() else {
        return false;
    };
    match (iso_day(first), words.next()) {
        (Some((_, "")), None) => false,
        (Some((_, "")), Some(time)) => may_be_clock(time),
        (Some(_), _) => true,
        (None, _) => may_be_clock(first),
    }
}

/// Whether the text may be an `interval`.
pub(super) fn may_be_interval(text: &str) -> bool {
    let words = text.split_ascii_whitespace().collect::<Vec<_>>();
    for word in &words {
        let word = word.strip_prefix(['+', '-']).unwrap_or(word);
        let fits = match numbers(word, ':').as_deref() {
            // Perhaps minutes and seconds.
            Some([_, (second, _)]) => *second <= 60,
            Some([_, (minute, _), (second, _)]) => *minute <= 59 && *second <= 60,
            Some([_, _, _, _, ..]) => false,
            _ => true,
        };
        if !fits {
            return false;
        }
    }
    let [word] = words.as_slice() else {
        return true;
    };
    let word = word.strip_prefix(['+', '-']).unwrap_or(word);
    match numbers(word, '-').as_deref() {
        // Years and months.
        Some([_, (months, _)]) => *months < 12,
        Some([_, _, _]) => false,
        _ => true,
    }
}

/// Whether what begins like a time with colons is one.
fn may_be_clock(text: &str) -> bool {
    let end = text
        .find(|letter: char| !letter.is_ascii_digit() && letter != ':')
        .unwrap_or(text.len());
    let (clock, rest) = text.split_at(end);
    let is_fraction_of_second = rest.starts_with('.');
    let fraction = rest
        .strip_prefix('.')
        .map(|rest| rest.split(|letter: char| !letter.is_ascii_digit()).next())
        .is_some_and(|digits| digits.is_some_and(|digits| digits.contains(|digit| digit != '0')));
    let (hour, minute, second) = match numbers(clock, ':').as_deref() {
        // `10:30.5` is minutes and seconds.
        Some([(hour, _), (minute, _)]) if !is_fraction_of_second => (*hour, *minute, 0),
        Some([(hour, _), (minute, _), (second, _)]) => (*hour, *minute, *second),
        Some([_, _, _, _, ..]) => return false,
        _ => return true,
    };
    let within_day = hour < 24 || hour == 24 && minute == 0 && second == 0 && !fraction;
    within_day && minute <= 59 && second <= 60
}

/// `2020-02-29` at the start of a word: year, month and day, and what follows.
fn iso_day(word: &str) -> Option<((u32, u32, u32), &str)> {
    let end = word
        .find(|letter: char| !letter.is_ascii_digit() && letter != '-')
        .unwrap_or(word.len());
    let (day, rest) = word.split_at(end);
    match numbers(day, '-')?.as_slice() {
        [(year, 4), (month, 1 | 2), (day, 1 | 2)] => Some(((*year, *month, *day), rest)),
        _ => None,
    }
}

/// `20200229`
fn compact_day(word: &str) -> Option<(u32, u32, u32)> {
    match numbers(word, '-')?.as_slice() {
        [(number, 8)] => Some((number / 10_000, number / 100 % 100, number % 100)),
        _ => None,
    }
}

/// The numbers between separators with how many digits each has; None where there is anything else.
fn numbers(text: &str, separator: char) -> Option<Vec<(u32, usize)>> {
    text.split(separator)
        .map(|digits| {
            let all = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
            let value = if all { digits.parse().ok() } else { None };
            value.map(|value| (value, digits.len()))
        })
        .collect()
}

/// Whether the calendar has such a day. Before Christ the leap years are others.
fn exists((year, month, day): (u32, u32, u32), before_christ: bool) -> bool {
    let is_leap = year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
    let last = match month {
        1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
        4 | 6 | 9 | 11 => 30,
        2 if is_leap || before_christ => 29,
        2 => 28,
        _ => return false,
    };
    year > 0 && (1..=last).contains(&day)
}
