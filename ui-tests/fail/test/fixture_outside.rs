#[pgdbm::test(fixtures("../README.sql"))]
async fn a_user_can_be_added() {}

fn main() {}
