//! The testing kit, on a real server: what a test gets, what it leaves behind, and what happens when it does not end well.
#![cfg(all(unix, feature = "testing"))]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test says by panicking what is wrong"
)]
#![allow(missing_docs, reason = "tests are named for what they show")]

mod own_server;
mod process;

mod broken_sessions;
mod budget;
mod fixtures;
mod isolation;
mod kept;
mod orphans;
mod renewal;
mod roles;
mod runs;
mod templates;
