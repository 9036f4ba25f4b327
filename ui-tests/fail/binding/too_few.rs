fn main() {
    const USER: pgdbm::UnboundQuery<2> = pgdbm::query_unchecked!("SELECT $1, $2");
    let _ = USER.bind((1,));
}
