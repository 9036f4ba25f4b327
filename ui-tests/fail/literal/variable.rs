fn main() {
    let sql = "SELECT 1";
    let _ = pgdbm::query!(sql);
}
