fn main() {
    let _ = pgdbm::query!("INSERT INTO {{tables.users}} (email) VALUES ('a') ON CONFLICT (name) DO NOTHING");
}
