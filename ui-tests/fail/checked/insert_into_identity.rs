fn main() {
    let _ = pgdbm::query!("INSERT INTO {{tables.users}} (id, email) VALUES (1, 'a')");
}
