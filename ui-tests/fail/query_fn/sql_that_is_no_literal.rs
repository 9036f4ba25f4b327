use pgdbm::{DatabaseManager, Error};

pgdbm::query_fn! {
    pub fn users() -> Vec<User> { SQL }
}

pub async fn caller(db: &DatabaseManager) -> Result<(), Error> {
    let _ = users(db).await?[0].email;
    Ok(())
}

fn main() {}
