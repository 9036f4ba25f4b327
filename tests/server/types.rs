//! The types of PostgreSQL and of Rust.

mod table;
