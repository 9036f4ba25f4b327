//! Every way to write SQL in a literal.
use pgdbm::query_unchecked;

macro_rules! passed_on {
    ($sql:literal $(, $argument:expr)*) => {
        query_unchecked!($sql $(, $argument)*)
    };
}

macro_rules! passed_on_twice {
    ($sql:literal) => {
        passed_on!($sql, 1)
    };
}

macro_rules! table_of {
    ($table:literal) => {
        query_unchecked!(concat!("SELECT * FROM {{tables.", $table, "}} LIMIT ", 10))
    };
}

fn main() {
    assert_eq!(query_unchecked!(r"SELECT '\d'").source(), "SELECT '\\d'");
    assert_eq!(query_unchecked!(r##"SELECT 'a"#'"##).source(), "SELECT 'a\"#'");
    assert_eq!(query_unchecked!("SELECT \"\u{e9}\x41\t\"").source(), "SELECT \"éA\t\"");
    assert_eq!(
        query_unchecked!(
            "SELECT 1 \
             + 2"
        )
        .source(),
        "SELECT 1 + 2"
    );
    assert_eq!(passed_on!("SELECT $1, $2", 1, "two").source(), "SELECT $1, $2");
    assert_eq!(passed_on_twice!("SELECT $1").source(), "SELECT $1");
    assert_eq!(table_of!("users").source(), "SELECT * FROM {{tables.users}} LIMIT 10");
    assert_eq!(query_unchecked!(::core::concat!("SELECT ", '1', ", ", -1, ", ", true)).source(), "SELECT 1, -1, true");
}
