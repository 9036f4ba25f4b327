struct User { name: String }

fn main() {
    let _ = pgdbm::query_as!(User, "SELECT name FROM {{tables.users}}");
}
