#[pgdbm::test(
    migrations = true,
    module = shop,
    schema = 5,
    isolation = "schemas",
    fixtures = "users.sql",
    timeout = 5.5,
    max_connections = "5",
    max_repeats = 0,
    flavor = multi_thread,
    worker_threads = -1,
)]
async fn a_user_can_be_added() {}

fn main() {}
