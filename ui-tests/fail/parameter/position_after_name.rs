fn main() {
    let _ = pgdbm::query!("SELECT $1, $id", id = 1, 2);
}
