fn main() {
    let _ = pgdbm::query!("SELECT id AS \"the id\" FROM {{tables.users}}");
}
