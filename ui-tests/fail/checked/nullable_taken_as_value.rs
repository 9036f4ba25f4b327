async fn name(db: &pgdbm::DatabaseManager) -> Result<String, pgdbm::Error> {
    let user = pgdbm::query!("SELECT name FROM {{tables.users}}").fetch_one(db).await?;
    Ok(user.name)
}

fn main() {}
