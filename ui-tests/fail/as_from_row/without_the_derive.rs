use pgdbm::query_as;

struct User {
    id: i64,
}

fn main() {
    let _ = query_as!(User as FromRow, "SELECT id FROM {{tables.users}}");
}
