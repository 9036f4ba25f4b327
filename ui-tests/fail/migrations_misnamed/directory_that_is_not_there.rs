fn main() {
    let _ = pgdbm::query!("SELECT id FROM {{tables.users}}");
    let _ = pgdbm::query!("SELECT email FROM {{tables.users}}");
}
