fn main() {
    let _ = pgdbm::query!(concat!(
        "SELECT id ",
        "FROM {{tabels.users}}",
    ));
}
