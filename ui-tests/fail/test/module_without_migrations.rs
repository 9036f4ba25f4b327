#[pgdbm::test(module = "shop")]
async fn a_user_can_be_added() {}

fn main() {}
