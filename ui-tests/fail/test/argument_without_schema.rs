#[pgdbm::test]
async fn an_invoice_can_be_sent(
    #[pgdbm(migrations = "pass/migrations/shop")] _billing: pgdbm::DatabaseManager,
) {
}

fn main() {}
