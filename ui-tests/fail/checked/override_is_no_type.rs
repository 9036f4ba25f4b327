fn main() {
    let _ = pgdbm::query!("SELECT id AS \"id: 7\" FROM {{tables.users}}");
}
