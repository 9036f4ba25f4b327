fn main() {
    let table = "users";
    let _ = pgdbm::query!(concat!("SELECT * FROM ", table));
}
