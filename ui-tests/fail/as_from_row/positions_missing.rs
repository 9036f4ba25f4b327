use pgdbm::{FromRow, query_as};

#[derive(FromRow)]
struct Pair(i64, String);

fn main() {
    let _ = query_as!(Pair as FromRow, "SELECT id FROM {{tables.users}}");
}
