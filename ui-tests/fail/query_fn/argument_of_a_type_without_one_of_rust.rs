use pgdbm::{DatabaseManager, Error};

pgdbm::query_fn! {
    pub fn by_status(status) -> i64 { "SELECT count(*) FROM {{tables.users}} WHERE $status = 'open'::{{types.status}}" }
}

pub async fn caller(db: &DatabaseManager) -> Result<(), Error> {
    let _: i64 = by_status(db, "open").await?;
    Ok(())
}

fn main() {}
