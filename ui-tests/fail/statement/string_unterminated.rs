fn main() {
    let _ = pgdbm::query!("SELECT 'it''s FROM {{tables.users}}");
}
