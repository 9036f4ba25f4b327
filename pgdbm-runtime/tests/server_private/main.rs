//! The private server: it starts, is shared, survives what happens to its users, and leaves nothing behind.
//!
//! Each test has a base directory of its own, so that none sees another's servers, and other processes are this very
//! program again, told by an environment variable what to do.

#![cfg(all(unix, feature = "testing"))]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test that fails may panic"
)]

mod account;
mod base;
mod holder;
mod life;
mod refusal;
mod repair;
