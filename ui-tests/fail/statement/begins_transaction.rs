fn main() {
    let _ = pgdbm::query!("BEGIN");
}
