//! Every form of a function.
#![deny(warnings)]

use std::borrow::Cow;
use std::collections::HashSet;
use std::future::Future;
use std::time::SystemTime;

use pgdbm::{DatabaseManager, Error, Executor, Fetch, Transaction, query_fn};

pub struct User {
    pub id: i64,
    pub email: String,
}

#[derive(Debug)]
pub struct UserId(pub i64);

impl<'r> pgdbm::types::FromSql<'r> for UserId {
    fn from_sql(ty: &pgdbm::types::Type, raw: &'r [u8]) -> Result<Self, pgdbm::types::CodecError> {
        i64::from_sql(ty, raw).map(UserId)
    }
    pgdbm::types::accepts!(INT8);
}

impl pgdbm::types::Decode<pgdbm::types::sql::bigint> for UserId {
    type Null = pgdbm::types::Never;
    fn decode(ty: &pgdbm::types::Type, raw: Option<&[u8]>) -> Result<Self, pgdbm::types::CodecError> {
        <i64 as pgdbm::types::Decode<pgdbm::types::sql::bigint>>::decode(ty, raw).map(UserId)
    }
}

query_fn! {
    /// The user with this address, if there is one.
    pub fn user_by_email(email) -> Option<FoundUser> {
        "SELECT id, email, nickname FROM {{tables.users}} WHERE email = $email"
    }

    // The same record.
    pub fn user_by_id(id) -> FoundUser {
        "SELECT id, email, nickname FROM {{tables.users}} WHERE id = $1"
    }

    #[must_use]
    #[record(derive(Eq, Hash))]
    pub(crate) fn add_user(email, nickname?) -> NewUser {
        "INSERT INTO {{tables.users}} (email, nickname) VALUES ($email, $nickname) RETURNING id"
    }

    pub fn rename(id: i64, nickname: Option<Cow<'_, str>>) -> u64 {
        concat!("UPDATE {{tables.users}} ", "SET nickname = $nickname WHERE id = $id")
    }

    pub fn forget(id) { "DELETE FROM {{tables.users}} WHERE id = $id RETURNING email" }
    pub fn forget_all() -> () { "DELETE FROM {{tables.users}}" }

    pub fn emails(ids) -> Stream<String> { "SELECT email FROM {{tables.users}} WHERE id = ANY($ids)" }
    pub fn all() -> Stream<Everything> { "SELECT * FROM {{tables.users}}" }
    pub fn named(names: &[Cow<'_, str>], one: &str) -> Stream<crate::User> {
        "SELECT id, email FROM {{tables.users}} WHERE email = ANY($names) OR email = $one"
    }

    pub fn count() -> i64 { "SELECT count(*) FROM {{tables.users}}" }
    pub fn newest() -> _ { "SELECT max(created_at) FROM {{tables.users}}" }
    pub fn nicknames() -> Vec<_> { "SELECT nickname FROM {{tables.users}}" }
    pub fn nickname(id) -> Option<Option<String>> { "SELECT nickname FROM {{tables.users}} WHERE id = $id" }
    pub fn tags(id) -> Vec<Vec<String>> { "SELECT tags FROM {{tables.users}} WHERE id = $id" }
    pub fn created(id) -> Option<SystemTime> { "SELECT created_at FROM {{tables.users}} WHERE id = $id" }
    pub fn ids() -> Vec<self::UserId> { "SELECT id FROM {{tables.users}}" }
    pub fn overridden() -> Vec<_> { r#"SELECT id AS "id: UserId" FROM {{tables.users}}"# }
    pub fn with_overrides() -> Vec<Overridden> { r#"SELECT id AS "id: UserId", nickname AS "name!" FROM {{tables.users}}"# }
    pub fn users() -> std::vec::Vec<crate::User> { "SELECT id, email FROM {{tables.users}}" }
    pub fn pairs() -> Vec<(i64, Option<String>)> { "SELECT id, nickname FROM {{tables.users}}" }
    pub fn raw(r#type) -> Vec<Typed> { r#"SELECT "type" FROM {{tables.users}} WHERE "type" = $type"# }

    async fn private(picture, numbers?, tags, created) -> u64 {
        "UPDATE {{tables.users}} SET picture = $picture, numbers = $numbers, tags = $tags WHERE created_at < $created"
    }

    pub fn from_a_file(pattern) -> i64 { query_file!("sql/count.sql") }
    pub fn unchecked(pattern: &str) -> i64 { query_file_unchecked!("sql/count.sql") }
    pub fn unchecked_rows() -> Vec<pgdbm::Row> { query_unchecked!("SELECT * FROM elsewhere") }
    pub fn explicit() -> i32 { query!("SELECT 1") }

    pub fn many(a: i32, b: i32, c: i32, d: i32, e: i32, f: i32, g: i32, h: i32) -> (i32,) {
        r#"SELECT $a::int + $b::int + $c::int + $d::int + $e::int + $f::int + $g::int + $h::int AS "sum!""#
    }
    pub fn generic<T>(email: T) -> Option<FoundUser>
    where
        T: pgdbm::types::Encode<pgdbm::types::sql::text, Null = pgdbm::types::Never> + Send + Sync,
    {
        "SELECT id, email, nickname FROM {{tables.users}} WHERE email = $email"
    }
    pub fn generic_stream<'a, T: pgdbm::types::Encode<pgdbm::types::sql::text> + Send + Sync>(email: &'a T) -> Stream<FoundUser> {
        "SELECT id, email, nickname FROM {{tables.users}} WHERE email = $email"
    }

    #[cfg(any())]
    pub fn never() -> Never { "SELECT id FROM {{tables.users}}" }
    #[cfg(not(any()))]
    pub fn always() -> Always { "SELECT id FROM {{tables.users}}" }
    pub fn search(email?, created?, newest_first) -> Vec<FoundUser> {
        "SELECT id, email, nickname FROM {{tables.users}} WHERE true \
         {{if $email}} AND email = $email {{end}} {{if $created}} AND created_at > $created {{end}} \
         {{if $newest_first}} ORDER BY created_at DESC {{end}}"
    }
    pub fn search_stream(email?) -> Stream<FoundUser> {
        "SELECT id, email, nickname FROM {{tables.users}} {{if $email}} WHERE email = $email {{end}}"
    }
    /// An argument may be called as the first one is.
    pub fn shadow(db: &str) -> bool { "SELECT $db = 'x' AS \"same!\"" }
}

fn is_debug(_: &impl std::fmt::Debug) {}

fn is_send<T: Send>(future: T) -> T {
    future
}

async fn on_anything(db: &impl Executor) -> Result<(), Error> {
    let found: Option<FoundUser> = user_by_email(db, "ada@example.com").await?;
    let by_id: FoundUser = user_by_id(db, 1).await?;
    assert_eq!(found.clone(), Some(by_id));
    let _: Option<(i64, String, Option<String>)> = found.map(|user| (user.id, user.email, user.nickname));
    let mut seen = HashSet::new();
    let _ = seen.insert(add_user(db, "a", Some("b")).await?);
    let _: u64 = rename(db, 1, Some("x".into())).await?;
    let _: () = forget(db, 1).await?;
    let _: () = forget_all(db).await?;
    let mut emails: Fetch<'_, String> = emails(db, &[1, 2]);
    while let Some(email) = emails.next().await {
        let _: String = email?;
    }
    let _: Fetch<'_, Everything> = all(db);
    let _: Fetch<'_, User> = named(db, &["a".into()], "b");
    let _: i64 = count(db).await?;
    let _: Option<SystemTime> = newest(db).await?;
    let _: Vec<Option<String>> = nicknames(db).await?;
    let _: Option<Option<String>> = nickname(db, 1).await?;
    let _: Vec<Vec<String>> = tags(db, 1).await?;
    let _: Option<SystemTime> = created(db, 1).await?;
    let _: Vec<UserId> = ids(db).await?;
    let _: Vec<UserId> = overridden(db).await?;
    let _: Vec<(UserId, String)> = with_overrides(db).await?.into_iter().map(|row| (row.id, row.name)).collect();
    // Its type has no more either.
    with_overrides(db).await?.iter().for_each(|row: &Overridden| is_debug(row));
    let _: Vec<User> = users(db).await?;
    let _: Vec<(i64, Option<String>)> = pairs(db).await?;
    let _: Vec<String> = raw(db, "person").await?.into_iter().map(|row| row.r#type).collect();
    let _: u64 = private(db, b"png", Some(&[1]), &["a"], SystemTime::now()).await?;
    let _: i64 = from_a_file(db, "%").await?;
    let _: i64 = unchecked(db, "%").await?;
    let _: Vec<pgdbm::Row> = unchecked_rows(db).await?;
    let _: i32 = explicit(db).await?;
    let (_,): (i32,) = many(db, 1, 2, 3, 4, 5, 6, 7, 8).await?;
    let _: Option<FoundUser> = generic(db, String::from("a")).await?;
    let _: Fetch<'_, FoundUser> = generic_stream(db, &"a");
    let _: i64 = always(db).await?.id;
    let _: Vec<FoundUser> = search(db, Some("a"), None, true).await?;
    let _: Fetch<'_, FoundUser> = search_stream(db, None);
    let _: bool = shadow(db, "x").await?;
    Ok(())
}

fn on_each(db: &DatabaseManager, transaction: &Transaction<'_>) -> impl Future<Output = Result<(), Error>> {
    is_send(async move {
        on_anything(db).await?;
        on_anything(transaction).await
    })
}

fn main() {
    let _ = on_each;
    // In a block as well.
    query_fn! {
        fn local(id) -> Option<Local> { "SELECT email FROM {{tables.users}} WHERE id = $id" }
    }
    let _ = |db: DatabaseManager| is_send(async move { local(&db, 1).await.map(|found: Option<Local>| found.map(|user| user.email)) });
}
