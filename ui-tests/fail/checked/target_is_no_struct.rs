fn main() {
    let _ = pgdbm::query_as!(&str, "SELECT id FROM {{tables.users}}");
}
