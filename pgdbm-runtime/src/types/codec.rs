//! What makes a type of Rust fit for a type of PostgreSQL.

use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;

use super::sql::SqlType;
use crate::arguments::Argument;
use bytes::BytesMut;
use tokio_postgres::types::{FromSql, IsNull, Kind, ToSql, Type, WasNull, to_sql_checked};

/// Why a value could not be sent or read. It must not repeat the value.
pub type CodecError = Box<dyn std::error::Error + Sync + Send>;

/// A [`CodecError`] that repeats no value, so that it may be shown to everybody.
#[derive(Debug)]
pub(crate) struct Mistake(String);

impl Mistake {
    pub(crate) fn of(message: impl Into<String>) -> CodecError {
        Box::new(Mistake(message.into()))
    }
}

impl fmt::Display for Mistake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Mistake {}

/// A value that can be sent as the PostgreSQL type `S`, one of those in [`sql`](super::sql).
///
/// The macros ask for it at each argument. Implement it, and [`Decode`], for a type of your own that the derives do not cover:
///
/// ```
/// use pgdbm_runtime::types::{CodecError, Decode, Encode, IsNull, Never, Type, sql};
/// # use bytes::BytesMut;
/// struct Email(String);
///
/// impl Encode<sql::text> for Email {
///     type Null = Never;
///     fn encode(&self, ty: &Type, out: &mut BytesMut) -> Result<IsNull, CodecError> {
///         Encode::<sql::text>::encode(&self.0, ty, out)
///     }
/// }
///
/// impl Decode<sql::text> for Email {
///     type Null = Never;
///     fn decode(ty: &Type, raw: Option<&[u8]>) -> Result<Self, CodecError> {
///         let text = <String as Decode<sql::text>>::decode(ty, raw)?;
///         if text.contains('@') { Ok(Email(text)) } else { Err("no e-mail address".into()) }
///     }
/// }
/// ```
///
/// # Which types fit which
///
#[doc = include_str!("table.md")]
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not sent as `{S}`",
    label = "not a value of the PostgreSQL type `{S}`",
    note = "the table at `pgdbm::types` says which types of Rust fit which of PostgreSQL"
)]
pub trait Encode<S> {
    /// Whether a value can be NULL: [`Never`] or [`Maybe`].
    type Null;

    /// Writes the value in the binary format, or says that it is NULL. `ty` is the type as the server describes it; domains
    /// are resolved.
    ///
    /// # Errors
    /// When the value cannot be one of the type.
    fn encode(&self, ty: &Type, out: &mut BytesMut) -> Result<IsNull, CodecError>;
}

/// A value that can be read from the PostgreSQL type `S`: the counterpart of [`Encode`].
///
/// # Which types fit which
///
#[doc = include_str!("table.md")]
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not read from `{S}`",
    label = "does not read the PostgreSQL type `{S}`",
    note = "the table at `pgdbm::types` says which types of Rust fit which of PostgreSQL"
)]
pub trait Decode<S>: Sized {
    /// Whether a value can be NULL: [`Never`] or [`Maybe`].
    type Null;

    /// Reads the value from the binary format; `None` is NULL.
    ///
    /// # Errors
    /// When the bytes are no such value, or NULL where there is none.
    fn decode(ty: &Type, raw: Option<&[u8]>) -> Result<Self, CodecError>;
}

/// Of a type that has no NULL.
#[derive(Debug)]
pub enum Never {}

/// Of a type that has a NULL: `Option`.
#[derive(Debug)]
pub enum Maybe {}

impl<S, T: Encode<S> + ?Sized> Encode<S> for &T {
    type Null = T::Null;

    fn encode(&self, ty: &Type, out: &mut BytesMut) -> Result<IsNull, CodecError> {
        (**self).encode(ty, out)
    }
}

impl<S, T: Encode<S> + ?Sized> Encode<S> for Box<T> {
    type Null = T::Null;

    fn encode(&self, ty: &Type, out: &mut BytesMut) -> Result<IsNull, CodecError> {
        (**self).encode(ty, out)
    }
}

impl<S, T: Encode<S> + ?Sized> Encode<S> for Arc<T> {
    type Null = T::Null;

    fn encode(&self, ty: &Type, out: &mut BytesMut) -> Result<IsNull, CodecError> {
        (**self).encode(ty, out)
    }
}

impl<S, T: Encode<S> + ToOwned + ?Sized> Encode<S> for Cow<'_, T> {
    type Null = T::Null;

    fn encode(&self, ty: &Type, out: &mut BytesMut) -> Result<IsNull, CodecError> {
        (**self).encode(ty, out)
    }
}

impl<S, T: Encode<S>> Encode<S> for Option<T> {
    type Null = Maybe;

    fn encode(&self, ty: &Type, out: &mut BytesMut) -> Result<IsNull, CodecError> {
        self.as_ref()
            .map_or(Ok(IsNull::Yes), |value| value.encode(ty, out))
    }
}

impl<S, T: Decode<S>> Decode<S> for Option<T> {
    type Null = Maybe;

    fn decode(ty: &Type, raw: Option<&[u8]>) -> Result<Self, CodecError> {
        raw.map(|raw| T::decode(ty, Some(raw))).transpose()
    }
}

/// An argument, and how it is sent: as the type of its parameter. The function is in the value, so that nothing but the making of
/// it demands anything of the argument's type, and an unfit one is one error.
#[doc(hidden)]
#[derive(Clone, Copy)]
pub struct Given<T> {
    value: T,
    encode: Encoder<T>,
}

impl<T> Given<Option<T>> {
    /// Whether there is a value: then the parts that hang on it are there too.
    #[doc(hidden)]
    pub fn is_given(&self) -> bool {
        self.value.is_some()
    }
}

type Encoder<T> = fn(&T, &Type, &mut BytesMut) -> Result<IsNull, CodecError>;

impl<T> fmt::Debug for Given<T> {
    /// Arguments stay out of logs.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("_")
    }
}

impl<T> ToSql for Given<T> {
    fn to_sql(&self, ty: &Type, out: &mut BytesMut) -> Result<IsNull, CodecError> {
        (self.encode)(&self.value, without_domains(ty), out)
    }

    /// What the parameter is was compared with what it was when the query was compiled.
    fn accepts(_: &Type) -> bool {
        true
    }

    to_sql_checked!();
}

/// The type under the domains.
pub(crate) fn without_domains(ty: &Type) -> &Type {
    match ty.kind() {
        Kind::Domain(base) => without_domains(base),
        _ => ty,
    }
}

/// A value of the type `T` that fits parameter `N`, of the PostgreSQL type `S`.
#[diagnostic::on_unimplemented(
    message = "`${N}` is `{S}`: it takes `{E}`, and this is `{Self}`",
    label = "expected `{E}`, found `{Self}`",
    note = "the table at `pgdbm::types` says which types of Rust fit which of PostgreSQL; `value as _` leaves it to the server"
)]
#[doc(hidden)]
pub trait Parameter<S, E: ?Sized, const N: usize>: Encode<S> + Send + Sync {}

#[diagnostic::do_not_recommend]
impl<S, E: ?Sized, const N: usize, T: Encode<S> + Send + Sync> Parameter<S, E, N> for T {}

/// The same for a parameter that takes no NULL. One trait, and not a second demand: what is unfit is one error, at the value.
#[diagnostic::on_unimplemented(
    message = "`${N}` is `{S}` and must have a value: it takes `{E}`, and this is `{Self}`",
    label = "expected `{E}`, found `{Self}`",
    note = "it goes where NULL is refused, so it is no `Option`: take the value out before, `if let Some(value) = …`, `.unwrap_or_default()`; or let the column take NULL",
    note = "the table at `pgdbm::types` says which types of Rust fit which of PostgreSQL; `value as _` leaves it to the server"
)]
#[doc(hidden)]
pub trait Required<S, E: ?Sized, const N: usize>: Encode<S> + Send + Sync {}

#[diagnostic::do_not_recommend]
impl<S, E: ?Sized, const N: usize, T: Encode<S, Null = Never> + Send + Sync> Required<S, E, N>
    for T
{
}

/// The same for a parameter that stands alone in an `IN ($1)`, where many mean a list.
#[diagnostic::on_unimplemented(
    message = "`${N}` is `{S}`: it takes `{E}`, and this is `{Self}`",
    label = "expected `{E}`, found `{Self}`",
    note = "`IN (${N})` compares with one value: for the values of a list write `= ANY(${N})` instead, which takes a slice, an array or a `Vec`",
    note = "the table at `pgdbm::types` says which types of Rust fit which of PostgreSQL; `value as _` leaves it to the server"
)]
#[doc(hidden)]
pub trait Member<S, E: ?Sized, const N: usize>: Encode<S> + Send + Sync {}

#[diagnostic::do_not_recommend]
impl<S, E: ?Sized, const N: usize, T: Encode<S> + Send + Sync> Member<S, E, N> for T {}

/// A value of the type `T` that fits the parameter `C`, which has a name: a type that is called so stands for it.
#[diagnostic::on_unimplemented(
    message = "the parameter `{C}` is `{S}`: it takes `{E}`, and this is `{Self}`",
    label = "expected `{E}` for the parameter `{C}`, found `{Self}`",
    note = "the table at `pgdbm::types` says which types of Rust fit which of PostgreSQL; `value as _` leaves it to the server"
)]
#[doc(hidden)]
pub trait NamedParameter<S, E: ?Sized, C>: Encode<S> + Send + Sync {}

#[diagnostic::do_not_recommend]
impl<S, E: ?Sized, C, T: Encode<S> + Send + Sync> NamedParameter<S, E, C> for T {}

/// The same for one that takes no NULL.
#[diagnostic::on_unimplemented(
    message = "the parameter `{C}` is `{S}` and must have a value: it takes `{E}`, and this is `{Self}`",
    label = "expected `{E}` for the parameter `{C}`, found `{Self}`",
    note = "it goes where NULL is refused, so it is no `Option`: take the value out before, `if let Some(value) = …`, `.unwrap_or_default()`; or let the column take NULL",
    note = "the table at `pgdbm::types` says which types of Rust fit which of PostgreSQL; `value as _` leaves it to the server"
)]
#[doc(hidden)]
pub trait NamedRequired<S, E: ?Sized, C>: Encode<S> + Send + Sync {}

#[diagnostic::do_not_recommend]
impl<S, E: ?Sized, C, T: Encode<S, Null = Never> + Send + Sync> NamedRequired<S, E, C> for T {}

/// The same for one that stands alone in an `IN ($name)`.
#[diagnostic::on_unimplemented(
    message = "the parameter `{C}` is `{S}`: it takes `{E}`, and this is `{Self}`",
    label = "expected `{E}` for the parameter `{C}`, found `{Self}`",
    note = "`IN (…)` compares with one value here: for the values of a list write `= ANY(…)` instead, which takes a slice, an array or a `Vec`",
    note = "the table at `pgdbm::types` says which types of Rust fit which of PostgreSQL; `value as _` leaves it to the server"
)]
#[doc(hidden)]
pub trait NamedMember<S, E: ?Sized, C>: Encode<S> + Send + Sync {}

#[diagnostic::do_not_recommend]
impl<S, E: ?Sized, C, T: Encode<S> + Send + Sync> NamedMember<S, E, C> for T {}

/// Called by generated code, once for each argument, so that the message about an unfit value points at the value.
#[doc(hidden)]
pub fn parameter<S: SqlType, const N: usize, T: Parameter<S, S::Expected, N>>(
    value: T,
) -> Given<T> {
    Given {
        value,
        encode: T::encode,
    }
}

/// The same for a parameter that takes no NULL.
#[doc(hidden)]
pub fn required<S: SqlType, const N: usize, T: Required<S, S::Expected, N>>(value: T) -> Given<T> {
    parameter::<S, N, T>(value)
}

/// The same for a parameter that stands alone in an `IN ($1)`.
#[doc(hidden)]
pub fn member<S: SqlType, const N: usize, T: Member<S, S::Expected, N>>(value: T) -> Given<T> {
    parameter::<S, N, T>(value)
}

/// The same for a parameter with a name.
#[doc(hidden)]
pub fn named<S: SqlType, C, T: NamedParameter<S, S::Expected, C>>(value: T) -> Given<T> {
    parameter::<S, 0, T>(value)
}

/// The same for one that takes no NULL.
#[doc(hidden)]
pub fn named_required<S: SqlType, C, T: NamedRequired<S, S::Expected, C>>(value: T) -> Given<T> {
    parameter::<S, 0, T>(value)
}

/// The same for one that stands alone in an `IN ($name)`.
#[doc(hidden)]
pub fn named_member<S: SqlType, C, T: NamedMember<S, S::Expected, C>>(value: T) -> Given<T> {
    parameter::<S, 0, T>(value)
}

/// The same for a parameter of an optional part, which is there if it has a value.
#[doc(hidden)]
pub fn named_optional<S: SqlType, C, T: NamedParameter<S, S::Expected, C>>(
    value: Option<T>,
) -> Given<Option<T>> {
    optional::<S, 0, T>(value)
}

/// The same for one that takes no NULL.
#[doc(hidden)]
pub fn named_optional_required<S: SqlType, C, T: NamedRequired<S, S::Expected, C>>(
    value: Option<T>,
) -> Given<Option<T>> {
    optional::<S, 0, T>(value)
}

/// The same for a parameter whose type is left to the server.
#[doc(hidden)]
pub fn unchecked<T: Argument>(value: T) -> Given<T> {
    Given {
        value,
        encode: |value, ty, out| value.to_sql_checked(ty, out),
    }
}

/// The same for a parameter of an optional part, which is there if it has a value.
#[doc(hidden)]
pub fn optional<S: SqlType, const N: usize, T: Parameter<S, S::Expected, N>>(
    value: Option<T>,
) -> Given<Option<T>> {
    Given {
        value,
        encode: Encode::<S>::encode,
    }
}

/// The same for one that takes no NULL.
#[doc(hidden)]
pub fn optional_required<S: SqlType, const N: usize, T: Required<S, S::Expected, N>>(
    value: Option<T>,
) -> Given<Option<T>> {
    optional::<S, N, T>(value)
}

/// The same for one whose type is left to the server.
#[doc(hidden)]
pub fn optional_unchecked<T: Argument>(value: Option<T>) -> Given<Option<T>> {
    Given {
        value,
        encode: |value, ty, out| value.to_sql_checked(ty, out),
    }
}

/// How the driver reads a column as the PostgreSQL type `S`.
#[doc(hidden)]
pub struct Read<S, T>(pub T, pub PhantomData<fn(S)>);

impl<'r, S, T: Decode<S>> FromSql<'r> for Read<S, T> {
    fn from_sql(ty: &Type, raw: &'r [u8]) -> Result<Self, CodecError> {
        Self::from_sql_nullable(ty, Some(raw))
    }

    fn from_sql_null(ty: &Type) -> Result<Self, CodecError> {
        Self::from_sql_nullable(ty, None)
    }

    fn from_sql_nullable(ty: &Type, raw: Option<&'r [u8]>) -> Result<Self, CodecError> {
        Ok(Read(T::decode(without_domains(ty), raw)?, PhantomData))
    }

    /// What the column is was compared with what it was when the query was compiled.
    fn accepts(_: &Type) -> bool {
        true
    }
}

/// A field of the type `T` that reads the column `C`, of the PostgreSQL type `S`.
#[diagnostic::on_unimplemented(
    message = "the column `{C}` is `{S}`: it is read as `{E}`, and the field is `{Self}`",
    label = "the field of the column `{C}` is `{Self}`, expected `{E}`",
    note = "the table at `pgdbm::types` says which types of Rust fit which of PostgreSQL"
)]
#[doc(hidden)]
pub trait Field<S, E, C>: Decode<S> {}

#[diagnostic::do_not_recommend]
impl<S, E, C, T: Decode<S>> Field<S, E, C> for T {}

/// A field that takes what the query, or Cargo.toml, says that the column `C` is read as: `D`.
#[diagnostic::on_unimplemented(
    message = "the column `{C}` is read as `{D}`, and the field is `{Self}`",
    label = "the field of the column `{C}` is `{Self}`, expected `{D}`",
    note = "the query says so, `AS \"{C}: {D}\"`, or `[package.metadata.pgdbm.overrides]` in Cargo.toml; `AS \"{C}: _\"` takes the type of the field"
)]
#[doc(hidden)]
pub trait Named<D, C>: Sized {
    fn of(value: D) -> Self;
}

#[diagnostic::do_not_recommend]
impl<D, C> Named<D, C> for D {
    fn of(value: D) -> Self {
        value
    }
}

#[diagnostic::do_not_recommend]
impl<D, C> Named<D, C> for Option<D> {
    fn of(value: D) -> Self {
        Some(value)
    }
}

/// Of a field that takes NULL.
#[diagnostic::on_unimplemented(
    message = "the column `{C}` may be NULL, and its field takes no NULL",
    label = "the field of the column `{C}` is no `Option`",
    note = "make the field an `Option`, or, if you know that it is never NULL, write `AS \"{C}!\"` in the SQL"
)]
#[doc(hidden)]
pub trait Absent<C> {}

#[diagnostic::do_not_recommend]
impl<C> Absent<C> for Maybe {}

/// The error of a NULL that nothing was prepared for.
pub(super) fn not_null(raw: Option<&[u8]>) -> Result<&[u8], CodecError> {
    raw.ok_or_else(|| Box::new(WasNull) as CodecError)
}
