//! Arrays: PostgreSQL manual, section 8.15.

use bytes::BytesMut;
use postgres_protocol::IsNull as WireNull;
use postgres_protocol::types::{ArrayDimension, array_from_sql, array_to_sql};
use tokio_postgres::types::{IsNull, Kind, Type, WasNull};

use super::codec::{CodecError, Decode, Encode, Mistake, Never, not_null, without_domains};
use super::sql;

impl<S, T: Encode<S>> Encode<sql::array<S>> for [T] {
    type Null = Never;

    fn encode(&self, ty: &Type, out: &mut BytesMut) -> Result<IsNull, CodecError> {
        let element = element_type(ty)?;
        let within = without_domains(element);
        let dimension = ArrayDimension {
            len: i32::try_from(self.len())?,
            lower_bound: 1,
        };
        array_to_sql(
            Some(dimension).filter(|dimension| dimension.len > 0),
            element.oid(),
            self.iter(),
            |value, out| {
                Ok(match value.encode(within, out)? {
                    IsNull::No => WireNull::No,
                    IsNull::Yes => WireNull::Yes,
                })
            },
            out,
        )?;
        Ok(IsNull::No)
    }
}

impl<S, T: Encode<S>> Encode<sql::array<S>> for Vec<T> {
    type Null = Never;

    fn encode(&self, ty: &Type, out: &mut BytesMut) -> Result<IsNull, CodecError> {
        self.as_slice().encode(ty, out)
    }
}

impl<S, T: Encode<S>, const N: usize> Encode<sql::array<S>> for [T; N] {
    type Null = Never;

    fn encode(&self, ty: &Type, out: &mut BytesMut) -> Result<IsNull, CodecError> {
        self.as_slice().encode(ty, out)
    }
}

impl<S, T: Decode<S>> Decode<sql::array<S>> for Vec<T> {
    type Null = Never;

    fn decode(ty: &Type, raw: Option<&[u8]>) -> Result<Self, CodecError> {
        use fallible_iterator::FallibleIterator as _;

        let within = without_domains(element_type(ty)?);
        let array = array_from_sql(not_null(raw)?)?;
        if array.dimensions().count()? > 1 {
            return Err(
                "the array has several dimensions, and a `Vec` has one: flatten it in the SQL with `unnest`"
                    .into(),
            );
        }
        let mut values = Vec::new();
        let mut elements = array.values();
        while let Some(element) = elements.next()? {
            values
                .push(T::decode(within, element).map_err(|error| in_element(error, values.len()))?);
        }
        Ok(values)
    }
}

impl<S, T: Decode<S>> Decode<sql::array<S>> for Box<[T]> {
    type Null = Never;

    fn decode(ty: &Type, raw: Option<&[u8]>) -> Result<Self, CodecError> {
        Vec::decode(ty, raw).map(Vec::into_boxed_slice)
    }
}

fn element_type(ty: &Type) -> Result<&Type, CodecError> {
    match ty.kind() {
        Kind::Array(element) => Ok(element),
        _ => Err(format!("`{}` is no array", ty.name()).into()),
    }
}

/// A NULL among the elements is not a NULL in place of the array.
fn in_element(error: CodecError, index: usize) -> CodecError {
    if error.is::<WasNull>() {
        return Mistake::of(null_element(index));
    }
    error
}

/// The first NULL among the elements of an array, if there is one: asked after a type of the driver's refused it.
pub(crate) fn null_in(ty: &Type, raw: &[u8]) -> Option<String> {
    use fallible_iterator::FallibleIterator as _;

    element_type(without_domains(ty)).ok()?;
    let mut elements = array_from_sql(raw).ok()?.values();
    let index = elements.position(|element| Ok(element.is_none())).ok()??;
    Some(null_element(index))
}

fn null_element(index: usize) -> String {
    format!(
        "element {} is NULL\n  help: leave NULLs out, `array_remove(…, NULL)`, `array_agg(…) FILTER (WHERE … IS NOT NULL)`; or read the \
         elements as `Option`, in a record with `AS \"name: Vec<Option<String>>\"`",
        index + 1
    )
}
