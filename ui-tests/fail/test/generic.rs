#[pgdbm::test]
async fn a_user_can_be_added<'t>(_: pgdbm::Transaction<'t>) {}

fn main() {}
