fn main() {
    let _ = pgdbm::query!("-- SELECT 1\n /* nothing */ ;");
}
