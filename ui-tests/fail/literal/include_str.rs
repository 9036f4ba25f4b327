fn main() {
    let _ = pgdbm::query!(include_str!("query.sql"));
}
