fn main() {
    let _ = pgdbm::query!("SELECT u.id, o.id FROM {{tables.users}} u JOIN {{tables.orders}} o ON o.user_id = u.id");
}
