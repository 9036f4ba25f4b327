async fn email(db: &pgdbm::DatabaseManager) -> Result<String, pgdbm::Error> {
    let user = pgdbm::query!("SELECT id FROM {{tables.users}}").fetch_one(db).await?;
    Ok(user.email)
}

fn main() {}
