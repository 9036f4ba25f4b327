//! The `pgdbm` command.
fn main() {}
