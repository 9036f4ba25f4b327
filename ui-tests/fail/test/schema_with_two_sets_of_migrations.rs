#[pgdbm::test(migrations = false)]
async fn an_invoice_can_be_sent(
    #[pgdbm(schema = "billing", migrations = "pass/migrations/shop")] _one: pgdbm::DatabaseManager,
    #[pgdbm(schema = "billing", migrations = "pass/migrations/shop")] _same: pgdbm::DatabaseManager,
    #[pgdbm(schema = "billing", migrations = false)] _other: pgdbm::DatabaseManager,
) {
}

fn main() {}
