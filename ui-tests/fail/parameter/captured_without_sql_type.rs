fn main() {
    struct Id(i32);
    let id = Id(1);
    let _ = pgdbm::query_unchecked!("SELECT * FROM {{tables.users}} WHERE id = $id");
}
