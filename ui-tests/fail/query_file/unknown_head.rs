fn main() {
    let id = 1;
    let _ = pgdbm::query_file!("fail/query_file/unknown_head.sql", id);
}
