fn main() {
    const USER: pgdbm::UnboundQuery<1> = pgdbm::query_unchecked!("SELECT $1, $2");
    let _ = USER;
}
