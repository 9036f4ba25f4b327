//! Enums: PostgreSQL manual, section 8.7.

use std::fmt;

use bytes::{BufMut, BytesMut};
use tokio_postgres::types::{IsNull, Kind, Type};

use super::named::is_named;
use crate::types::codec::{CodecError, Mistake, not_null, without_domains};

/// An enum of Rust that stands for one of PostgreSQL. `#[pgdbm::migrations] mod schema {}` makes them.
#[doc(hidden)]
pub trait Labelled: Copy + 'static {
    /// The type's name.
    const SQL: &'static str;
    /// Its schema, if it is not that of the manager.
    const SCHEMA: Option<&'static str>;
    /// The labels in their order.
    const LABELS: &'static [&'static str];
    /// The values in the same order.
    const VALUES: &'static [Self];
}

/// A text that is no label of an enum: what `from_str` of the enums gives that `#[pgdbm::migrations]` makes.
///
/// ```text
/// `opne` is no label of `order_status`, which has `open`, `paid`, `sent`
/// ```
///
/// PostgreSQL manual, section 8.7, "Enumerated Types".
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnknownLabel {
    label: String,
    sql: &'static str,
    labels: &'static [&'static str],
}

impl UnknownLabel {
    /// The text.
    #[must_use]
    pub fn label(&self) -> &str {
        &self.label
    }

    /// The labels that there are, in their order.
    #[must_use]
    pub fn labels(&self) -> &'static [&'static str] {
        self.labels
    }
}

impl fmt::Display for UnknownLabel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let UnknownLabel { label, sql, labels } = self;
        write!(f, "`{label}` is no label of `{sql}`, which has ")?;
        write_labels(f, labels)
    }
}

impl std::error::Error for UnknownLabel {}

fn write_labels(f: &mut impl fmt::Write, labels: &[&str]) -> fmt::Result {
    if labels.is_empty() {
        return f.write_str("none");
    }
    for (index, label) in labels.iter().enumerate() {
        let comma = if index == 0 { "" } else { ", " };
        write!(f, "{comma}`{label}`")?;
    }
    Ok(())
}

fn value<T: Labelled>(label: &str) -> Option<T> {
    let position = T::LABELS.iter().position(|known| *known == label)?;
    T::VALUES.get(position).copied()
}

/// Called by generated code: `FromStr`.
#[doc(hidden)]
pub fn from_label<T: Labelled>(label: &str) -> Result<T, UnknownLabel> {
    value(label).ok_or_else(|| UnknownLabel {
        label: label.to_owned(),
        sql: T::SQL,
        labels: T::LABELS,
    })
}

/// Called by generated code. The server knows labels by their text.
#[doc(hidden)]
pub fn encode_label(label: &str, out: &mut BytesMut) -> IsNull {
    out.put_slice(label.as_bytes());
    IsNull::No
}

/// Called by generated code. A label that was added after the program was compiled is an error that names it.
#[doc(hidden)]
pub fn decode_label<T: Labelled>(raw: Option<&[u8]>) -> Result<T, CodecError> {
    let label = std::str::from_utf8(not_null(raw)?)?;
    value(label).ok_or_else(|| {
        let mut known = String::new();
        // Writing into a string cannot fail.
        let _ = write_labels(&mut known, T::LABELS);
        let sql = T::SQL;
        Mistake::of(format!(
            "`{label}` is a label of `{sql}` that this program does not know; it was compiled with {known}\n  help: compile it \
             again with the migrations that add the label"
        ))
    })
}

/// Called by generated code: whether the type of a parameter or a column is this one.
#[doc(hidden)]
#[must_use]
pub fn is_enum<T: Labelled>(ty: &Type) -> bool {
    let ty = without_domains(ty);
    matches!(ty.kind(), Kind::Enum(_)) && is_named(ty, T::SQL, T::SCHEMA)
}

/// What an enum has beside its values, given as `value label`.
#[doc(hidden)]
#[macro_export]
macro_rules! __enumeration {
    ($name:ident $sql:literal [$($schema:literal)?] $($value:ident $label:literal)*) => {
        impl $name {
            /// All values, in their order.
            pub const ALL: &'static [Self] = &[$(Self::$value),*];

            /// The label that the server has for the value.
            #[must_use]
            pub const fn as_str(self) -> &'static ::core::primitive::str {
                match self {
                    $(Self::$value => $label,)*
                }
            }
        }

        #[automatically_derived]
        impl $crate::types::made::Labelled for $name {
            const SQL: &'static ::core::primitive::str = $sql;
            const SCHEMA: ::core::option::Option<&'static ::core::primitive::str> = $crate::__schema!($($schema)?);
            const LABELS: &'static [&'static ::core::primitive::str] = &[$($label),*];
            const VALUES: &'static [Self] = Self::ALL;
        }

        #[automatically_derived]
        impl ::core::fmt::Display for $name {
            fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                f.pad(Self::as_str(*self))
            }
        }

        #[automatically_derived]
        impl ::core::str::FromStr for $name {
            type Err = $crate::types::UnknownLabel;

            fn from_str(label: &::core::primitive::str) -> ::core::result::Result<Self, <Self as ::core::str::FromStr>::Err> {
                $crate::types::made::from_label(label)
            }
        }

        #[automatically_derived]
        impl $crate::types::Encode<$name> for $name {
            type Null = $crate::types::Never;

            fn encode(
                &self,
                _: &$crate::types::Type,
                out: &mut $crate::types::made::BytesMut,
            ) -> ::core::result::Result<$crate::types::IsNull, $crate::types::CodecError> {
                ::core::result::Result::Ok($crate::types::made::encode_label(Self::as_str(*self), out))
            }
        }

        #[automatically_derived]
        impl $crate::types::Decode<$name> for $name {
            type Null = $crate::types::Never;

            fn decode(
                _: &$crate::types::Type,
                raw: ::core::option::Option<&[::core::primitive::u8]>,
            ) -> ::core::result::Result<Self, $crate::types::CodecError> {
                $crate::types::made::decode_label(raw)
            }
        }

        $crate::__named! { $name, |ty| $crate::types::made::is_enum::<$name>(ty) }
        $crate::__enumeration_serde! { $name }
    };
}

/// Serde knows a value by its label.
#[cfg(feature = "serde")]
#[doc(hidden)]
#[macro_export]
macro_rules! __enumeration_serde {
    ($name:ident) => {
        #[automatically_derived]
        impl $crate::types::made::serde::Serialize for $name {
            fn serialize<S: $crate::types::made::serde::Serializer>(
                &self,
                serializer: S,
            ) -> ::core::result::Result<S::Ok, S::Error> {
                serializer.serialize_str(Self::as_str(*self))
            }
        }

        #[automatically_derived]
        impl<'de> $crate::types::made::serde::Deserialize<'de> for $name {
            fn deserialize<D: $crate::types::made::serde::Deserializer<'de>>(
                deserializer: D,
            ) -> ::core::result::Result<Self, D::Error> {
                $crate::types::made::deserialize_label(deserializer)
            }
        }
    };
}

#[cfg(not(feature = "serde"))]
#[doc(hidden)]
#[macro_export]
macro_rules! __enumeration_serde {
    ($name:ident) => {};
}

/// Called by generated code.
#[cfg(feature = "serde")]
#[doc(hidden)]
pub fn deserialize_label<'de, T: Labelled, D: serde::Deserializer<'de>>(
    deserializer: D,
) -> Result<T, D::Error> {
    struct Label<T>(std::marker::PhantomData<fn() -> T>);

    impl<T: Labelled> serde::de::Visitor<'_> for Label<T> {
        type Value = T;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            write!(f, "a label of `{}`", T::SQL)
        }

        fn visit_str<E: serde::de::Error>(self, label: &str) -> Result<T, E> {
            from_label(label).map_err(E::custom)
        }
    }

    deserializer.deserialize_str(Label(std::marker::PhantomData))
}
