fn main() {
    let _ = pgdbm::query!("SELECT x.id FROM {{tables.users}} u");
}
