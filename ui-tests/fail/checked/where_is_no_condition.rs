fn main() {
    let _ = pgdbm::query!("SELECT id FROM {{tables.users}} WHERE id");
}
