fn main() {
    let _ = pgdbm::query!("SELECT user_id FROM {{tables.orders}} WHERE count(*) > 1 GROUP BY user_id");
}
