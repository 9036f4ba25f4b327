fn main() {
    let _ = pgdbm::query!("SELECT id \
        FROM {{tabels.users}} \
        WHERE id = 1");
}
