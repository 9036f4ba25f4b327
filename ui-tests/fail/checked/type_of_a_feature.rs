fn main() {
    let _ = pgdbm::query!("SELECT placed_at::date AS day FROM {{tables.orders}}");
}
