//! Arguments of the types that the migrations make, where nothing says which types of Rust stand for those.

use std::borrow::Cow;
use std::sync::Arc;

use super::codec::{Given, Maybe, Never, unchecked};
use super::optional_unchecked;
use crate::arguments::Argument;

/// A type of the program that stands for an enum or a composite type of the database, and what is made of such. The derive and the module
/// of the migrations implement it.
#[doc(hidden)]
pub trait Own {
    /// Whether a value can be NULL, as [`Encode::Null`](super::Encode::Null).
    type Null;
}

impl<T: Own + ?Sized> Own for &T {
    type Null = T::Null;
}

impl<T: Own + ?Sized> Own for Box<T> {
    type Null = T::Null;
}

impl<T: Own + ?Sized> Own for Arc<T> {
    type Null = T::Null;
}

impl<T: Own + ToOwned + ?Sized> Own for Cow<'_, T> {
    type Null = T::Null;
}

impl<T: Own> Own for Option<T> {
    type Null = Maybe;
}

impl<T: Own> Own for Vec<T> {
    type Null = Never;
}

impl<T: Own> Own for [T] {
    type Null = Never;
}

impl<T: Own, const N: usize> Own for [T; N] {
    type Null = Never;
}

/// A value for parameter `N`, of a type that the migrations make. One trait, and not a second demand: what is unfit is one error.
#[diagnostic::on_unimplemented(
    message = "`${N}` is of a type that the migrations make, and `{Self}` stands for none",
    label = "stands for no type of the database",
    note = "`#[pgdbm::migrations] mod schema {{}}` makes the types, and `types = \"crate::schema\"` below `[package.metadata.pgdbm]` in Cargo.toml names them; or give a type with `#[derive(pgdbm::Type)]`; `value as _` leaves it to the server"
)]
#[doc(hidden)]
pub trait OwnParameter<const N: usize>: Argument {}

#[diagnostic::do_not_recommend]
impl<const N: usize, T: Own + Argument> OwnParameter<N> for T {}

/// The same for a parameter that takes no NULL.
#[diagnostic::on_unimplemented(
    message = "`${N}` is of a type that the migrations make and must have a value, and this is `{Self}`",
    label = "not a value of a type of the database",
    note = "it goes where NULL is refused, so it is no `Option`: take the value out before, `if let Some(value) = …`, `.unwrap_or_default()`; or let the column take NULL",
    note = "`#[pgdbm::migrations] mod schema {{}}` makes the types, and `types = \"crate::schema\"` below `[package.metadata.pgdbm]` in Cargo.toml names them; or give a type with `#[derive(pgdbm::Type)]`; `value as _` leaves it to the server"
)]
#[doc(hidden)]
pub trait OwnRequired<const N: usize>: Argument {}

#[diagnostic::do_not_recommend]
impl<const N: usize, T: Own<Null = Never> + Argument> OwnRequired<N> for T {}

/// Called by generated code.
#[doc(hidden)]
pub fn own<const N: usize, T: OwnParameter<N>>(value: T) -> Given<T> {
    unchecked(value)
}

/// The same for a parameter that takes no NULL.
#[doc(hidden)]
pub fn own_required<const N: usize, T: OwnRequired<N>>(value: T) -> Given<T> {
    unchecked(value)
}

/// Called by generated code: that of an optional part.
#[doc(hidden)]
pub fn optional_own<const N: usize, T: OwnParameter<N>>(value: Option<T>) -> Given<Option<T>> {
    optional_unchecked(value)
}

/// The same for a parameter that takes no NULL.
#[doc(hidden)]
pub fn optional_own_required<const N: usize, T: OwnRequired<N>>(
    value: Option<T>,
) -> Given<Option<T>> {
    optional_unchecked(value)
}
