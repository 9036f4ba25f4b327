fn main() {
    let id = 1;
    let _ = pgdbm::query!("SELECT $1, $2, $3", id);
}
