fn main() {
    let path = "a.sql";
    let _ = pgdbm::query_file!(path);
}
