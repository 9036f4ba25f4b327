//! What the types that `#[pgdbm::migrations] mod schema {}` makes consist of. Not for people; it changes without notice.

mod composite;
mod domain;
mod enumeration;
mod exchange;
mod named;

pub use crate::{
    __composite as composite, __domain as domain, __enumeration as enumeration, __row as row,
};
pub use bytes::BytesMut;
pub use composite::{Attribute, CompositeValue, encode_composite, is_composite};
pub use domain::is_domain;
#[cfg(feature = "serde")]
pub use enumeration::deserialize_label;
pub use enumeration::{Labelled, UnknownLabel, decode_label, encode_label, from_label, is_enum};
pub use exchange::{driver, known, own};
pub use named::{from_sql, to_sql, to_sql_checked};
#[cfg(feature = "serde")]
pub use serde;
