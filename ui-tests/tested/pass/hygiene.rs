//! The caller may give the names of the standard library, and those of the expansion, other meanings.
#![deny(warnings)]
#![allow(dead_code, non_camel_case_types, unused_imports, unused_macros)]

mod shadowed {
    struct Result;
    struct Option;
    struct String;
    struct Duration;
    struct u8;
    struct usize;
    struct bool;
    struct TestPlan;
    enum Choice {
        Some,
        None,
        Ok,
        Err,
    }
    use Choice::{Err, None, Ok, Some};
    mod std {}
    mod core {}
    mod pgdbm {}
    static PLAN: () = ();
    fn run() {}
    fn argument() {}
    fn argument_0() {}
    fn database() {}
    macro_rules! include_str {
        () => {};
    }
    macro_rules! concat {
        () => {};
    }
    macro_rules! module_path {
        () => {};
    }

    #[::pgdbm::test(migrations = "pass/migrations/shop", fixtures("users.sql"), timeout = "5s", max_repeats = 1)]
    async fn names(database: ::pgdbm::DatabaseManager, argument_0: ::pgdbm::Pool) {
        let () = PLAN;
        let () = run();
        let () = argument();
        let _ = (database, argument_0);
    }

    #[::pgdbm::test(migrations = false)]
    async fn database_1() {
        database();
        argument_0();
    }
}
