#[pgdbm::test]
async fn a_user_can_be_added() {}

#[pgdbm::test]
async fn a_user_can_be_removed() {}

#[pgdbm::migrations]
struct Migrations;

fn main() {}
