fn main() {
    let email = "a@example.org";
    let _ = pgdbm::query!("SELECT * FROM {{tables.users}} WHERE id = $1 AND email = $email");
}
