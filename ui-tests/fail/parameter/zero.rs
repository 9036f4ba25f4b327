fn main() {
    let _ = pgdbm::query!("SELECT $0", 1);
}
