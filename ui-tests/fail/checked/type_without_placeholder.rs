fn main() {
    let _ = pgdbm::query!("SELECT id FROM {{tables.orders}} WHERE status::text = 'x'::status::text");
}
