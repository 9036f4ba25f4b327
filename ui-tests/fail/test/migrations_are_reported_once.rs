#[pgdbm::test(migrations = "fail/migrations/placeholder")]
async fn a_user_can_be_added() {}

#[pgdbm::test(migrations = "fail/migrations/placeholder")]
async fn a_user_can_be_removed() {}

fn main() {}
