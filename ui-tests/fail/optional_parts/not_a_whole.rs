fn main() {
    let paid = true;
    let _ = pgdbm::query!("SELECT u.id FROM {{tables.users}} u {{if $paid}} JOIN {{tables.orders}} o ON o.user_id = u.id {{end}}");
}
