//! The crate under which the compile-time tests of pgdbm run.
