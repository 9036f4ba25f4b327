fn main() {
    let _ = pgdbm::query!("SELECT id FROM {{tables.users}} u JOIN {{tables.orders}} o ON o.user_id = u.id");
}
