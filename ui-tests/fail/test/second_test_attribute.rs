#[pgdbm::test]
#[tokio::test]
async fn a_user_can_be_added() {}

#[tokio::test]
#[pgdbm::test]
async fn a_user_can_be_removed() {}

fn main() {}
