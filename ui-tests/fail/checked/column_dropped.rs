fn main() {
    let _ = pgdbm::query!("SELECT nickname FROM {{tables.users}}");
}
