fn main() {
    let _ = pgdbm::query!("SELECT $crate");
}
