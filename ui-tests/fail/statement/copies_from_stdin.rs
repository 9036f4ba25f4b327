fn main() {
    let _ = pgdbm::query!("COPY {{tables.users}} FROM STDIN");
}
