fn main() {
    struct Id(i32);
    const USER: pgdbm::UnboundQuery<1> = pgdbm::query_unchecked!("SELECT $1");
    let _ = USER.bind((Id(1),));
}
