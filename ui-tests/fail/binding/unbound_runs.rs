use pgdbm::{DatabaseManager, Error, Row};

async fn user(db: &DatabaseManager) -> Result<Row, Error> {
    pgdbm::query_unchecked!("SELECT * FROM {{tables.users}} WHERE id = $1").fetch_one(db).await
}

fn main() {}
