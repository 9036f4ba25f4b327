use pgdbm::{DatabaseManager, Error};

pgdbm::query_fn! {
    pub fn users() -> Vec<User> {}
}

pub async fn caller(db: &DatabaseManager) -> Result<(), Error> {
    let _ = db;
    Ok(())
}

fn main() {}
