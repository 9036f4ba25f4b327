//! Which argument it was that the driver or the server did not take: asked only after they refused.

use bytes::BytesMut;
use tokio_postgres::Statement;
use tokio_postgres::types::{ToSql, WrongType};

use crate::error::{Kind, QueryContext};
use crate::side_by_side::SideBySide;
use crate::types::Mistake;

/// What is wrong with arrays that go side by side, if that is what the driver stumbled over.
pub(crate) fn refused_lengths(
    arrays: Option<&SideBySide<'_>>,
    query: &QueryContext,
) -> Option<String> {
    arrays?.refused(|number| query.text.parameter(number))
}

/// The first argument that does not fit its parameter: asked only after the driver refused one.
pub(crate) fn unfit_argument(
    statement: &Statement,
    values: &[&(dyn ToSql + Sync)],
    query: &QueryContext,
) -> Option<Kind> {
    let mut scratch = BytesMut::new();
    let unfit =
        values
            .iter()
            .zip(statement.params())
            .enumerate()
            .find_map(|(i, (value, parameter))| {
                scratch.clear();
                let error = value.to_sql_checked(parameter, &mut scratch).err()?;
                let (name, server) = (query.text.parameter(i + 1), parameter.name());
                if error.is::<Mistake>() {
                    return Some(Kind::ArgumentRefused(format!(
                        "the argument for `{name}`, which is `{server}` on the server, cannot be sent: {error}"
                    )));
                }
                Some(Kind::ArgumentValue {
                    parameter: name,
                    server: server.to_owned(),
                    // Other errors are the type's own, and may repeat the value.
                    wrong_type: error.is::<WrongType>().then(|| error.to_string()),
                })
            });
    unfit.or_else(|| too_large(statement, values, query))
}

/// `MaxAllocSize` of the server.
const MOST_BYTES: usize = 0x3fff_ffff;

/// The largest argument, if all together are more than the server takes: asked only after something failed.
pub(crate) fn too_large(
    statement: &Statement,
    values: &[&(dyn ToSql + Sync)],
    query: &QueryContext,
) -> Option<Kind> {
    let mut scratch = BytesMut::new();
    let mut sizes = Vec::with_capacity(values.len());
    for (value, parameter) in values.iter().zip(statement.params()) {
        scratch.clear();
        value.to_sql_checked(parameter, &mut scratch).ok()?;
        sizes.push(scratch.len());
    }
    let (i, bytes) = largest_of_too_many(&sizes)?;
    Some(Kind::ArgumentSize {
        parameter: query.text.parameter(i + 1),
        bytes,
    })
}

/// The place and size of the largest, if together they are more than the server takes.
fn largest_of_too_many(sizes: &[usize]) -> Option<(usize, usize)> {
    let together = sizes
        .iter()
        .fold(0_usize, |all, size| all.saturating_add(*size));
    let largest = sizes
        .iter()
        .copied()
        .enumerate()
        .max_by_key(|(_, size)| *size);
    largest.filter(|_| together > MOST_BYTES)
}

#[cfg(test)]
mod tests {
    use super::{MOST_BYTES, largest_of_too_many};

    #[test]
    fn what_the_server_takes_is_not_too_large() {
        for (sizes, expected) in [
            (vec![], None),
            (vec![MOST_BYTES], None),
            (vec![MOST_BYTES / 2, MOST_BYTES / 2], None),
            (
                vec![MOST_BYTES / 2, 7, MOST_BYTES / 2],
                Some(MOST_BYTES / 2),
            ),
            (vec![1, MOST_BYTES, 1], Some(MOST_BYTES)),
            (vec![usize::MAX, usize::MAX], Some(usize::MAX)),
        ] {
            let found = largest_of_too_many(&sizes);
            assert_eq!(found.map(|(_, bytes)| bytes), expected, "{sizes:?}");
            assert!(found.is_none_or(|(place, bytes)| sizes.get(place) == Some(&bytes)));
        }
    }
}
