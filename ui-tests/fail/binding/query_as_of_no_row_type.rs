struct User {
    id: i32,
}

fn main() {
    let _ = pgdbm::query_as_unchecked!(User, "SELECT id FROM {{tables.users}}");
}
