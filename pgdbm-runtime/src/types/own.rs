//! Arguments of the types that the migrations make, where nothing says which types of Rust stand for those.

use std::borrow::Cow;
use std::sync::Arc;

use super::codec::{Given, unchecked};
use super::optional_unchecked;
use crate::arguments::Argument;

/// A type of the program that stands for an enum or a composite type of the database, and what is made of such. The derive and the module
/// of the migrations implement it.
#[doc(hidden)]
pub trait Own {}

impl<T: Own + ?Sized> Own for &T {}
impl<T: Own + ?Sized> Own for Box<T> {}
impl<T: Own + ?Sized> Own for Arc<T> {}
impl<T: Own + ToOwned + ?Sized> Own for Cow<'_, T> {}
impl<T: Own> Own for Option<T> {}
impl<T: Own> Own for Vec<T> {}
impl<T: Own> Own for [T] {}
impl<T: Own, const N: usize> Own for [T; N] {}

/// A value for parameter `N`, of a type that the migrations make.
#[diagnostic::on_unimplemented(
    message = "`${N}` is of a type that the migrations make, and `{Self}` stands for none",
    label = "stands for no type of the database",
    note = "`#[pgdbm::migrations] mod schema {{}}` makes the types, and `types = \"crate::schema\"` below `[package.metadata.pgdbm]` in Cargo.toml names them; or give a type with `#[derive(pgdbm::Type)]`; `value as _` leaves it to the server"
)]
#[doc(hidden)]
pub trait OwnParameter<const N: usize> {}

#[diagnostic::do_not_recommend]
impl<const N: usize, T: Own + ?Sized> OwnParameter<N> for T {}

/// Called by generated code. What stands for a type and still cannot be sent, for lack of `Debug` say, is another mistake.
#[doc(hidden)]
pub fn own<const N: usize, T: OwnParameter<N> + Argument>(value: T) -> Given<T> {
    unchecked(value)
}

/// Called by generated code: that of an optional part.
#[doc(hidden)]
pub fn optional_own<const N: usize, T: OwnParameter<N> + Argument>(
    value: Option<T>,
) -> Given<Option<T>> {
    optional_unchecked(value)
}
