#[pgdbm::test(fixtures("no_such.sql"))]
async fn a_user_can_be_added() {}

fn main() {}
