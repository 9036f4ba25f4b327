fn main() {
    let _ = pgdbm::query!("INSERT INTO {{tables.users}} (email, name) VALUES ('a')");
}
