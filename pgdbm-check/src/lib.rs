//! Checks SQL against migrations by PostgreSQL's own rules, with no server.
#![allow(dead_code)]
mod syntax;
