fn main() {
    let _ = pgdbm::query!("SELECT id FORM {{tables.users}}");
}
