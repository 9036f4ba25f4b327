fn main() {
    let _ = pgdbm::query!("SELECT total(1) AS total");
}
