fn main() {
    const USER: pgdbm::UnboundQuery<1> = pgdbm::query!("SELECT $1, $2");
    let _ = USER;
}
