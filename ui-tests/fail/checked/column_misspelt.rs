fn main() {
    let _ = pgdbm::query!("SELECT emial FROM {{tables.users}}");
}
