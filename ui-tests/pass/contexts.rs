//! Queries in all kinds of places.
use pgdbm::{DatabaseManager, Error, FromRow, Query, Row, UnboundQuery, query_unchecked, query_as_unchecked, query_scalar_unchecked};

const fn in_const_fn() -> UnboundQuery<1> {
    query_unchecked!("SELECT * FROM {{tables.users}} WHERE id = $1")
}

const fn without_parameters_in_const_fn() -> Query<()> {
    query_unchecked!("SELECT * FROM {{tables.users}}")
}

const fn bound_in_const_fn(id: i32) -> Query<(i32,)> {
    query_unchecked!("SELECT * FROM {{tables.users}} WHERE id = $1", id)
}

fn in_generic_fn<T: FromRow, I: Into<i32>>(id: I) -> Query<(i32,), T> {
    query_as_unchecked!(T, "SELECT * FROM {{tables.users}} WHERE id = $1", id.into())
}

async fn in_async_fn(db: &DatabaseManager, id: i32) -> Result<Vec<Row>, Error> {
    let users = query_unchecked!("SELECT * FROM {{tables.users}} WHERE id = $1", id);
    users.fetch_all(db).await
}

async fn in_async_block(db: &DatabaseManager) -> Result<i64, Error> {
    async { query_scalar_unchecked!("SELECT count(*) FROM {{tables.users}}").fetch_one(db).await }.await
}

async fn in_argument(db: &DatabaseManager) -> Result<Row, Error> {
    query_unchecked!(
        "SELECT * FROM {{tables.users}} WHERE id = $1",
        query_scalar_unchecked!("SELECT max(id) FROM {{tables.users}}").fetch_one(db).await.unwrap_or(0_i32)
    )
    .fetch_one(db)
    .await
}

async fn as_future(db: &DatabaseManager) -> Result<u64, Error> {
    let ids = [1, 2];
    for id in ids {
        query_unchecked!("DELETE FROM {{tables.users}} WHERE id = $id").execute(db).await?;
    }
    tokio::spawn({
        let db = db.clone();
        async move { query_unchecked!("DELETE FROM {{tables.users}} WHERE id = $1", String::from("x")).execute(&db).await }
    })
    .await
    .unwrap_or(Ok(0))
}

trait Stored {
    const ALL: Query<()>;
    fn one(&self) -> Query<(i32,)> {
        query_unchecked!("SELECT $1", 1)
    }
}

impl Stored for () {
    const ALL: Query<()> = query_unchecked!("SELECT 1");
}

fn main() {
    let in_closure = |id: i32| query_unchecked!("SELECT $1", id);
    assert_eq!(in_closure(1).source(), "SELECT $1");
    assert_eq!(in_const_fn().source(), bound_in_const_fn(1).source());
    assert_eq!(in_const_fn().source(), in_generic_fn::<(i32,), i16>(1).source());
    assert!(without_parameters_in_const_fn().source().starts_with("SELECT"));
    let _ = (in_async_fn, in_async_block, in_argument, as_future);
    assert_eq!(<() as Stored>::ALL.source(), "SELECT 1");
    assert_eq!(().one().source(), "SELECT $1");
    let several = [query_unchecked!("SELECT 1"), query_unchecked!("SELECT 2")];
    assert_eq!(several[1].source(), "SELECT 2");
    match query_unchecked!("SELECT 3").source() {
        "SELECT 3" => {}
        other => unreachable!("{other}"),
    }
}
