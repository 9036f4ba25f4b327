#[pgdbm::test]
async fn an_invoice_can_be_sent(
    #[pgdbm(schema = "billing", timeout = "5s")] _billing: pgdbm::DatabaseManager,
) {
}

fn main() {}
