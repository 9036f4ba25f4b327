async fn id(db: &pgdbm::DatabaseManager) -> Result<i64, pgdbm::Error> {
    let user = pgdbm::query!("INSERT INTO {{tables.users}} (email) VALUES ('a')").fetch_one(db).await?;
    Ok(user.id)
}

fn main() {}
