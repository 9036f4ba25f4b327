use pgdbm::{DatabaseManager, Error};

pgdbm::query_fn! {
    pub fn user(id, nickname) -> Option<User> { "SELECT id, email FROM {{tables.users}} WHERE id = $1 AND nickname = $nickname" }
}

pub async fn caller(db: &DatabaseManager) -> Result<(), Error> {
    let _ = user(db, 1, "a").await?.map(|user| user.email);
    Ok(())
}

fn main() {}
