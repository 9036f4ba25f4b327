//! The attribute is wrong, the body is not: it uses all that the test takes, and it awaits.
use pgdbm::{DatabaseManager, Error, Transaction};

#[pgdbm::test(migrations = false, timeout = "5 seconds")]
async fn a_user_can_be_added(db: DatabaseManager, mut transaction: Transaction<'_>) -> Result<(), Error> {
    transaction.transaction().await?.commit().await?;
    assert!(db.table_exists("users").await?, "no user");
    Ok(())
}
