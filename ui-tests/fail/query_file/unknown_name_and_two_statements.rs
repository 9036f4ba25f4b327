fn main() {
    let _ = pgdbm::query_file_scalar!("fail/query_file/two.sql", more = 1);
}
