fn main() {
    let _ = pgdbm::query!("INSERT INTO {{tables.users}} (email) VALUES ($1)", 7);
}
