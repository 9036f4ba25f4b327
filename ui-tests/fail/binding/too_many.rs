fn main() {
    const USER: pgdbm::UnboundQuery<1> = pgdbm::query_unchecked!("SELECT $1");
    let _ = USER.bind((1, 2));
}
