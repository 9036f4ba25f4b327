//! The types of PostgreSQL and of Rust.

mod side_by_side;
mod table;
