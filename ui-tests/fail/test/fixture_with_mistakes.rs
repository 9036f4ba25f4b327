#[pgdbm::test(fixtures("fail/test/users.sql", "fail/test/users.csv"))]
async fn a_user_can_be_added() {}

/// The same mistakes are no further errors.
#[pgdbm::test(fixtures("fail/test/users.csv", "fail/test/users.sql"))]
async fn a_user_can_be_removed() {}

fn main() {}
