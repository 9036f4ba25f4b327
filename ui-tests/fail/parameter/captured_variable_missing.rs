fn main() {
    let _ = pgdbm::query!("SELECT * FROM {{tables.users}} WHERE id = $user_id");
}
