fn main() {
    let _ = pgdbm::query!("SELECT age FROM {{tables.users}}");
}
