use pgdbm::{DatabaseManager, Error};

pgdbm::query_fn! {
    pub fn user(id) -> Option<User> { "SELECT id, email FROM {{tables.users}} WHERE id = $id" }
}

pub async fn caller(db: &DatabaseManager) -> Result<(), Error> {
    let _ = user(db, "1").await?.map(|user| user.email);
    Ok(())
}

fn main() {}
