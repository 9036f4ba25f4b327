//! The types that the migrations make, there and back again on a real server, and schemas that are not what was compiled.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test says by panicking what is wrong"
)]
#![allow(missing_docs, reason = "tests are named for what they show")]

mod composites;
mod domains;
mod enums;
mod rows;
mod schemas;
mod serialize;
mod verify;

use pgdbm::{DatabaseManager, Error, Pool};
use pgdbm_type_tests::{Kind, schema};

/// One user, with nothing but an address.
async fn ada(db: &DatabaseManager) -> Result<i64, Error> {
    pgdbm::query_scalar!(
        "INSERT INTO {{tables.users}} (email) VALUES ('ada@example.com') RETURNING id"
    )
    .fetch_one(db)
    .await
}

async fn change(db: &DatabaseManager, statement: &str) {
    db.execute(statement.to_owned()).await.unwrap();
}

/// The same schema over connections that have met nothing yet.
async fn anew(db: &DatabaseManager) -> DatabaseManager {
    let pool = Pool::connect(db.pool().config().clone()).await.unwrap();
    pool.manager(db.schema()).unwrap()
}

fn assert_says(error: &Error, parts: &[&str]) {
    let text = error.to_string();
    for part in parts {
        assert!(text.contains(part), "no {part} in {text}");
    }
}
