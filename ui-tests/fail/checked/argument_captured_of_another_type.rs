fn main() {
    let _ = { let id = "seven"; pgdbm::query!("SELECT email FROM {{tables.users}} WHERE id = $id") };
}
