//! The attributes of a row on the way: PostgreSQL writes each with the number of its type, its length and its bytes (`record_send` in
//! the server's `rowtypes.c`).

use bytes::{BufMut, BytesMut};
use tokio_postgres::types::{IsNull, Type, WasNull, WrongType};

use super::codec::{CodecError, Mistake, without_domains};
use super::reader::Reader;

/// Writes an attribute, whose value `encode` writes as the type under its domains.
pub(super) fn write(
    ty: &Type,
    out: &mut BytesMut,
    encode: impl FnOnce(&Type, &mut BytesMut) -> Result<IsNull, CodecError>,
) -> Result<(), CodecError> {
    out.put_u32(ty.oid());
    let at = out.len();
    // NULL, until there is a value.
    out.put_i32(-1);
    if let IsNull::No = encode(without_domains(ty), out)? {
        let length = i32::try_from(out.len() - at - 4)?;
        out[at..at + 4].copy_from_slice(&length.to_be_bytes());
    }
    Ok(())
}

/// Reads an attribute: the number of its type, and its bytes if it is not NULL.
pub(super) fn read<'r>(reader: &mut Reader<'r>) -> Result<(u32, Option<&'r [u8]>), CodecError> {
    let oid = reader.u32()?;
    // -1 is NULL.
    let value = match usize::try_from(reader.i32()?) {
        Ok(length) => Some(reader.bytes(length)?),
        Err(_) => None,
    };
    Ok((oid, value))
}

/// The error of a value that is not what the driver was told of its type, just before the query was sent.
pub(super) fn altered(ty: &Type) -> CodecError {
    Mistake::of(format!(
        "`{}` was altered while the query was on its way\n  help: run the query again, and if that does not help, connect anew",
        ty.name()
    ))
}

/// What is wrong with an attribute is not wrong with the whole value. `help` says what to do about a NULL.
pub(super) fn mistake_in(error: CodecError, name: &str, of: &Type, help: &str) -> CodecError {
    let of = of.name();
    if error.is::<WasNull>() {
        return Mistake::of(format!(
            "the attribute `{name}` of `{of}` is NULL, and its field takes no NULL{help}"
        ));
    }
    if error.is::<WrongType>() || error.is::<Mistake>() {
        return Mistake::of(format!("the attribute `{name}` of `{of}`: {error}"));
    }
    // It is the type's own, and may repeat the value.
    error
}
