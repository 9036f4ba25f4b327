struct Migrations;

#[pgdbm::test(migrations = Migrations)]
async fn a_user_can_be_added() {
    let _ = Migrations;
}
