fn main() {
    let _ = pgdbm::query_as!((i64, String, i64), "SELECT id, email FROM {{tables.users}}");
}
