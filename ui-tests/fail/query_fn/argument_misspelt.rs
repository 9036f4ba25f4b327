use pgdbm::{DatabaseManager, Error};

pgdbm::query_fn! {
    pub fn user(email) -> Option<User> { "SELECT id, email FROM {{tables.users}} WHERE email = $emial" }
}

pub async fn caller(db: &DatabaseManager) -> Result<(), Error> {
    let _ = user(db, "a").await?.map(|user| user.email);
    Ok(())
}

fn main() {}
