fn main() {
    let _ = pgdbm::query!("SELECT id FROM users");
}
