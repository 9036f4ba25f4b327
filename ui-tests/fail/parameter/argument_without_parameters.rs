fn main() {
    let id = 1;
    let _ = pgdbm::query!("SELECT * FROM {{tables.users}}", id);
}
