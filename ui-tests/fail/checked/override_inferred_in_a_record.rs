fn main() {
    let _ = pgdbm::query!("SELECT id AS \"id: _\" FROM {{tables.users}}");
}
