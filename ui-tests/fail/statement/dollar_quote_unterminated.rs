fn main() {
    let _ = pgdbm::query!("SELECT $body$ text $bdy$");
}
