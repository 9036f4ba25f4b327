fn main() {
    let _ = pgdbm::query!("SELECT concat('a', $1) AS text", "b");
}
