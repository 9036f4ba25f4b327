fn main() {
    let cents = Some(100);
    let _ = pgdbm::query!("INSERT INTO {{tables.orders}} (user_id {{if $cents}}, cents {{end}}) VALUES (1 {{if $cents}}, $cents {{end}})");
}
