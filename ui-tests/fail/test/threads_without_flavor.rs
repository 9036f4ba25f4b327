#[pgdbm::test(worker_threads = 2)]
async fn a_user_can_be_added() {}

fn main() {}
