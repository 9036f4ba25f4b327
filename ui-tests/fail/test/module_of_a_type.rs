#[pgdbm::migrations("pass/migrations/shop")]
struct Shop;

#[pgdbm::test(migrations = crate::Shop, module = "shop")]
async fn a_user_can_be_added() {}

fn main() {}
