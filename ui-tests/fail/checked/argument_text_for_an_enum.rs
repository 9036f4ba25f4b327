fn main() {
    let _ = pgdbm::query!("SELECT id FROM {{tables.orders}} WHERE status = $1", "paid");
}
