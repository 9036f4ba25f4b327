fn main() {
    let _ = pgdbm::query!("SELECT * FROM {{tables}}");
}
