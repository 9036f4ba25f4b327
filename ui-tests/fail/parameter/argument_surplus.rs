fn main() {
    let (id, email) = (1, "a@example.org");
    let _ = pgdbm::query!("SELECT * FROM {{tables.users}} WHERE id = $1", id, email);
}
