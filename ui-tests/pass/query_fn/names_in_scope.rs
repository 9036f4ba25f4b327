//! Constants, statics, unit structs and types of the caller's may be called as columns, or as what an expansion needs.
//! Table definitions of other libraries bring a unit struct for each column.
#![allow(dead_code, unused_imports, non_upper_case_globals, non_camel_case_types, non_snake_case)]

use pgdbm::{DatabaseManager, Error, query, query_as, query_scalar};

const MAX: i32 = 5;
const r#type: i32 = 3;
static id: i64 = 3;
struct email;
struct row;
struct values;
const error: i32 = 1;
const other: i32 = 1;
const f: i32 = 1;
static serializer: i32 = 1;
static fields: i32 = 1;

#[derive(Clone, Debug, PartialEq, pgdbm::Type)]
struct Record(i64);

#[derive(Clone, Debug, PartialEq, pgdbm::Type)]
struct QueryRecord(i64);

#[derive(Debug, pgdbm::FromRow)]
struct User {
    id: i64,
    email: String,
    r#type: String,
}

struct Odd {
    MAX: i32,
    None: i32,
    Some: Option<i32>,
    Ok: String,
}

pgdbm::query_fn! {
    fn users() -> Vec<UserRow> { "SELECT * FROM {{tables.users}}" }
    fn ids() -> Vec<i64> { "SELECT id FROM {{tables.users}}" }
    fn own() -> Vec<crate::User> { "SELECT id, email, type FROM {{tables.users}}" }
    fn odd() -> OddRow { "SELECT 1 AS \"Ok\", 2 AS \"MAX\", 3 AS row" }
}

mod queries {
    use super::{email, id, row};

    #[pgdbm::queries("queries_renamed")]
    pub(super) mod of_files {}
}

async fn run(db: &DatabaseManager) -> Result<(), Error> {
    let user = query!("SELECT * FROM {{tables.users}}").fetch_one(db).await?;
    let _: (i64, String, String) = (user.id, user.email, user.r#type);
    let odd = query!("SELECT 1 AS \"None\", 2 AS \"Some\", 'x' AS \"Ok\", 4 AS \"MAX\", 5 AS row").fetch_one(db).await?;
    let _: (i32, i32, i32) = (odd.None, odd.MAX, odd.row);
    let _ = query_as!(Odd, "SELECT 1 AS \"None\", 2 AS \"Some?\", 'x'::text AS \"Ok!\", 4 AS \"MAX\"");
    let _ = query_as!(User, "SELECT id, email, type FROM {{tables.users}}");
    let _ = query_as!(User as FromRow, "SELECT id, email, type FROM {{tables.users}}");
    let _ = query_scalar!("SELECT email FROM {{tables.users}} WHERE id = $id AND 1 < $MAX");
    let _ = query!("SELECT 1 AS one WHERE true {{if $flag}} AND 1 < $MAX {{end}}", MAX = Some(MAX), flag = true);
    let _: Record = query!("SELECT id AS \"id: Record\", email FROM {{tables.users}}").fetch_one(db).await?.id;
    let both = query!("SELECT id AS \"a: Record\", id AS \"b: Option<QueryRecord>\" FROM {{tables.users}}");
    let _: Option<QueryRecord> = both.fetch_one(db).await?.b;
    Ok(())
}

fn main() {
    let _ = run;
}
