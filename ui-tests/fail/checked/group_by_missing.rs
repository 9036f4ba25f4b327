fn main() {
    let _ = pgdbm::query!("SELECT user_id, count(*) FROM {{tables.orders}}");
}
