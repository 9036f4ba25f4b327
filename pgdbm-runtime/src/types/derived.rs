//! What `#[derive(Type)]` expands to beside its impls: enums with labels, enums with numbers, composite types.

use std::fmt;

use bytes::{BufMut, BytesMut};
use tokio_postgres::types::{FromSqlOwned, IsNull, Kind, ToSql, Type, WrongType};

use super::attribute;
use super::codec::{CodecError, Mistake, not_null, without_domains};
use super::reader::Reader;

/// Called by generated code: whether a type is the one that the derive names, `status` or `billing.status`, domains over it
/// included.
#[doc(hidden)]
pub fn is_named(ty: &Type, name: &str) -> bool {
    let ty = without_domains(ty);
    match name.split_once('.') {
        Some((schema, name)) => ty.schema() == schema && ty.name() == name,
        None => ty.name() == name,
    }
}

/// Called by generated code: whether a type holds text.
#[doc(hidden)]
pub fn is_text(ty: &Type) -> bool {
    <&str as ToSql>::accepts(without_domains(ty))
}

/// Called by generated code: whether `T` is sent as a type, or as the type under its domains.
#[doc(hidden)]
pub fn accepts<T: ToSql>(ty: &Type) -> bool {
    T::accepts(ty) || T::accepts(without_domains(ty))
}

/// Called by generated code: sends a value of the type under the domains.
#[doc(hidden)]
pub fn send<T: ToSql>(value: &T, ty: &Type, out: &mut BytesMut) -> Result<IsNull, CodecError> {
    value.to_sql(without_domains(ty), out)
}

/// Called by generated code: sends a value whose type says whether it fits.
#[doc(hidden)]
pub fn to_sql_checked<T: ToSql>(
    value: &T,
    ty: &Type,
    out: &mut BytesMut,
) -> Result<IsNull, CodecError> {
    if T::accepts(ty) {
        return value.to_sql(ty, out);
    }
    Err(Box::new(WrongType::new::<T>(ty.clone())))
}

/// A type that the attribute of a composite type can have.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is sent and read as no type of PostgreSQL, and this is the field of a composite type",
    label = "has no `ToSql` or no `FromSql`",
    note = "put `#[derive(Debug, pgdbm::Type)]` on `{Self}`, or use a type of the table at `pgdbm::types`"
)]
#[doc(hidden)]
pub trait Attribute: ToSql + FromSqlOwned {}

#[diagnostic::do_not_recommend]
impl<T: ToSql + FromSqlOwned> Attribute for T {}

/// How the field of a composite type is sent and read. That its type can be is demanded once, where this is made.
#[doc(hidden)]
#[derive(Debug)]
pub struct AttributeOf<T> {
    send: fn(&T) -> &dyn ToSql,
    read: fn(&Composite<'_>, &'static str) -> Result<T, CodecError>,
}

/// Called by generated code, at the field's type.
#[doc(hidden)]
pub fn attribute<T: Attribute>() -> AttributeOf<T> {
    AttributeOf {
        send: |value| value,
        read: |from, name| from.field::<T>(name),
    }
}

impl<T> AttributeOf<T> {
    /// Called by generated code: the field, to be sent.
    pub fn of<'v>(&self, value: &'v T) -> &'v dyn ToSql {
        (self.send)(value)
    }

    /// Called by generated code: the field, out of a value that is read.
    pub fn read(&self, from: &Composite<'_>, name: &'static str) -> Result<T, CodecError> {
        (self.read)(from, name)
    }
}

/// A composite type.
///
/// One function does both, because each asks something of the types of the fields, and what one lacks is to be said once. Their
/// types are not named in its signature: they may be less visible than the trait.
#[doc(hidden)]
pub trait Attributes: Sized {
    fn exchange(with: Exchange<'_, '_, Self>) -> Result<Option<Self>, CodecError>;
}

/// What is done with a composite value.
#[doc(hidden)]
#[derive(Debug)]
pub enum Exchange<'v, 's, T> {
    Send(&'v T, &'v mut Sender<'s>),
    Read(&'v Composite<'s>),
}

/// Called by generated code: sends a composite value.
#[doc(hidden)]
pub fn send_composite<T: Attributes>(
    value: &T,
    ty: &Type,
    rust: &'static str,
    out: &mut BytesMut,
) -> Result<IsNull, CodecError> {
    let mut sender = Sender { ty, rust, out };
    T::exchange(Exchange::Send(value, &mut sender))?;
    Ok(IsNull::No)
}

/// Called by generated code: reads a composite value.
#[doc(hidden)]
pub fn read_composite<T: Attributes>(
    raw: Option<&[u8]>,
    ty: &Type,
    rust: &'static str,
) -> Result<T, CodecError> {
    let value = Composite::read(raw, ty, rust)?;
    T::exchange(Exchange::Read(&value))?.ok_or_else(|| "nothing was read".into())
}

/// Called by generated code: sends a label.
#[doc(hidden)]
pub fn send_label(label: &str, out: &mut BytesMut) -> Result<IsNull, CodecError> {
    out.put_slice(label.as_bytes());
    Ok(IsNull::No)
}

/// Called by generated code: reads a label.
#[doc(hidden)]
pub fn read_label<T>(
    raw: Option<&[u8]>,
    ty: &Type,
    rust: &'static str,
    variant: fn(&str) -> Option<T>,
) -> Result<T, CodecError> {
    let label = std::str::from_utf8(not_null(raw)?)?;
    variant(label).ok_or_else(|| unknown_label(label, ty, rust))
}

/// A label is a part of the schema, not a value that must not be shown; text that is none may be anything.
fn unknown_label(label: &str, ty: &Type, rust: &str) -> CodecError {
    let name = ty.name();
    match ty.kind() {
        Kind::Enum(_) => Mistake::of(format!(
            "`{label}` is a label of `{name}`, and no variant of `{rust}`\n  help: add the variant, with `rename` if Rust is to call it \
             otherwise; the label may be newer than the program"
        )),
        _ => Mistake::of(format!(
            "the text is the label of no variant of `{rust}`\n  help: make the column an enum of the database, or constrain it: \
             `CHECK (… IN (…))`"
        )),
    }
}

/// Called by generated code: the variant that a number stands for.
#[doc(hidden)]
pub fn variant<T, N: fmt::Display + Copy>(
    number: N,
    rust: &'static str,
    variant: fn(N) -> Option<T>,
) -> Result<T, CodecError> {
    variant(number)
        .ok_or_else(|| Mistake::of(format!("{number} is the number of no variant of `{rust}`")))
}

/// What to do about a NULL that a field does not take.
const HELP: &str = "\n  help: make the field an `Option`";

/// A composite value that is sent.
#[doc(hidden)]
#[derive(Debug)]
pub struct Sender<'s> {
    ty: &'s Type,
    rust: &'static str,
    out: &'s mut BytesMut,
}

impl Sender<'_> {
    /// Called by generated code: sends the fields, each with its name. Each attribute of the type gets the field of its name.
    pub fn send<T>(
        &mut self,
        fields: &[(&'static str, &dyn ToSql)],
    ) -> Result<Option<T>, CodecError> {
        let Sender { ty, rust, out } = self;
        let attributes = attributes(ty, rust)?;
        let is_attribute = |name: &str| attributes.iter().any(|attribute| attribute.name() == name);
        if let Some((name, _)) = fields.iter().find(|(name, _)| !is_attribute(name)) {
            return Err(Mistake::of(format!(
                "`{rust}` has the field `{name}`, and `{}` has no such attribute",
                ty.name()
            )));
        }
        out.put_i32(i32::try_from(attributes.len())?);
        for attribute in attributes {
            let name = attribute.name();
            let Some((_, value)) = fields.iter().find(|(field, _)| *field == name) else {
                return Err(Mistake::of(format!(
                    "`{}` has the attribute `{name}`, and `{rust}` has no such field",
                    ty.name()
                )));
            };
            // `to_sql_checked` compares the types first.
            attribute::write(attribute.type_(), out, |ty, out| {
                value.to_sql_checked(ty, out)
            })
            .map_err(|error| attribute::mistake_in(error, name, ty, HELP))?;
        }
        Ok(None)
    }
}

/// A composite value that is read.
#[doc(hidden)]
#[derive(Debug)]
pub struct Composite<'r> {
    ty: &'r Type,
    rust: &'static str,
    attributes: &'r [tokio_postgres::types::Field],
    values: Vec<Option<&'r [u8]>>,
}

impl<'r> Composite<'r> {
    /// Takes a composite value apart.
    fn read(raw: Option<&'r [u8]>, ty: &'r Type, rust: &'static str) -> Result<Self, CodecError> {
        let attributes = attributes(ty, rust)?;
        let mut reader = Reader::new(raw)?;
        let count = reader.count()?;
        if count != attributes.len() {
            return Err(attribute::altered(ty));
        }
        let mut values = Vec::with_capacity(count);
        for attribute in attributes {
            let (number, value) = attribute::read(&mut reader)?;
            if number != attribute.type_().oid() {
                return Err(attribute::altered(ty));
            }
            values.push(value);
        }
        Ok(Composite {
            ty,
            rust,
            attributes,
            values,
        })
    }

    /// The attribute of this name.
    fn field<T: FromSqlOwned>(&self, name: &'static str) -> Result<T, CodecError> {
        let mut attributes = self.attributes.iter().zip(&self.values);
        let found = attributes.find(|(attribute, _)| attribute.name() == name);
        let Some((attribute, value)) = found else {
            return Err(Mistake::of(format!(
                "`{}` has no attribute `{name}`, and `{}` has a field for it",
                self.ty.name(),
                self.rust
            )));
        };
        let ty = without_domains(attribute.type_());
        let read = if T::accepts(ty) {
            T::from_sql_nullable(ty, *value)
        } else {
            Err(Box::new(WrongType::new::<T>(ty.clone())) as CodecError)
        };
        read.map_err(|error| attribute::mistake_in(error, name, self.ty, HELP))
    }
}

fn attributes<'t>(
    ty: &'t Type,
    rust: &str,
) -> Result<&'t [tokio_postgres::types::Field], CodecError> {
    match without_domains(ty).kind() {
        Kind::Composite(attributes) => Ok(attributes),
        _ => Err(Mistake::of(format!(
            "`{}` is no composite type, and `{rust}` is read from one",
            ty.name()
        ))),
    }
}
