fn main() {
    let _ = pgdbm::query!("SELECT $id", id = 1, id = 2);
}
