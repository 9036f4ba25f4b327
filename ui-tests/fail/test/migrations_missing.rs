#[pgdbm::test(migrations = "no_such_directory")]
async fn a_user_can_be_added() {}

fn main() {}
