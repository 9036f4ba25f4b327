struct User { id: i32, email: i64, name: String }
struct Other { id: i64, name: String }

async fn users(db: &pgdbm::DatabaseManager) -> Result<i32, pgdbm::Error> {
    let user = pgdbm::query_as!(User, "SELECT id, email, name FROM {{tables.users}}").fetch_one(db).await?;
    let other = pgdbm::query_as!(Other, "SELECT id, name FROM {{tables.users}}").fetch_one(db).await?;
    Ok(user.id + other.name.len() as i32)
}

fn main() {}
