fn main() {
    let _ = pgdbm::query!("ROLLBACK");
}
