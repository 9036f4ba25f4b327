struct Id(i32);

async fn id(db: &pgdbm::DatabaseManager) -> Result<Id, pgdbm::Error> {
    pgdbm::query_scalar_unchecked!("SELECT id FROM {{tables.users}}").fetch_one(db).await
}

fn main() {}
