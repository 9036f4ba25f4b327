fn main() {
    let _ = pgdbm::query!("SELECT count(*) + 1 FROM {{tables.users}}");
}
