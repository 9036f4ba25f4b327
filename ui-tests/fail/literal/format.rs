fn main() {
    let table = "users";
    let _ = pgdbm::query!(format!("SELECT * FROM {table}"));
}
