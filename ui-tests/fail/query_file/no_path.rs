fn main() {
    let _ = pgdbm::query_file!();
}
