fn main() {
    let _ = pgdbm::query_file!("fail/query_file/latin1.sql");
}
