fn main() {
    let _ = pgdbm::query!("SELECT * FROM {{relation_of.users}}");
}
