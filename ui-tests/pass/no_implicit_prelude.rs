//! Nothing of the standard library's prelude is in reach.
#![no_implicit_prelude]
#![allow(dead_code)]

#[derive(::pgdbm::FromRow)]
struct User {
    id: i32,
    #[pgdbm(default)]
    email: ::std::string::String,
    #[pgdbm(skip)]
    seen: bool,
}

#[::pgdbm::migrations("pass/migrations/shop")]
struct Migrations;

#[derive(::std::fmt::Debug, ::pgdbm::Type)]
struct UserId(i64);

#[derive(::std::fmt::Debug, ::pgdbm::Type)]
enum Status {
    Open,
    Paid,
}

#[derive(::std::fmt::Debug, ::pgdbm::Type)]
#[repr(i32)]
enum Level {
    Low = 1,
}

#[derive(::std::fmt::Debug, ::pgdbm::Type)]
struct Address {
    street: ::std::string::String,
    floor: ::std::option::Option<i32>,
}

fn main() {
    let id = 1;
    let _ = ::pgdbm::query_unchecked!("SELECT * FROM {{tables.users}} WHERE id = $id");
    let _ = ::pgdbm::query_unchecked!("SELECT * FROM {{tables.users}} WHERE id = $1", id);
    let _ = ::pgdbm::query_as!(User as FromRow, "SELECT 1 AS id, 'x' AS email");
    let _ = ::pgdbm::query_as_unchecked!(User, "SELECT * FROM {{tables.users}} WHERE id = $1");
    let _ = ::pgdbm::query_file_as_unchecked!(User, "pass/queries/user.sql", id);
    let _ = ::pgdbm::query!("SELECT $1::bigint AS \"id: UserId\", $2::int AS level", UserId(1), Level::Low);
}
