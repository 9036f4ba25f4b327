//! The records that `query_fn!` declares: those of `query!`, with a name and as items.

use std::fmt;

/// Called by generated code. As with `record!`, the traits are written out here, because that costs the compiler least, and
/// no name in a pattern is one that people give.
///
/// A record has what the types of the caller's in it have: they are listed. A condition that names no parameter is an error where it
/// does not hold, but for one that is to hold for every lifetime.
#[doc(hidden)]
#[macro_export]
macro_rules! __plain_record {
    (
        [$($cfg:tt)*] [$($attribute:tt)*] [$($foreign:ty),*] $vis:vis $name:ident $names:literal
        $(#[doc = $documentation:literal] $field:ident: $ty:ty),+
    ) => {
        $($cfg)*
        $($attribute)*
        $vis struct $name {
            $(#[doc = $documentation] pub $field: $ty,)+
        }
        $($cfg)*
        impl $crate::__private::Debug for $name
        where
            $(for<'any> $foreign: $crate::__private::Debug,)*
        {
            fn fmt(&self, __pgdbm_f: &mut $crate::__private::Formatter<'_>) -> $crate::__private::FmtResult {
                $crate::__private::debug_named_record(__pgdbm_f, ::core::stringify!($name), $names, &[$(&self.$field),+])
            }
        }
        $($cfg)*
        impl $crate::__private::Clone for $name
        where
            $(for<'any> $foreign: $crate::__private::Clone,)*
        {
            fn clone(&self) -> Self {
                $name { $($field: self.$field.clone()),+ }
            }
        }
        $($cfg)*
        impl $crate::__private::PartialEq for $name
        where
            $(for<'any> $foreign: $crate::__private::PartialEq,)*
        {
            fn eq(&self, __pgdbm_other: &Self) -> $crate::__private::bool {
                true $(&& self.$field == __pgdbm_other.$field)+
            }
        }
    };
}

/// Called by generated code: with what the feature `serde` adds to a record.
#[cfg(feature = "serde")]
#[doc(hidden)]
#[macro_export]
macro_rules! __named_record {
    (
        [$($cfg:tt)*] [$($attribute:tt)*] [$($foreign:ty),*] $vis:vis $name:ident $names:literal
        $(#[doc = $documentation:literal] $field:ident: $ty:ty),+
    ) => {
        $crate::__private::plain_record! {
            [$($cfg)*] [$($attribute)*] [$($foreign),*] $vis $name $names
            $(#[doc = $documentation] $field: $ty),+
        }
        $($cfg)*
        impl $crate::__private::serde::Serialize for $name
        where
            $(for<'any> $foreign: $crate::__private::serde::Serialize,)*
        {
            fn serialize<S: $crate::__private::serde::Serializer>(
                &self,
                __pgdbm_serializer: S,
            ) -> $crate::__private::Result<S::Ok, S::Error> {
                let mut __pgdbm_fields = $crate::__private::RecordFields::begin_named(
                    __pgdbm_serializer,
                    ::core::stringify!($name),
                    $names,
                )?;
                $(__pgdbm_fields.field(&self.$field)?;)+
                __pgdbm_fields.end()
            }
        }
    };
}

/// Called by generated code. The names of the fields stand in one text, a comma between them.
#[doc(hidden)]
pub fn debug_named_record(
    f: &mut fmt::Formatter<'_>,
    name: &str,
    names: &str,
    values: &[&dyn fmt::Debug],
) -> fmt::Result {
    // A name that is a word of the language is called by itself.
    let mut shown = f.debug_struct(name.trim_start_matches("r#"));
    for (name, value) in names.split(',').zip(values) {
        shown.field(name, value);
    }
    shown.finish()
}
