fn main() {
    let _ = pgdbm::query!("SELECT id FROM {{tables.users}} UNION SELECT email FROM {{tables.users}}");
}
