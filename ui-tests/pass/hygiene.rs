//! The caller may give the names of the standard library other meanings.
#![allow(dead_code, non_camel_case_types, unused_imports, unused_macros)]

mod shadowed {
    struct Result;
    struct Option;
    struct String;
    struct Vec;
    struct Box;
    struct str;
    struct u32;
    struct usize;
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
    trait FromRow {}
    trait Default {}
    macro_rules! include_str {
        () => {};
    }
    macro_rules! concat {
        () => {};
    }
    macro_rules! file {
        () => {};
    }
    macro_rules! compile_error {
        () => {};
    }

    pub(super) fn queries() {
        let (db, id, query, row, argument) = (1_i32, 2_i32, 3_i32, 4_i32, 5_i32);
        let _ = ::pgdbm::query_unchecked!("SELECT * FROM {{tables.users}} WHERE id = $1", id);
        let _ = ::pgdbm::query_unchecked!("SELECT * FROM {{schema}}.users WHERE id = $1");
        let _ = ::pgdbm::query_unchecked!("SELECT $db, $id, $query, $row, $argument");
        let _ = ::pgdbm::query_as!(User as FromRow, "SELECT 1 AS id, 'x' AS email");
        let _ = ::pgdbm::query_as_unchecked!(User, "SELECT * FROM {{tables.users}}");
        let _: ::pgdbm::Query<(), i32> = ::pgdbm::query_scalar_unchecked!("SELECT 1");
        let _ = ::pgdbm::query_file_unchecked!("pass/queries/user.sql", id);
    }

    #[derive(::pgdbm::FromRow)]
    struct User {
        id: i32,
        #[pgdbm(default)]
        email: ::std::option::Option<::std::string::String>,
        #[pgdbm(skip)]
        row: i32,
    }

    #[derive(::std::fmt::Debug, ::pgdbm::Type)]
    struct UserId(i64);

    #[derive(::std::fmt::Debug, ::pgdbm::Type)]
    enum Status {
        Ok,
        None,
    }

    #[derive(::std::fmt::Debug, ::pgdbm::Type)]
    #[repr(i16)]
    enum Level {
        Some = 1,
        Err,
    }

    #[derive(::std::fmt::Debug, ::pgdbm::Type)]
    struct Address {
        out: ::std::string::String,
        raw: ::std::option::Option<i32>,
    }

    #[::pgdbm::migrations("pass/migrations/shop")]
    struct Migrations;
}

fn main() {
    shadowed::queries();
}
