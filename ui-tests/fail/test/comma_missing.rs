#[pgdbm::test(timeout = "5s" max_connections = 5)]
async fn a_user_can_be_added() {}

fn main() {}
