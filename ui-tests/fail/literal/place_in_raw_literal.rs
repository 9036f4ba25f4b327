fn main() {
    let _ = pgdbm::query!(r#"
        SELECT "id"
          FROM {{tabels.users}}
    "#);
}
