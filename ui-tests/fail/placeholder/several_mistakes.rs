fn main() {
    let id = 1;
    let _ = pgdbm::query!(
        "SELECT {{functons.total}}(id), $2
         FROM {{tabels.users}}
         WHERE id = $1",
        id,
    );
}
