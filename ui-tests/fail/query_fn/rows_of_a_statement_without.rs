use pgdbm::{DatabaseManager, Error};

pgdbm::query_fn! {
    pub fn rename(id, email) -> Option<User> { "UPDATE {{tables.users}} SET email = $email WHERE id = $id" }
}

pub async fn caller(db: &DatabaseManager) -> Result<(), Error> {
    let _ = rename(db, 1, "a").await?.map(|user| user.email);
    Ok(())
}

fn main() {}
