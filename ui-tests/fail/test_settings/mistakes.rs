#[pgdbm::test]
async fn a_user_can_be_added() {}

#[pgdbm::migrations]
struct Migrations;

fn main() {}
