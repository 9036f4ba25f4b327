//! The whole product against a real PostgreSQL server. Each test has a database of its own, and all run in parallel.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test says by panicking what is wrong"
)]
#![allow(missing_docs, reason = "tests are named for what they show")]

mod lab;
mod port;
#[cfg(unix)]
mod tcp_server;

mod chaos;
mod checked;
mod coming_from_sqlx;
mod configuration;
mod connections;
mod demo;
mod errors;
mod guard;
mod macros;
mod migrations;
#[cfg(unix)]
mod optional_parts;
mod passwords;
mod patterns;
mod prepared;
mod python_original;
mod queries;
mod query_fn;
mod query_log;
mod query_plan;
mod rows;
mod schemas;
mod tenancy;
mod test_macro;
#[cfg(all(unix, feature = "tls"))]
mod tls;
mod transactions;
mod typed;
mod types;
mod verify;
