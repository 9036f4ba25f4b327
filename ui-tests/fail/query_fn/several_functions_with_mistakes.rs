use pgdbm::{DatabaseManager, Error};

pgdbm::query_fn! {
    pub fn one(id) -> One { "SELECT id FROM {{tables.userz}} WHERE id = $id" }
    pub fn two(id) -> Two { "SELECT id, email FROM {{tables.users}} WHERE id = $id" }
    pub three() -> Three { "SELECT 1" }
    pub fn four(id, x) -> Four { "SELECT id, email FROM {{tables.users}} WHERE id = $id" }
}

pub async fn caller(db: &DatabaseManager) -> Result<(), Error> {
    let _: i64 = one(db, 1).await?.id;
    let _: i64 = two(db, 1).await?.id;
    let _: i64 = four(db, 1, "x").await?.id;
    Ok(())
}

fn main() {}
