use pgdbm::{DatabaseManager, Error};

pgdbm::query_fn! {
    pub fn user(id) -> Option<User> { "SELECT id, emial FROM {{tables.users}} WHERE id = $id" }
}

pub async fn caller(db: &DatabaseManager) -> Result<(), Error> {
    let user: User = user(db, 1).await?.unwrap();
    let _: &str = &user.email;
    Ok(())
}

fn main() {}
