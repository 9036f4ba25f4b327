fn main() {
    let _ = pgdbm::query!("INSERT INTO {{tables.users}} (name) VALUES ('Ada')");
}
