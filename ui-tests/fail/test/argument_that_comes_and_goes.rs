#[pgdbm::test]
async fn an_invoice_can_be_sent(
    #[cfg(feature = "billing")] _billing: pgdbm::DatabaseManager,
    _database: impl Sized,
) {
}

fn main() {}
