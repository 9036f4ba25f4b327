fn main() {
    let _ = pgdbm::query!("COPY {{tables.users}} TO STDOUT");
}
