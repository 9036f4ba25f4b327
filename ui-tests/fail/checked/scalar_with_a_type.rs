fn main() {
    let _ = pgdbm::query_scalar!(i64, "SELECT id FROM {{tables.users}}");
}
