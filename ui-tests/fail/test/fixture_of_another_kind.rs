#[pgdbm::test(fixtures("README.md", "users.CSV", 5))]
async fn a_user_can_be_added() {}

fn main() {}
