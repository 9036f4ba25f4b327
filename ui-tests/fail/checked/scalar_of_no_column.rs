fn main() {
    let _ = pgdbm::query_scalar!("DELETE FROM {{tables.users}}");
}
