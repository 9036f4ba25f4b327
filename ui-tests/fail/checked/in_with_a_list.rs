fn main() {
    let _ = pgdbm::query!("SELECT id FROM {{tables.users}} WHERE id IN ($1)", vec![1_i64, 2]);
}
