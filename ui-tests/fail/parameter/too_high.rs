fn main() {
    let _ = pgdbm::query!("SELECT $65536");
}
