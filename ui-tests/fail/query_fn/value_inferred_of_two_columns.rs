use pgdbm::{DatabaseManager, Error};

pgdbm::query_fn! {
    pub fn user(id) -> Vec<_> { "SELECT id, email FROM {{tables.users}} WHERE id = $id" }
}

pub async fn caller(db: &DatabaseManager) -> Result<(), Error> {
    for user in user(db, 1).await? { let _: i64 = user;
    }
    Ok(())
}

fn main() {}
