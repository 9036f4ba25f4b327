//! Checks SQL against migrations by PostgreSQL's own rules, with no server.
#![allow(dead_code)]
mod analyze;
mod catalog;
mod failure;
mod syntax;
mod tree;
