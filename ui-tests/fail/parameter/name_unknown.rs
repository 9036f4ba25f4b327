fn main() {
    let id = 1;
    let _ = pgdbm::query!("SELECT * FROM {{tables.users}} WHERE id = $id", shoe_size = 43);
}
