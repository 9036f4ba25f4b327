//! The macros of pgdbm.
//!
//! Use them through the crate [`pgdbm`](https://docs.rs/pgdbm), which re-exports them and holds what they expand to.
//! Every macro works while the program compiles, from the text of the call and the files of the package alone: it
//! connects to nothing.
//!
//! - [`query!`], [`query_as!`], [`query_scalar!`]: one SQL statement, checked against the migrations; [`query_unchecked!`] and its
//!   sisters for what they do not show;
//! - [`query_file!`], [`query_file_as!`], [`query_file_scalar!`]: the same, with the SQL in a file of its own;
//! - [`query_fn!`], [`macro@queries`]: functions for queries, in the program or in a directory of SQL files;
//! - [`macro@migrations`]: a directory of SQL files, validated and built into the program;
//! - [`macro@test`]: an async test with a migrated database of its own;
//! - [`macro@FromRow`]: a struct that a row becomes;
//! - [`macro@Type`]: a newtype, an enum or a composite type as a value.
//!
//! # A facade with another name
//!
//! Expansions name the facade `::pgdbm`. If it has another name in Cargo.toml, or another crate re-exports it, say
//! where it is: `query!(crate = database, "…")`, `query_fn! { crate = database, … }`, `#[migrations("dir", crate = database)]`,
//! `#[test(crate = database)]`, `#[pgdbm(crate = database)]` beside `#[derive(FromRow)]` and `#[derive(Type)]`. A macro of another crate that calls these hands them
//! `crate = $crate::…`.
//!
//! # Settings of the package
//!
//! What holds for all macros of a package stands in its Cargo.toml; every key may be left out. The guide to them is
//! `docs/settings.md`, `pgdbm::guides::settings` in the documentation of the facade.
//!
//! ```toml
//! [package.metadata.pgdbm]
//! migrations = "db/migrations"  # the directory of the migrations; else `migrations`
//! module = "shop"               # their name in the history of a schema; else the package's name
//! schema = "shop"               # the schema of tests; else the module's name
//! postgres = 15                 # the oldest PostgreSQL that the queries must work on, 14 to 18; else 15
//! types = "crate::schema"       # the module with the types that the migrations make; else none
//! domains = true               # domains are types of that module too; else they are what they are about
//! bare-names = true             # queries may name what the migrations make without a placeholder; else they may not
//!
//! [package.metadata.pgdbm.overrides]             # the types of Rust that queries read and take
//! "order_status" = "crate::OrderStatus"          # for a type
//! "users.id" = "crate::UserId"                   # for a column of a table or a view: as if `AS "id: crate::UserId"`
//! "billing.invoices.id" = "crate::InvoiceId"     # in another schema
//! ```
//!
//! What stands for an enum or a composite type has [`macro@Type`]; anything else has `FromSql`, and `ToSql` to be an argument.
//! Arrays of an overridden type are `Vec`s of that; a column that may be NULL is an `Option`. What a query says itself, `AS "id: i64"`,
//! counts more, and so does a column's entry than that of its type.
//!
//! # Seeing the expansion
//!
//! `PGDBM_EXPAND=1 cargo check` prints what each macro expands to, on standard error. Cargo compiles only what has
//! changed; touch a file to see it again.

mod anonymous;
mod binding;
mod checked;
mod column_name;
mod crate_path;
mod expansion;
mod explanation;
mod file_cache;
mod from_checked;
mod from_row;
mod invocation;
mod letter_case;
mod literal;
mod made_types;
mod markers;
mod migrated;
mod migrations;
mod overrides;
mod package;
mod parts;
mod place;
mod plain_type;
mod print;
mod queries;
mod query;
mod query_fn;
mod record;
mod report;
mod rust_name;
mod rust_type;
mod schema_rule;
mod site;
mod spelled;
mod sql_source;
mod sql_type;
mod test;

use invocation::{Form, Rows, SqlPosition};

/// One SQL statement, checked against the migrations of the package, whose rows are records with typed fields.
///
/// ```text
/// query!([crate = path,] "SQL" [, argument]* [, name = argument]* [,])
/// ```
///
/// The SQL is a string literal of any kind, or `concat!` of literals. It may hold the placeholders of pgdbm,
/// `{{tables.users}}` or `<<tables.users>>`, which are rendered for the schema on which the query runs, and
/// parameters: `$1`, `$2`, … take the arguments in their order; `$name` takes the argument `name = …`, or borrows the
/// variable `name`, as format strings do. Arguments are moved into the query, so it can be kept and returned.
///
/// ```
/// # use pgdbm::{DatabaseManager, Error, query};
/// # async fn example(db: DatabaseManager, id: i32) -> Result<(), Error> {
/// let row = query!("SELECT email FROM {{tables.users}} WHERE id = $1", id).fetch_one(&db).await?;
/// let email: String = row.email;
///
/// let count = query!("UPDATE <<tables.users>> SET email = $email WHERE id = $id", id = 7).execute(&db).await?;
/// # Ok(()) }
/// ```
///
/// # Unbound queries
///
/// With no arguments at all, a query with numbered parameters waits for its values. It can be a `const` or a
/// `static`, and its type tells the number of its parameters:
///
/// ```
/// # use pgdbm::{DatabaseManager, Error, UnboundQuery, query_scalar};
/// # async fn example(db: DatabaseManager, id: i32) -> Result<(), Error> {
/// const BY_ID: UnboundQuery<1, String> = query_scalar!("SELECT email FROM {{tables.users}} WHERE id = $1");
/// let email = BY_ID.bind((id,)).fetch_one(&db).await?;
/// # Ok(()) }
/// ```
///
/// # Types
///
/// Each argument must fit the type of its parameter, and each field has the type of its column: the table is at
/// `pgdbm::types`. A column that may be NULL is an `Option`; a parameter that takes no NULL takes no `Option`. A value written
/// as `value as _` is left to the server.
///
/// What stands in quotes behind a column says more than its name:
///
/// | name | meaning |
/// | --- | --- |
/// | `AS "id!"` | never NULL, whatever the migrations prove |
/// | `AS "id?"` | may be NULL |
/// | `AS "id: UserId"`, `AS "id!: UserId"` | read as this type, which implements `FromSql` |
/// | `AS "id: _"` | read as the field of [`query_as!`] has it, or as what the value of [`query_scalar!`] is used as |
///
/// # Optional parts
///
/// Text between `{{if $name}}` and `{{end}}` is there only when the argument has a value: an `Option`, or, if the SQL has no parameter of
/// that name, a `bool`. `{{else}}` begins what is there otherwise; `{{if $one and $other}}` asks for both. All parameters of such a
/// query have names.
///
/// ```
/// # use pgdbm::{DatabaseManager, Error, query};
/// # async fn example(db: DatabaseManager, email: Option<String>, newest: bool) -> Result<(), Error> {
/// let users = query!(
///     "SELECT id, email FROM {{tables.users}} WHERE true
///      {{if $email}} AND email LIKE $email {{end}}
///      {{if $newest}} ORDER BY created_at DESC {{else}} ORDER BY id {{end}}"
/// )
/// .fetch_all(&db)
/// .await?;
///
/// // What is not given stays as it was; `Some(None)` is NULL.
/// let name: Option<Option<&str>> = None;
/// query!(
///     "UPDATE {{tables.users}} SET {{if $email}} email = $email, {{end}} {{if $name}} name = $name, {{end}} created_at = now()
///      WHERE id = $id",
///     id = 7,
/// )
/// .execute(&db)
/// .await?;
/// # Ok(()) }
/// ```
///
/// A part is a whole: a condition with its AND or OR, an item of a list with its comma, or a clause (WHERE, HAVING, ORDER BY, LIMIT,
/// OFFSET, FETCH, FOR). It is checked with the others and without them, and whatever is given, the text that runs is one of those that
/// were compiled: no argument becomes SQL. The columns are the same in all variants, and what is proven never NULL is so in each.
///
/// # Names
///
/// What the migrations make is named with a placeholder: a bare name would depend on `search_path`, and is an error, unless
/// `[package.metadata.pgdbm]` says `bare-names = true`. What the server brings along, and what is in the schema `public`,
/// needs none.
///
/// # Errors
///
/// What is wrong is said while compiling, all at once, with the line and column of the very token: unknown and
/// malformed placeholders, unterminated literals and comments, names that PostgreSQL would cut, gaps in the numbers
/// of parameters, missing, surplus and unknown arguments, an empty query, and more than one statement; then whatever the
/// server would refuse about names and types. What cannot be checked is an error too, with the way out: [`query_unchecked!`].
///
/// When the query runs, the server's description of it is compared with the one it was compiled with. A schema that is behind
/// or ahead of the migrations is an error that names what differs and the migration that is likely missing; columns that were added
/// or moved make no difference, unless the query takes them by their places (`WITH c (a, b) AS (SELECT * …)`). `pgdbm::verify` asks that of all queries of the program at once.
#[proc_macro]
pub fn query(tokens: proc_macro::TokenStream) -> proc_macro::TokenStream {
    expand_query(
        Form {
            name: "query",
            rows: Rows::Row,
            sql: SqlPosition::Literal,
            checked: true,
        },
        tokens,
    )
}

/// One checked SQL statement whose rows become a type: [`query!`] with that type before the SQL.
///
/// ```text
/// query_as!([crate = path,] Type [as FromRow], "SQL" [, argument]* [, name = argument]* [,])
/// ```
///
/// The type is a struct with a field for each column, of the column's name, or a tuple. The struct needs no derive; its fields
/// must be visible at the call.
///
/// ```
/// # use pgdbm::{DatabaseManager, Error, query_as};
/// # async fn example(db: DatabaseManager) -> Result<(), Error> {
/// struct User {
///     id: i32,
///     email: String,
/// }
///
/// let users = query_as!(User, "SELECT id, email FROM {{tables.users}}").fetch_all(&db).await?;
/// # Ok(()) }
/// ```
///
/// With `Type as FromRow` the struct's [`macro@FromRow`] says which columns its fields read: `rename`, `rename_all`, `flatten`,
/// `default` and `skip` count. Columns and fields are held against each other all the same; only a field with `default` is compared
/// when the query runs.
///
/// ```
/// # use pgdbm::{DatabaseManager, Error, FromRow, query_as};
/// # async fn example(db: DatabaseManager) -> Result<(), Error> {
/// #[derive(FromRow)]
/// struct User {
///     #[pgdbm(rename = "id")]
///     number: i32,
///     #[pgdbm(flatten)]
///     contact: Contact,
/// }
///
/// #[derive(FromRow)]
/// struct Contact {
///     email: String,
/// }
///
/// let users = query_as!(User as FromRow, "SELECT id, email FROM {{tables.users}}").fetch_all(&db).await?;
/// # Ok(()) }
/// ```
#[proc_macro]
pub fn query_as(tokens: proc_macro::TokenStream) -> proc_macro::TokenStream {
    expand_query(
        Form {
            name: "query_as",
            rows: Rows::Mapped,
            sql: SqlPosition::Literal,
            checked: true,
        },
        tokens,
    )
}

/// One checked SQL statement with one column, whose rows are the values of that column: otherwise [`query!`].
///
/// ```text
/// query_scalar!([crate = path,] "SQL" [, argument]* [, name = argument]* [,])
/// ```
///
/// ```
/// # use pgdbm::{DatabaseManager, Error, query_scalar};
/// # async fn example(db: DatabaseManager) -> Result<(), Error> {
/// let users: i64 = query_scalar!("SELECT count(*) FROM {{tables.users}}").fetch_one(&db).await?;
/// # Ok(()) }
/// ```
#[proc_macro]
pub fn query_scalar(tokens: proc_macro::TokenStream) -> proc_macro::TokenStream {
    expand_query(
        Form {
            name: "query_scalar",
            rows: Rows::Scalar,
            sql: SqlPosition::Literal,
            checked: true,
        },
        tokens,
    )
}

/// [`query!`] with the SQL in a file.
///
/// ```text
/// query_file!([crate = path,] "path" [, argument]* [, name = argument]* [,])
/// ```
///
/// The path is relative to the directory that holds Cargo.toml, and stays within it; a symbolic link is followed, as by Cargo when it
/// packages, and as in directories of migrations and of queries. The file is compiled into the
/// program; the compiler sees when it changes.
///
/// ```text
/// let rows = query_file!("sql/active_users.sql", since).fetch_all(&db).await?;
/// ```
#[proc_macro]
pub fn query_file(tokens: proc_macro::TokenStream) -> proc_macro::TokenStream {
    expand_query(
        Form {
            name: "query_file",
            rows: Rows::Row,
            sql: SqlPosition::File,
            checked: true,
        },
        tokens,
    )
}

/// [`query_as!`] with the SQL in a file: see [`query_file!`].
///
/// ```text
/// query_file_as!([crate = path,] Type [as FromRow], "path" [, argument]* [, name = argument]* [,])
/// ```
///
/// ```text
/// let users = query_file_as!(User, "sql/active_users.sql", since).fetch_all(&db).await?;
/// ```
#[proc_macro]
pub fn query_file_as(tokens: proc_macro::TokenStream) -> proc_macro::TokenStream {
    expand_query(
        Form {
            name: "query_file_as",
            rows: Rows::Mapped,
            sql: SqlPosition::File,
            checked: true,
        },
        tokens,
    )
}

/// [`query_scalar!`] with the SQL in a file: see [`query_file!`].
///
/// ```text
/// query_file_scalar!([crate = path,] "path" [, argument]* [, name = argument]* [,])
/// ```
///
/// ```text
/// let count: i64 = query_file_scalar!("sql/count_active.sql", since).fetch_one(&db).await?;
/// ```
#[proc_macro]
pub fn query_file_scalar(tokens: proc_macro::TokenStream) -> proc_macro::TokenStream {
    expand_query(
        Form {
            name: "query_file_scalar",
            rows: Rows::Scalar,
            sql: SqlPosition::File,
            checked: true,
        },
        tokens,
    )
}

/// [`query!`] without the check against the migrations: for what they do not show, such as tables of another program. Its
/// rows are read by name or position.
///
/// Placeholders, parameters and literals are checked all the same, and what the server says of the types when it runs.
///
/// ```
/// # use pgdbm::{DatabaseManager, Error, query_unchecked};
/// # async fn example(db: DatabaseManager, name: &str) -> Result<(), Error> {
/// let row = query_unchecked!("SELECT size FROM monitoring.tables WHERE name = $name").fetch_one(&db).await?;
/// let size: i64 = row.get("size")?;
/// # Ok(()) }
/// ```
///
/// # Errors
///
/// While compiling, what is wrong with placeholders, parameters and literals. When it runs, whatever the server refuses, and a column
/// that is read as a type which does not fit, or is not there.
#[proc_macro]
pub fn query_unchecked(tokens: proc_macro::TokenStream) -> proc_macro::TokenStream {
    expand_query(
        Form {
            name: "query_unchecked",
            rows: Rows::Row,
            sql: SqlPosition::Literal,
            checked: false,
        },
        tokens,
    )
}

/// [`query_as!`] without the check against the migrations. The type implements `FromRow`: see [`macro@FromRow`].
///
/// Placeholders, parameters and literals are checked all the same, and what the server says of the types when it runs.
///
/// ```
/// # use pgdbm::{DatabaseManager, Error, FromRow, query_as_unchecked};
/// # async fn example(db: DatabaseManager) -> Result<(), Error> {
/// #[derive(FromRow)]
/// struct Table {
///     name: String,
///     size: i64,
/// }
///
/// let tables = query_as_unchecked!(Table, "SELECT name, size FROM monitoring.tables").fetch_all(&db).await?;
/// # Ok(()) }
/// ```
///
/// # Errors
///
/// While compiling, what is wrong with placeholders, parameters and literals. When it runs, whatever the server refuses, and a column
/// that is read as a type which does not fit, or is not there.
#[proc_macro]
pub fn query_as_unchecked(tokens: proc_macro::TokenStream) -> proc_macro::TokenStream {
    expand_query(
        Form {
            name: "query_as_unchecked",
            rows: Rows::Mapped,
            sql: SqlPosition::Literal,
            checked: false,
        },
        tokens,
    )
}

/// [`query_scalar!`] without the check against the migrations: the first column, as the type that is asked for.
///
/// Placeholders, parameters and literals are checked all the same, and what the server says of the types when it runs.
///
/// ```
/// # use pgdbm::{DatabaseManager, Error, query_scalar_unchecked};
/// # async fn example(db: DatabaseManager) -> Result<(), Error> {
/// let sizes: Vec<i64> = query_scalar_unchecked!("SELECT size FROM monitoring.tables").fetch_all(&db).await?;
/// # Ok(()) }
/// ```
///
/// # Errors
///
/// While compiling, what is wrong with placeholders, parameters and literals. When it runs, whatever the server refuses, and a column
/// that is read as a type which does not fit.
#[proc_macro]
pub fn query_scalar_unchecked(tokens: proc_macro::TokenStream) -> proc_macro::TokenStream {
    expand_query(
        Form {
            name: "query_scalar_unchecked",
            rows: Rows::Scalar,
            sql: SqlPosition::Literal,
            checked: false,
        },
        tokens,
    )
}

/// [`query_unchecked!`] with the SQL in a file: see [`query_file!`].
///
/// Placeholders, parameters and literals are checked all the same, and what the server says of the types when it runs.
///
/// ```text
/// let rows = query_file_unchecked!("sql/largest_tables.sql", limit).fetch_all(&db).await?;
/// ```
///
/// # Errors
///
/// While compiling, a file that is not there or lies outside of the package, and what is wrong with placeholders, parameters and
/// literals. When it runs, whatever the server refuses, and a column that is read as a type which does not fit, or is not there.
#[proc_macro]
pub fn query_file_unchecked(tokens: proc_macro::TokenStream) -> proc_macro::TokenStream {
    expand_query(
        Form {
            name: "query_file_unchecked",
            rows: Rows::Row,
            sql: SqlPosition::File,
            checked: false,
        },
        tokens,
    )
}

/// [`query_as_unchecked!`] with the SQL in a file: see [`query_file!`].
///
/// Placeholders, parameters and literals are checked all the same, and what the server says of the types when it runs.
///
/// ```text
/// let tables = query_file_as_unchecked!(Table, "sql/largest_tables.sql", limit).fetch_all(&db).await?;
/// ```
///
/// # Errors
///
/// While compiling, a file that is not there or lies outside of the package, and what is wrong with placeholders, parameters and
/// literals. When it runs, whatever the server refuses, and a column that is read as a type which does not fit, or is not there.
#[proc_macro]
pub fn query_file_as_unchecked(tokens: proc_macro::TokenStream) -> proc_macro::TokenStream {
    expand_query(
        Form {
            name: "query_file_as_unchecked",
            rows: Rows::Mapped,
            sql: SqlPosition::File,
            checked: false,
        },
        tokens,
    )
}

/// [`query_scalar_unchecked!`] with the SQL in a file: see [`query_file!`].
///
/// Placeholders, parameters and literals are checked all the same, and what the server says of the types when it runs.
///
/// ```text
/// let size: i64 = query_file_scalar_unchecked!("sql/size_of_all.sql").fetch_one(&db).await?;
/// ```
///
/// # Errors
///
/// While compiling, a file that is not there or lies outside of the package, and what is wrong with placeholders, parameters and
/// literals. When it runs, whatever the server refuses, and a column that is read as a type which does not fit.
#[proc_macro]
pub fn query_file_scalar_unchecked(tokens: proc_macro::TokenStream) -> proc_macro::TokenStream {
    expand_query(
        Form {
            name: "query_file_scalar_unchecked",
            rows: Rows::Scalar,
            sql: SqlPosition::File,
            checked: false,
        },
        tokens,
    )
}

/// Functions for queries, each checked against the migrations: their arguments' types are those of the parameters, and their rows
/// are records with names.
///
/// ```text
/// query_fn! {
///     [crate = path,]
///     /// Documentation, and attributes.
///     [pub] fn name(argument, other?, third: Type) [-> what it gives back] { "SQL" }
///     …
/// }
/// ```
///
/// ```
/// use pgdbm::{DatabaseManager, Error, query_fn};
///
/// query_fn! {
///     /// The user with this address, if there is one.
///     pub fn user_by_email(email) -> Option<FoundUser> {
///         "SELECT id, email, name FROM {{tables.users}} WHERE email = $email"
///     }
///
///     /// Adds a user, whose name may be unknown.
///     pub fn add_user(email, name?) -> i32 {
///         "INSERT INTO {{tables.users}} (email, name) VALUES ($email, $name) RETURNING id"
///     }
/// }
///
/// async fn example(db: &DatabaseManager) -> Result<(), Error> {
///     let id = add_user(db, "ada@example.com", None).await?;
///     if let Some(user) = user_by_email(db, "ada@example.com").await? {
///         let FoundUser { id: number, email, name } = user;
///         assert_eq!((number, email.as_str(), name), (id, "ada@example.com", None));
///     }
///     Ok(())
/// }
/// ```
///
/// The first function is `pub async fn user_by_email(db: &impl Executor, email: &str) -> Result<Option<FoundUser>, Error>`: the
/// first argument of each is what it runs on, a manager, a transaction or a connection, and each gives a `Result`. The record
/// is declared beside it, `pub struct FoundUser { pub id: i32, pub email: String, pub name: Option<String> }`. The SQL is in the
/// function's documentation.
///
/// The macro stands where items stand, in a module or a block, and declares any number of functions.
///
/// # What a function gives back
///
/// The outermost `Option`, `Vec` or `Stream` says how many rows there are, whatever names are in scope, and what stands within
/// (or alone) what a row becomes:
///
/// | written | rows | the function gives |
/// | --- | --- | --- |
/// | `-> Row` | the first; none is an error ([`Error::is_row_not_found`]) | `Result<Row, Error>` |
/// | `-> Option<Row>` | the first, if there is one | `Result<Option<Row>, Error>` |
/// | `-> Vec<Row>` | all | `Result<Vec<Row>, Error>` |
/// | `-> Stream<Row>` | all, as they arrive; not async | `Fetch<'_, Row>`, a stream of `Result<Row, Error>` |
/// | `-> u64` | those that a statement without rows changes | `Result<u64, Error>` |
/// | nothing, `-> ()` | not looked at | `Result<(), Error>` |
///
/// | what a row becomes | |
/// | --- | --- |
/// | `FoundUser`: a name by itself | a record of this name that is declared here, with a field for each column |
/// | `i64`, `String`, `Uuid`, …: the type of the only column | its value |
/// | `_` | the value of the only column, of the type that it has: an `Option` if it may be NULL |
/// | `crate::User`, `self::User`, `User<T>`: a path, or a name with parameters | a type that is there: of one column the value, of several a struct with a field for each |
/// | `User as FromRow`, `crate::User as FromRow` | a struct that is there, whose `#[derive(FromRow)]` says which columns its fields read |
/// | `(i32, String)` | a tuple with an element for each column |
///
/// Functions of one call whose rows have the same columns may name the same record; it is declared once. A record has `Debug`,
/// `Clone` and `PartialEq`, and with the feature `serde` `Serialize`, as far as the types of yours in it have them; the visibility of
/// its function; and fields that are all `pub`. `#[record(…)]` on the function puts attributes on its record:
/// `#[record(derive(Eq, Hash))]`.
///
/// In `-> Option<i64>` the `Option` is for the row. A value that may be NULL has another: `-> Option<Option<i64>>`; or `-> _` for
/// the one row of `SELECT max(…)`.
///
/// # Arguments
///
/// An argument is written as a name, and the SQL writes it `$name`; or the SQL numbers its parameters, `$1`, `$2`, …, and the
/// arguments have this order. Its type is that of its parameter:
///
/// | parameter | argument |
/// | --- | --- |
/// | `integer`, `bigint`, `boolean`, `uuid`, dates and times, enums, … | `i32`, `i64`, `bool`, …: as columns are read |
/// | `text` and its kin, `bytea` | `&str`, `&[u8]` |
/// | `integer[]`, `text[]`, `bytea[]`, … | `&[i32]`, `&[&str]`, `&[&[u8]]`, … |
/// | `json`, `hstore`, composite types, … | `&serde_json::Value`, …: a reference to what a column is read as |
///
/// - `name` takes a value, which may go to a column that takes NULL.
/// - `name?` takes an `Option` of it. Where NULL is refused this is an error.
/// - `name: Type` takes this type, which must fit the parameter: `emails: &[String]`, `id: UserId`.
///
/// # The SQL
///
/// A literal, or `concat!` of literals, with all that [`query!`] knows; or one of
///
/// - `{ query_file!("sql/name.sql") }`: the SQL of a file, with a path relative to the directory that holds Cargo.toml;
/// - `{ query_unchecked!("…") }`, `{ query_file_unchecked!("…") }`: SQL that is not checked against the migrations. All arguments
///   say their types, and rows become what is there: values, tuples and paths of types that implement `FromRow` (`pgdbm::Row`
///   among them).
///
/// Whole directories of SQL become functions with [`macro@queries`].
///
/// # Cancellation
///
/// As for all queries: if the future is dropped while the statement runs, the server is asked to cancel it, and the connection
/// is closed instead of going back to the pool; whether the statement took effect is then unknown. In a transaction, roll back.
///
/// # Errors
///
/// While compiling, all that [`query!`] reports, and at their very tokens arguments that are missing, unused or misspelt, a
/// `?` where NULL is refused, and rows that do not become what is asked for. When it runs, as its query's `fetch_…` methods.
///
/// [`Error::is_row_not_found`]: https://docs.rs/pgdbm/latest/pgdbm/struct.Error.html#method.is_row_not_found
#[proc_macro]
pub fn query_fn(tokens: proc_macro::TokenStream) -> proc_macro::TokenStream {
    print::printed("query_fn!", query_fn::expand(tokens.into())).into()
}

/// A directory of SQL files whose queries become the functions of the module below it: [`query_fn!`] with the SQL in files.
///
/// ```text
/// #[pgdbm::queries(["directory"] [, crate = path])]
/// mod queries {}
/// ```
///
/// The directory is relative to the one that holds Cargo.toml, and `queries` if none is given. Each of its `.sql` files (not those
/// of directories in it) holds one query or several. Above each stands, in a comment, the function that it becomes:
///
/// ```sql
/// -- The user with this address, if there is one.
/// -- fn user_by_email(email) -> Option<FoundUser>
/// SELECT id, email, name FROM {{tables.users}} WHERE email = $email;
///
/// -- fn rename(id, name?) -> u64
/// UPDATE {{tables.users}} SET name = $name WHERE id = $id;
/// ```
///
/// The line with `fn` is written as in [`query_fn!`], and may go on in further lines of comment while its parentheses are open. The other
/// comments in the lines directly above and below it are its documentation; those that begin with `#[` are attributes. A function without
/// a visibility is `pub`. Files and functions share records as those of one call do.
///
/// What stands in the module already stays, and can be named in the files: `use super::UserId;`.
///
/// The compiler sees when one of the files changes. For it to see a new file too, the package needs a `build.rs`:
///
/// ```text
/// fn main() {
///     println!("cargo:rerun-if-changed=queries");
/// }
/// ```
///
/// # Errors
///
/// As [`query_fn!`], with the file, line and column of each; also SQL that belongs to no function, two functions of one name, a
/// directory that is not there, and files that are not UTF-8. What the compiler itself says of a type that is written in a file (that
/// there is none of this name, that it does not fit) stands at the attribute.
#[proc_macro_attribute]
pub fn queries(
    arguments: proc_macro::TokenStream,
    item: proc_macro::TokenStream,
) -> proc_macro::TokenStream {
    print::printed("#[queries]", queries::expand(arguments.into(), item.into())).into()
}

/// Validates a directory of migrations and builds it into the program, as the struct below it.
///
/// ```text
/// #[pgdbm::migrations(["directory"] [, module = "name"] [, crate = path])]
/// struct Migrations;          // or: mod schema {}
/// ```
///
/// The directory is relative to the one that holds Cargo.toml. `module` names the migrations in the history of a schema,
/// so that several packages can migrate one. What is not given is taken from `[package.metadata.pgdbm]` in Cargo.toml (see
/// [its settings](../pgdbm/guides/settings/index.html)); what is not there either is the directory `migrations` and
/// the name of the package.
///
/// ```text
/// #[pgdbm::migrations("migrations", module = "shop")]
/// struct ShopMigrations;
/// ```
///
/// # What cannot be read
///
/// Queries are checked against what the migrations make. Some of that no reader sees: what a `DO` block or a function puts together
/// as text, what an extension brings that is not known. Queries that name it do not compile, because nobody can tell. A comment
/// right above the statement tells it; it may hold any statements of SQL, on one line, and the server sees none of them:
///
/// ```text
/// -- pgdbm:declare CREATE TABLE {{tables.events_2024}} (id bigint NOT NULL, payload jsonb);
/// DO $$ BEGIN EXECUTE format('CREATE TABLE events_%s (LIKE events)', 2024); END $$;
/// ```
///
/// # Types from the migrations
///
/// On a module it fills that with the types that the migrations make, and with a struct `Migrations` for the files: enums,
/// composite types, domains (with `domains = true` in Cargo.toml), and a struct for the rows of each table and view, `UsersRow` for
/// the table `users`. What stands in the module stays, and goes before what would be made under its name.
///
/// ```
/// #[pgdbm::migrations]
/// pub mod schema {}
///
/// # fn main() {
/// assert_eq!(schema::OrderStatus::ALL[0].as_str(), "open");
/// assert_eq!("sent".parse(), Ok(schema::OrderStatus::Sent));
/// # }
/// ```
///
/// `query!` uses them if Cargo.toml says where they are: `types = "crate::schema"`. The names, the types of other schemas, and what
/// happens when the server's types are others: [the guide](../pgdbm/guides/types/index.html).
///
/// # Errors
///
/// All at once, each with its file, line and column: file names without a version, versions that two files have,
/// empty files, files that are not UTF-8, mistakes in placeholders and directives, and statements that cannot run in
/// a migration.
///
/// # New files
///
/// The compiler sees when one of the files changes or goes, and queries are checked anew. For it to see a new file too, the package
/// needs a `build.rs`, which names the directory, whichever that is:
///
/// ```text
/// fn main() {
///     println!("cargo:rerun-if-changed=migrations");
/// }
/// ```
#[proc_macro_attribute]
pub fn migrations(
    arguments: proc_macro::TokenStream,
    item: proc_macro::TokenStream,
) -> proc_macro::TokenStream {
    print::printed(
        "#[migrations]",
        migrations::expand(arguments.into(), item.into()),
    )
    .into()
}

/// Makes an async function a test, with a migrated database of its own.
///
/// ```text
/// #[pgdbm::test]
/// #[pgdbm::test(option = value, …)]
/// async fn name(db: DatabaseManager, …) -> Result<(), E> { … }
/// ```
///
/// ```
/// use pgdbm::{DatabaseManager, Error, query_scalar};
///
/// #[pgdbm::test]
/// async fn a_new_database_is_empty(db: DatabaseManager) -> Result<(), Error> {
///     let tables: i64 = query_scalar!("SELECT count(*) FROM pg_tables WHERE schemaname = '{{schema}}'")
///         .fetch_one(&db)
///         .await?;
///     assert_eq!(tables, 0);
///     Ok(())
/// }
/// # fn main() {}
/// ```
///
/// It is a test as `#[test]` makes one: `cargo test` and nextest find it, `#[should_panic]`, `#[ignore]`, `#[cfg(…)]` and
/// every other attribute keep their meaning, and it may return `()`, a `Result` or an `ExitCode`. It needs the feature
/// `testing` of pgdbm, best among the `[dev-dependencies]`. How the database is made and what becomes of it stands in the
/// module `pgdbm::testing`.
///
/// # Arguments
///
/// Any number of these, in any order, by value:
///
/// | type | what it is |
/// | --- | --- |
/// | `DatabaseManager` | a manager of the test's schema |
/// | `Pool` | the pool that all managers of the test share |
/// | `TestDatabase` | the database, with what only tests do |
/// | `Transaction<'_>` | a transaction in the test's schema; it is rolled back unless the test commits it |
///
/// An argument with `#[pgdbm(schema = "…")]` is for another schema of the same database. That schema gets the same
/// migrations as the test's own, so that a test can have several tenants; `migrations` and `module` beside `schema` give it
/// its own, and `migrations = false` leaves it empty:
///
/// ```
/// # use pgdbm::{DatabaseManager, Pool};
/// #[pgdbm::test(migrations = false, schema = "shop", timeout = "5s")]
/// async fn two_schemas(
///     shop: DatabaseManager,
///     #[pgdbm(schema = "billing", migrations = false)] billing: DatabaseManager,
///     pool: Pool,
/// ) {
///     assert_eq!(shop.schema(), "shop");
///     assert_eq!(billing.schema(), "billing");
/// }
/// # fn main() {}
/// ```
///
/// # Options
///
/// | option | meaning | if it is left out |
/// | --- | --- | --- |
/// | `migrations = "directory"` | the migrations, as [`macro@migrations`] takes them | those of `[package.metadata.pgdbm]`, else the directory `migrations` if there is one, else none |
/// | `migrations = path::Type` | those that a type carries: see [`macro@migrations`] | |
/// | `migrations = false` | none: the schema is empty | |
/// | `module = "name"` | the name of the migrations in the history | that of `[package.metadata.pgdbm]`, else the package's |
/// | `schema = "name"` | the schema of arguments that name none | the `module` given here, else the `schema` or else the `module` of `[package.metadata.pgdbm]`, else the package's name; in lower case with `_` for `-`, and `app` if that is no name of a schema |
/// | `isolation = "database"` | the test has a database | this |
/// | `isolation = "schema"` | the test has its schemas, in a database that tests share | |
/// | `isolation = "transaction"` | the test has one transaction, in a database that tests share, and nobody ever sees what it did; it takes one argument, a `Transaction` | |
/// | `fixtures("users.sql", "users.csv")` | files that are loaded, in this order, before the test begins | none |
/// | `timeout = "5s"` | how long the test may take: `"500ms"`, `"2m"`, or a number of seconds; a day at most | no limit |
/// | `max_connections = 5` | the most connections of the test's pool | 5; 1 with `isolation = "transaction"` |
/// | `max_repeats = 10` | how often one call site may run its query before the test fails | no limit |
/// | `flavor = "multi_thread"` | a runtime with threads, as many as the machine has processors or `worker_threads = 2` | `"current_thread"` |
/// | `crate = path` | where the facade is | `::pgdbm` |
///
/// # Fixtures
///
/// A fixture is looked for under the path given, then in `fixtures`, then in `tests/fixtures`, all relative to the
/// directory that holds Cargo.toml. It is loaded into the test's schema.
///
/// - `name.sql` holds statements, with placeholders. What a migration may not hold it may not hold either: parameters,
///   transaction control, COPY from standard input.
/// - `table.csv` holds rows for the table that it is called for. The first line names the columns; nothing between two
///   commas is NULL, and `""` is an empty text (PostgreSQL manual, `COPY`, "CSV Format").
///
/// # Errors
///
/// What is wrong is said while compiling, all at once: unknown options and values, mistakes in migrations and fixtures with
/// their file, line and column, a schema that would get two different sets of migrations, and a function that cannot be a
/// test. A mistake in a file is reported at the first test that uses it.
///
/// The compiler sees when one of the files changes; for new files see [`macro@migrations`].
#[proc_macro_attribute]
pub fn test(
    arguments: proc_macro::TokenStream,
    item: proc_macro::TokenStream,
) -> proc_macro::TokenStream {
    print::printed("#[test]", test::expand(arguments.into(), &item.into())).into()
}

/// Implements `FromRow`: the struct is made from a row, each field from the column of the same name.
///
/// The fields of a tuple struct are read by position. A field of type `Option` takes NULL; for any other type NULL is
/// an error that names the column.
///
/// On a field:
///
/// | attribute | meaning |
/// | --- | --- |
/// | `#[pgdbm(rename = "column")]` | reads the column with this name |
/// | `#[pgdbm(default)]` | takes `Default::default()` if the row has no such column |
/// | `#[pgdbm(flatten)]` | reads the field from the same row, as a `FromRow` type of its own |
/// | `#[pgdbm(skip)]` | reads nothing and takes `Default::default()` |
///
/// On the struct:
///
/// | attribute | meaning |
/// | --- | --- |
/// | `#[pgdbm(rename_all = "camelCase")]` | how the columns are written: `lowercase`, `UPPERCASE`, `PascalCase`, `camelCase`, `snake_case`, `SCREAMING_SNAKE_CASE`, `kebab-case`, `SCREAMING-KEBAB-CASE` |
/// | `#[pgdbm(crate = path)]` | where the facade is |
///
/// ```
/// # use pgdbm::FromRow;
/// # #[derive(FromRow)]
/// # struct Address { city: String }
/// #[derive(FromRow)]
/// struct User {
///     id: i32,
///     #[pgdbm(rename = "e_mail")]
///     email: Option<String>,
///     #[pgdbm(flatten)]
///     address: Address,
/// }
/// ```
#[proc_macro_derive(FromRow, attributes(pgdbm))]
pub fn from_row(input: proc_macro::TokenStream) -> proc_macro::TokenStream {
    print::printed("#[derive(FromRow)]", from_row::expand(input.into())).into()
}

/// Implements the traits of a type whose values are sent and read: `Encode` and `Decode` for checked queries, `ToSql` and `FromSql`
/// for all others. What has it is an argument, a column (`AS "id: UserId"`), a field of a [`macro@FromRow`] struct, by itself, in
/// `Option`, in `Vec` and in slices.
///
/// **A newtype**: a tuple struct with one field, or a struct with one field and `#[pgdbm(transparent)]`. It is sent and read as its
/// field is, domains included. Fields of the type `PhantomData` do not count.
///
/// ```
/// # use std::marker::PhantomData;
/// #[derive(Debug, pgdbm::Type)]
/// struct UserId(i64);
///
/// #[derive(Debug, pgdbm::Type)]
/// struct Key<T>(i64, PhantomData<T>);
///
/// #[derive(Debug, pgdbm::Type)]
/// #[pgdbm(transparent)]
/// struct Id<T> {
///     number: i64,
///     of: PhantomData<T>,
/// }
/// ```
///
/// **An enum of the database** (PostgreSQL manual, section 8.7): the variants are its labels.
///
/// ```
/// #[derive(Clone, Copy, Debug, PartialEq, pgdbm::Type)]
/// #[pgdbm(name = "order_status", rename_all = "snake_case")]
/// enum OrderStatus {
///     Open,
///     PaidInFull,
///     #[pgdbm(rename = "sent")]
///     OnTheWay,
/// }
/// ```
///
/// With `name = "text"` the labels are stored as text, and can be longer than the 63 bytes of an enum's. An enum with `#[repr(i16)]`, `#[repr(i32)]` or `#[repr(i64)]`, and nothing
/// that names labels, is stored as its numbers.
///
/// **A composite type** (section 8.16), or the row type of a table: a struct with a field for each attribute.
///
/// ```
/// #[derive(Debug, pgdbm::Type)]
/// #[pgdbm(name = "address")]
/// struct Address {
///     street: String,
///     zip: Option<String>,
/// }
/// ```
///
/// | attribute of the type | meaning |
/// | --- | --- |
/// | `name = "order_status"` | its name in the database, `billing.order_status` in a certain schema; else the type's own in snake case |
/// | `rename_all = "snake_case"` | how labels and attributes are written: `lowercase`, `UPPERCASE`, `PascalCase`, `camelCase`, `snake_case`, `SCREAMING_SNAKE_CASE`, `kebab-case`, `SCREAMING-KEBAB-CASE`; else as in Rust |
/// | `transparent` | a newtype |
/// | `crate = path` | where the facade is |
///
/// | attribute of a variant or a field | meaning |
/// | --- | --- |
/// | `rename = "sent"` | its name in the database |
///
/// `ToSql` asks for `Debug`: a type without it can be an argument of checked queries only.
///
/// # Errors
///
/// When it runs, a label that no variant has is an error that names the label and the type, and so is an attribute that is on one
/// side only.
#[proc_macro_derive(Type, attributes(pgdbm))]
pub fn sql_type(input: proc_macro::TokenStream) -> proc_macro::TokenStream {
    print::printed("#[derive(Type)]", sql_type::expand(input.into())).into()
}

fn expand_query(form: Form, tokens: proc_macro::TokenStream) -> proc_macro::TokenStream {
    print::printed(form.name, query::expand(form, tokens.into())).into()
}
