fn main() {
    let _ = pgdbm::query!("SELECT id FROM {{tables.users}} WHERE id = ANY($1)", 7_i64);
}
