fn main() {
    let _ = pgdbm::query_file!("queries/nothing.sql");
}
