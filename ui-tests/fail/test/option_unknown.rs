#[pgdbm::test(migration = "migrations")]
async fn a_user_can_be_added() {}

fn main() {}
