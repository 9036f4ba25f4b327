#[pgdbm::test(migrations = false)]
async fn a_user_can_be_added(_db: DatabaseManger) {}
