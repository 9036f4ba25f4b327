#[pgdbm::test(schema = "Web-Shop")]
async fn a_user_can_be_added() {}

fn main() {}
