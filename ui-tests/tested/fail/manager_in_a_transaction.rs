use pgdbm::DatabaseManager;

#[pgdbm::test(migrations = false, isolation = "transaction")]
async fn a_user_can_be_added(_db: DatabaseManager) {}
