fn main() {
    let _ = pgdbm::query!("SELECT \"id\", \u{e9}\t\x41 FROM {{tabels.users}}");
}
