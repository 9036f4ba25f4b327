fn main() {
    let id = 1;
    let _ = pgdbm::query!("SELECT 'open, $1", id);
}
