fn main() {
    let _ = pgdbm::query!(b"SELECT 1");
}
