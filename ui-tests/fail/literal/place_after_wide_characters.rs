fn main() {
    let _ = pgdbm::query!("SELECT 'é🦀漢字' FROM {{tabels.users}}");
}
