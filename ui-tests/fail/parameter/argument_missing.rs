fn main() {
    let id = 1;
    let _ = pgdbm::query!("SELECT * FROM {{tables.users}} WHERE id = $1 AND email = $2", id);
}
