//! The words of a statement, as far as changing one of them needs.

/// Each word, sign, constant or parameter, and where it starts; blanks are left out.
pub(crate) fn words(sql: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut place = 0;
    std::iter::from_fn(move || {
        let rest = sql.get(place..)?;
        let blank = rest.len() - rest.trim_start().len();
        let rest = rest.get(blank..).filter(|rest| !rest.is_empty())?;
        let start = place + blank;
        let length = length(rest);
        place = start + length;
        rest.get(..length).map(|word| (start, word))
    })
}

fn length(rest: &str) -> usize {
    let run = |fits: fn(char) -> bool| rest.find(|one| !fits(one)).unwrap_or(rest.len());
    match rest.chars().next() {
        Some(quote @ ('\'' | '"')) => {
            let mut end = 1;
            loop {
                match rest.get(end..).and_then(|rest| rest.find(quote)) {
                    None => return rest.len(),
                    Some(at) => end += at + 1,
                }
                if !rest.get(end..).is_some_and(|rest| rest.starts_with(quote)) {
                    return end;
                }
                end += 1;
            }
        }
        Some('$') => {
            1 + rest
                .get(1..)
                .and_then(|rest| rest.find(|one: char| !one.is_ascii_digit()))
                .unwrap_or(rest.len() - 1)
        }
        Some(one) if one.is_ascii_digit() => run(|one| one.is_ascii_digit() || one == '.'),
        Some(one) if one.is_alphabetic() || one == '_' => {
            run(|one| one.is_alphanumeric() || one == '_')
        }
        Some(one) if is_sign(one) => run(is_sign),
        Some(_) if rest.starts_with("::") => 2,
        Some(one) => one.len_utf8(),
        None => 0,
    }
}

pub(crate) fn is_sign(one: char) -> bool {
    "+-*/<>=~!@#%^&|?".contains(one)
}
