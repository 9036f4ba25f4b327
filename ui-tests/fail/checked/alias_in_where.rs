fn main() {
    let _ = pgdbm::query!("SELECT cents / 100 AS euros FROM {{tables.orders}} WHERE euros > 5");
}
