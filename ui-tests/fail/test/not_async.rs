#[pgdbm::test]
fn a_user_can_be_added(_: pgdbm::DatabaseManager) {}

fn main() {}
