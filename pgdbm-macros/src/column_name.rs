//! The names of columns, and what they say beside the name: `"id!"`, `"id?"`, `"id: UserId"`, `"id!: UserId"`, `"id: _"`.

use syn::Type;

/// A column's name, taken apart.
pub(crate) struct ColumnName {
    /// The name itself.
    pub(crate) name: String,
    /// Whether the user knows of NULL: `!` is never, `?` may be.
    pub(crate) nullable: Option<bool>,
    pub(crate) as_type: Option<AsType>,
}

/// The type that the user wants.
pub(crate) enum AsType {
    /// `_`: that of the field.
    Inferred,
    Named(Box<Type>),
}

impl ColumnName {
    /// Takes a name apart.
    ///
    /// # Errors
    /// What stands behind the colon and is no type.
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        let (name, as_type) = match text.split_once(':') {
            Some((name, written)) => (name, Some(as_type(written.trim())?)),
            None => (text, None),
        };
        let name = name.trim();
        let (name, nullable) = match (name.strip_suffix('!'), name.strip_suffix('?')) {
            (Some(bare), _) => (bare, Some(false)),
            // `?column?` is what the server calls a column without a name.
            (_, Some(bare)) if !bare.starts_with('?') => (bare, Some(true)),
            _ => (name, None),
        };
        Ok(ColumnName {
            name: name.to_owned(),
            nullable,
            as_type,
        })
    }
}

fn as_type(written: &str) -> Result<AsType, String> {
    if written == "_" {
        return Ok(AsType::Inferred);
    }
    syn::parse_str(written)
        .map(|named| AsType::Named(Box::new(named)))
        .map_err(|_| written.to_owned())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

    use quote::ToTokens as _;

    use super::{AsType, ColumnName};

    fn parsed(text: &str) -> (String, Option<bool>, Option<String>) {
        let column = ColumnName::parse(text).unwrap();
        let as_type = column.as_type.map(|written| match written {
            AsType::Inferred => "_".to_owned(),
            AsType::Named(named) => named.to_token_stream().to_string().replace(' ', ""),
        });
        (column.name, column.nullable, as_type)
    }

    #[test]
    fn a_name_says_more_than_itself() {
        for (text, expected) in [
            ("id", ("id", None, None)),
            ("id!", ("id", Some(false), None)),
            ("id?", ("id", Some(true), None)),
            ("id: UserId", ("id", None, Some("UserId"))),
            (
                "id!: ids::User<i64>",
                ("id", Some(false), Some("ids::User<i64>")),
            ),
            ("id?:_", ("id", Some(true), Some("_"))),
            ("?column?", ("?column?", None, None)),
            ("!", ("", Some(false), None)),
        ] {
            let (name, nullable, as_type) = expected;
            assert_eq!(
                parsed(text),
                (name.to_owned(), nullable, as_type.map(str::to_owned)),
                "{text}"
            );
        }
        assert_eq!(ColumnName::parse("id: 1").err().unwrap(), "1");
    }
}
