fn main() {
    let _ = pgdbm::query_unchecked!("SELECT * FROM {{tables.users}} WHERE id = $user_id");
}
