fn main() {
    let _ = pgdbm::query!("SELECT status FROM {{tables.orders}}");
}
