//! The module may give the names of the standard library other meanings, and nothing of the prelude need be in reach.
#![no_implicit_prelude]
#![allow(dead_code, non_camel_case_types, unused_imports, unused_macros)]

#[::pgdbm::migrations]
mod schema {
    struct Result;
    struct Option;
    struct String;
    struct Vec;
    struct Box;
    struct str;
    struct u8;
    struct bool;
    enum Choice {
        Ok,
        Err,
        Some,
        None,
    }
    use Choice::{Err, None, Ok, Some};
    mod std {}
    mod core {}
    mod alloc {}
    mod pgdbm {}
    mod types {}
    trait FromRow {}
    trait ToSql {}
    trait Clone {}
    trait Debug {}
    trait From {}
    macro_rules! row {
        () => {};
    }
}

async fn queries(db: &::pgdbm::DatabaseManager) -> ::std::result::Result<(), ::pgdbm::Error> {
    let status = schema::OrderStatus::Open;
    let _ = ::pgdbm::query!("SELECT u FROM {{tables.users}} u WHERE statuses[1] = $status").fetch_one(db).await?;
    let _ = ::pgdbm::query_as!(schema::UsersRow, "SELECT * FROM {{tables.users}}").fetch_one(db).await?;
    ::std::result::Result::Ok(())
}

fn main() {
    let _ = queries;
}
