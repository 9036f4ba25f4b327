fn main() {
    let _ = pgdbm::query!("SELECT * FROM {{tabels.users}}");
}
