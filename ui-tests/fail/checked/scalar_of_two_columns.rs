fn main() {
    let _ = pgdbm::query_scalar!("SELECT id, email FROM {{tables.users}}");
}
