fn main() {
    let _ = pgdbm::query!("DELETE FROM {{tables.a}}; DELETE FROM {{tables.b}}");
}
