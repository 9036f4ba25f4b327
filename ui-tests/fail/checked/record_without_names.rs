fn main() {
    let _ = pgdbm::query!("SELECT ROW(id, email) AS pair FROM {{tables.users}}");
}
