struct User { id: i32 }

fn main() {
    let _ = pgdbm::query_as!(User, "SELECT id FROM {{tables.users}}");
}
