fn main() {
    let _ = pgdbm::query_file!("fail/query_file/windows.sql");
}
