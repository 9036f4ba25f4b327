fn main() {
    let _ = pgdbm::query!("SELECT * FROM {{tables.users}} WHERE email = $emial", email = "a@example.org");
}
