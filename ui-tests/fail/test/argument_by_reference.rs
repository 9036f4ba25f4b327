#[pgdbm::test]
async fn a_user_can_be_added(_db: &pgdbm::DatabaseManager) {}

#[pgdbm::test]
async fn a_user_can_be_removed(_transaction: &mut pgdbm::Transaction<'_>) {}

fn main() {}
