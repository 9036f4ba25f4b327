use pgdbm::DatabaseManager;

#[pgdbm::test(migrations = false)]
async fn a_user_can_be_added(db: DatabaseManager) {
    db.add_user().await;
}
