struct User { id: i64, email: String, age: i32 }

fn main() {
    let _ = pgdbm::query_as!(User, "SELECT id, email FROM {{tables.users}}");
}
