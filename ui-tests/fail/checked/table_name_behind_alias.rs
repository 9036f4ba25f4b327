fn main() {
    let _ = pgdbm::query!("SELECT users.id FROM {{tables.users}} u");
}
