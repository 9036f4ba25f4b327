fn main() {
    let _ = pgdbm::query!("SELECT id FROM {{tables.users}} UNION SELECT id, email FROM {{tables.users}}");
}
