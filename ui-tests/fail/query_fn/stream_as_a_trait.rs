use pgdbm::{DatabaseManager, Error};

pgdbm::query_fn! {
    pub fn users() -> impl Stream<Item = User> { "SELECT id, email FROM {{tables.users}}" }
}

pub async fn caller(db: &DatabaseManager) -> Result<(), Error> {
    let _ = db;
    Ok(())
}

fn main() {}
