fn main() {
    let _ = pgdbm::query!("SELECT id FROM {{tables.users}} WHERE id = (SELECT id, email FROM {{tables.users}})");
}
