async fn users(db: &pgdbm::DatabaseManager) -> Result<i64, pgdbm::Error> {
    let user = pgdbm::query_as!(Usr, "SELECT id, email FROM {{tables.users}}").fetch_one(db).await?;
    Ok(user.id)
}

fn main() {}
