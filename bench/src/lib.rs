//! The figures. `cargo xtask bench testing`, `checker` or `macros` takes them and prints one table.
//!
//! Everything here is compiled in the profile `dev`, as the tests and the macros of users are. Every test of the testing kit stands
//! in a database of its own over the twenty files of `migrations/`, which pgdbm and sqlx read as they are.
//!
//! `tests/fifty_sqlx.rs` needs a `DATABASE_URL`, as sqlx does; the command gives it one.
//!
//! | file | measures |
//! | --- | --- |
//! | [`first_query`] | from a test's start to the answer of its first query |
//! | [`two_hundred`] | the time of two hundred tests |
//! | [`cold`] | the first test of a user who has never run one |
//! | [`killed`] | what five hundred killed tests leave |
//! | [`side_by_side`] | fifty tests with pgdbm and with sqlx |
//! | [`checker`] | catalog, migrations and queries in an unoptimised build |
//! | [`macros`] | what queries cost the compiler, with pgdbm and with sqlx |

pub mod binaries;
pub mod checker;
pub mod cold;
pub mod commands;
pub mod first_query;
pub mod killed;
pub mod macros;
pub mod processes;
pub mod samples;
pub mod server_view;
pub mod side_by_side;
pub mod table;
pub mod traces;
pub mod two_hundred;

/// The migrations of all tests here.
#[derive(Clone, Copy, Debug)]
#[pgdbm::migrations]
pub struct Shop;
