fn main() {
    let _ = pgdbm::query!("SELECT {{functions.total}}('a'::text) AS total");
}
