fn main() {
    let _ = pgdbm::query!("SELECT 12abc");
}
