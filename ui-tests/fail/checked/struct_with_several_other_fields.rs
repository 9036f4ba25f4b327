struct User { id: i64, age: i32, since: i32 }
struct Named { id: i64 }

fn main() {
    let _ = pgdbm::query_as!(Named, "SELECT id, email, name FROM {{tables.users}}");
    let _ = pgdbm::query_as!(User, "SELECT id FROM {{tables.users}}");
}
