fn main() {
    let _ = ("🦀漢", pgdbm::query!("SELECT * FROM {{tabels.users}}"));
}
