//! A directory of SQL files as a module.
#![deny(warnings, missing_docs, missing_debug_implementations, unreachable_pub, unused_qualifications)]

use pgdbm::{Error, Executor, Fetch};

/// Its documentation.
#[pgdbm::queries("queries")]
pub mod queries {
    //! What stands in the module stays.

    /// A struct of its own.
    #[derive(Debug)]
    pub struct Local {
        /// A number.
        pub id: i64,
        /// An address.
        pub email: String,
    }
}

/// Calls each.
pub async fn call(db: &impl Executor) -> Result<(), Error> {
    let found: Option<queries::FoundUser> = queries::user_by_email(db, "ada@example.com").await?;
    let same: queries::FoundUser = queries::user_by_id(db, 1).await?;
    assert_eq!(found, Some(same));
    let _: i64 = queries::add_user(db, "a", None, &["x".to_owned()]).await?.id;
    let _: Fetch<'_, String> = queries::emails(db);
    let _: Vec<queries::Local> = queries::local(db).await?;
    queries::forget(db, 1).await
}

fn main() {
    let db: Option<pgdbm::DatabaseManager> = None;
    let _ = db.map(|db| async move { call(&db).await });
}
