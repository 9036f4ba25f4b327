fn main() {
    let _ = pgdbm::query!("SELECT email FROM {{tables.users}} WHERE id = $1", 7_i32);
}
