//! The guides of the repository, `docs/`, as pages: [patterns] for services, tenants and libraries; [functions for queries](queries);
//! [types from migrations](types); [testing]; [the settings of a package](settings); [what mistakes look like](errors); [coming from
//! sqlx](coming_from_sqlx) and [from Python](coming_from_python).

// The links of a guide to others, which are files there; of two definitions Markdown takes the first.

/// [testing.md]: crate::guides::testing
/// [testing.md#bad-days]: crate::guides::testing#bad-days
/// [testing.md#query-plans]: crate::guides::testing#query-plans
/// [testing.md#n1-queries]: crate::guides::testing#n1-queries
/// [settings.md]: crate::guides::settings
///
#[doc = include_str!("../docs/patterns.md")]
pub mod patterns {}

#[doc = include_str!("../docs/queries.md")]
pub mod queries {}

#[doc = include_str!("../docs/types.md")]
pub mod types {}

#[doc = include_str!("../docs/testing.md")]
pub mod testing {}

/// [types.md]: crate::guides::types
/// [testing.md]: crate::guides::testing
///
#[doc = include_str!("../docs/settings.md")]
pub mod settings {}

// Its blocks are mistakes, which the tests of the compiler's messages compile.
#[cfg(not(doctest))]
#[doc = include_str!("../docs/errors.md")]
pub mod errors {}

/// [errors.md]: crate::guides::errors
/// [testing.md]: crate::guides::testing
///
#[doc = include_str!("../docs/coming-from-sqlx.md")]
pub mod coming_from_sqlx {}

/// [patterns.md]: crate::guides::patterns
/// [testing.md]: crate::guides::testing
/// [patterns.md#a-library-with-a-pool-of-its-own-or-a-manager-from-outside]: crate::guides::patterns#a-library-with-a-pool-of-its-own-or-a-manager-from-outside
///
#[doc = include_str!("../docs/coming-from-python.md")]
pub mod coming_from_python {}
