use pgdbm::{DatabaseManager, Error};

pgdbm::query_fn! {
    #[record] pub fn user(id) -> Vec<User> { "SELECT id FROM {{tables.users}} WHERE id = $id" }
}

pub async fn caller(db: &DatabaseManager) -> Result<(), Error> {
    let _ = db;
    Ok(())
}

fn main() {}
