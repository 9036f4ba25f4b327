#[pgdbm::test(fixtures("everywhere.sql"))]
async fn a_user_can_be_added() {}

fn main() {}
