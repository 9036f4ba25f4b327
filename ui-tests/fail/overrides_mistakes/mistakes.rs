fn main() {
    let _ = pgdbm::query!("SELECT 1 AS one");
    let _ = pgdbm::query!("SELECT 2 AS two");
}
