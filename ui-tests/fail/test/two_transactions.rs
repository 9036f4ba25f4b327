use pgdbm::Transaction;

#[pgdbm::test(isolation = "transaction")]
async fn a_user_can_be_added(_one: Transaction<'_>, _two: Transaction<'_>) {}

fn main() {
    let _: Option<Transaction<'_>> = None;
}
