//! Nothing of the standard library's prelude is in reach.
#![no_implicit_prelude]
#![deny(warnings)]

#[::pgdbm::test(migrations = "pass/migrations/shop", timeout = "5s", max_connections = 2)]
async fn a_manager(db: ::pgdbm::DatabaseManager) -> ::std::result::Result<(), ::pgdbm::Error> {
    let _ = db;
    ::std::result::Result::Ok(())
}

#[::pgdbm::test]
#[should_panic]
async fn a_panic() {
    ::std::panic!();
}
