//! The types of PostgreSQL and of Rust.

#[cfg(feature = "serde")]
mod serialize;
mod side_by_side;
mod table;
