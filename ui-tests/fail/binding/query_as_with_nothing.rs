fn main() {
    let _ = pgdbm::query_as!();
}
