fn main() {
    let _ = pgdbm::query!("SELECT lowr(email) AS email FROM {{tables.users}}");
}
