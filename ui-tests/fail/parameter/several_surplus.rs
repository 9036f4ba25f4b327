fn main() {
    let (a, b) = (1, 2);
    let _ = pgdbm::query!("SELECT 1", a, b);
}
