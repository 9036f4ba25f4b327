fn main() {
    let _ = pgdbm::query!("SELECT $1abc", 1);
}
