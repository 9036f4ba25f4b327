#[pgdbm::test(timeout = "5s", max_connections = 2, timeout = "7s")]
async fn a_user_can_be_added() {}

fn main() {}
