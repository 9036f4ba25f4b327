//! Arrays that go side by side, `unnest($1, $2)`: of different lengths, the server fills up the shorter ones with NULL and says
//! nothing, so their lengths are compared before anything is sent.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use bytes::BytesMut;
use tokio_postgres::types::{IsNull, ToSql, Type};

use crate::compiled::Compiled;
use crate::types::{CodecError, Mistake};

/// The arguments of a query with such arrays.
///
/// The lengths are read off what the driver is about to send, so that no array is written twice.
pub(crate) struct SideBySide<'a> {
    groups: Groups<'a>,
    lengths: Lengths,
    values: Vec<Measured<'a>>,
}

/// The numbers of the parameters, counted from 1, that go side by side.
type Groups<'a> = &'a [Vec<usize>];

/// How long the array of each parameter is, and one more; 0 where nobody knows yet.
type Lengths = Arc<[AtomicUsize]>;

/// An argument that says how long it is when it is written.
struct Measured<'a> {
    value: &'a (dyn ToSql + Sync),
    number: usize,
    groups: Groups<'a>,
    lengths: Lengths,
}

impl<'a> SideBySide<'a> {
    /// Nothing for a query without such arrays.
    pub(crate) fn of(
        compiled: Option<&'a Compiled>,
        values: &[&'a (dyn ToSql + Sync)],
    ) -> Option<Self> {
        let groups = compiled.map(Compiled::side_by_side)?;
        if groups.is_empty() {
            return None;
        }
        let lengths: Lengths = values.iter().map(|_| AtomicUsize::new(0)).collect();
        let values = (1..).zip(values).map(|(number, value)| Measured {
            value: *value,
            number,
            groups,
            lengths: Arc::clone(&lengths),
        });
        Some(SideBySide {
            groups,
            values: values.collect(),
            lengths,
        })
    }

    /// The values for the driver.
    pub(crate) fn values(&self) -> Vec<&(dyn ToSql + Sync)> {
        let values = self.values.iter();
        values.map(|value| value as &(dyn ToSql + Sync)).collect()
    }

    /// What is wrong with the lengths, if something is. `name` is how a parameter is written.
    pub(crate) fn refused(&self, name: impl Fn(usize) -> String) -> Option<String> {
        let (first, other) = self.groups.iter().find_map(|group| {
            let mut known = group
                .iter()
                .filter_map(|number| Some((*number, length(&self.lengths, *number)?)));
            let first = known.next()?;
            let other = known.find(|(_, length)| *length != first.1)?;
            Some((first, other))
        })?;
        let (first_name, other_name) = (name(first.0), name(other.0));
        Some(format!(
            "the arrays for `{first_name}` and `{other_name}` go side by side in `unnest`, and have {} and {}; nothing was sent\n  \
             help: give arrays of one length; to fill up the shorter with NULL write `ROWS FROM (unnest({first_name}), unnest({other_name}))`",
            counted(first.1),
            other.1
        ))
    }
}

fn counted(elements: usize) -> String {
    match elements {
        1 => "1 element".to_owned(),
        _ => format!("{elements} elements"),
    }
}

fn length(lengths: &Lengths, number: usize) -> Option<usize> {
    let kept = lengths.get(number.checked_sub(1)?)?;
    kept.load(Ordering::Relaxed).checked_sub(1)
}

impl Measured<'_> {
    /// The groups that it is in.
    fn groups(&self) -> impl Iterator<Item = &Vec<usize>> {
        let number = self.number;
        self.groups
            .iter()
            .filter(move |group| group.contains(&number))
    }

    /// Keeps how long it is, and compares that with its neighbours.
    fn keep(&self, elements: usize) -> Result<(), CodecError> {
        if let Some(kept) = self.lengths.get(self.number - 1) {
            kept.store(elements + 1, Ordering::Relaxed);
        }
        let mut neighbours = self.groups().flatten();
        let is_equal = neighbours
            .all(|number| length(&self.lengths, *number).is_none_or(|other| other == elements));
        if is_equal {
            return Ok(());
        }
        Err(Mistake::of(
            "arrays that go side by side are of different lengths",
        ))
    }
}

impl ToSql for Measured<'_> {
    fn to_sql(&self, ty: &Type, out: &mut BytesMut) -> Result<IsNull, CodecError> {
        self.to_sql_checked(ty, out)
    }

    /// The value itself says whether it fits.
    fn accepts(_: &Type) -> bool {
        true
    }

    fn to_sql_checked(&self, ty: &Type, out: &mut BytesMut) -> Result<IsNull, CodecError> {
        let start = out.len();
        let written = self.value.to_sql_checked(ty, out)?;
        if self.groups().next().is_some() {
            let raw = match written {
                IsNull::No => out.get(start..).unwrap_or_default(),
                // `unnest` of NULL gives no rows.
                IsNull::Yes => &[],
            };
            self.keep(elements(raw))?;
        }
        Ok(written)
    }
}

/// The elements of an array as it is sent: it begins with the number of its dimensions, whether it holds NULLs and the type of its
/// elements, then the length and the lower bound of each dimension (`array_send` in the server's `arrayfuncs.c`).
fn elements(raw: &[u8]) -> usize {
    let number = |at: usize| {
        let bytes = raw.get(at..)?.first_chunk::<4>()?;
        usize::try_from(i32::from_be_bytes(*bytes)).ok()
    };
    let dimensions = number(0).unwrap_or(0);
    let lengths = (0..dimensions).map(|dimension| number(12 + 8 * dimension).unwrap_or(0));
    match dimensions {
        0 => 0,
        _ => lengths.fold(1, usize::saturating_mul),
    }
}

impl fmt::Debug for Measured<'_> {
    /// Arguments stay out of logs.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("_")
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

    use bytes::BytesMut;
    use tokio_postgres::types::{ToSql, Type};

    use super::elements;

    #[test]
    fn the_length_of_an_array_stands_at_its_beginning() {
        for list in [vec![], vec![1], vec![1, 2, 3]] {
            let mut out = BytesMut::new();
            list.to_sql(&Type::INT4_ARRAY, &mut out).unwrap();
            assert_eq!(elements(&out), list.len());
        }
        // Two rows of three, as far as the lengths.
        let matrix = [
            0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 23, 0, 0, 0, 2, 0, 0, 0, 1, 0, 0, 0, 3,
        ];
        assert_eq!(elements(&matrix), 6);
        assert_eq!(elements(&[]), 0);
    }
}
