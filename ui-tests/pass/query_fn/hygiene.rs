//! The caller may give the names of the standard library other meanings, and have no prelude, and pgdbm another name.
#![no_implicit_prelude]
#![allow(dead_code, non_camel_case_types, unused_macros)]

mod storage {
    pub(crate) use ::pgdbm as database;
}

mod shadowed {
    struct Result;
    struct Option;
    struct String;
    struct Vec;
    struct Box;
    struct Stream;
    struct str;
    struct u64;
    struct i64;
    struct bool;
    mod std {}
    mod core {}
    mod alloc {}
    mod pgdbm {}
    trait Executor {}
    trait Debug {}
    trait Clone {}
    trait PartialEq {}
    trait Future {}
    macro_rules! include_str {
        () => {};
    }
    macro_rules! stringify {
        () => {};
    }
    macro_rules! file {
        () => {};
    }
    macro_rules! unreachable {
        () => {};
    }

    ::pgdbm::query_fn! {
        pub(super) fn found(email, nickname?, ids) -> Option<Row> {
            "SELECT id, email, nickname, tags FROM {{tables.users}} \
             WHERE email = $email AND nickname = $nickname AND id = ANY($ids)"
        }
        pub(super) fn changed(email) -> u64 { "DELETE FROM {{tables.users}} WHERE email = $email" }
        pub(super) fn ignored(email) { "DELETE FROM {{tables.users}} WHERE email = $email" }
        pub(super) fn streamed(email) -> Stream<Row2> { "SELECT id FROM {{tables.users}} WHERE email = $email" }
        pub(super) fn value() -> _ { "SELECT count(*) FROM {{tables.users}}" }
    }

    #[::pgdbm::queries("queries_renamed")]
    pub(super) mod queries {}
}

::pgdbm::query_fn! {
    crate = crate::storage::database,
    fn renamed(id) -> Vec<Renamed> { "SELECT id, email FROM {{tables.users}} WHERE id = $id" }
    fn file(pattern) -> i64 { query_file!("sql/count.sql") }
}

#[crate::storage::database::queries("queries_renamed", crate = crate::storage::database)]
mod queries {}

/// A macro of another crate would write `$crate::…` in the same place.
macro_rules! own {
    ($name:ident, $sql:literal) => {
        ::pgdbm::query_fn! {
            crate = $crate::storage::database,
            fn $name(id) -> ::std::option::Option<Own> { $sql }
        }
    };
}
own!(own, "SELECT email FROM {{tables.users}} WHERE id = $id");

fn main() {
    let _ = |db: ::pgdbm::DatabaseManager| async move {
        let _ = renamed(&db, 1).await;
        let _ = own(&db, 1).await;
        let _ = queries::all(&db).await;
        let _ = shadowed::queries::all(&db).await;
        let _ = shadowed::found(&db, "a", ::std::option::Option::None, &[1]).await;
        let _ = shadowed::changed(&db, "a").await;
        let _ = shadowed::ignored(&db, "a").await;
        let _ = shadowed::streamed(&db, "a").next().await;
        let _ = shadowed::value(&db).await;
        let _ = file(&db, "%").await;
    };
}
