struct User { id: i64 }

fn main() {
    let _ = pgdbm::query_as!(User, "SELECT id, email FROM {{tables.users}}");
}
