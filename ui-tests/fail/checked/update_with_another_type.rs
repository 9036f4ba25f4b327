fn main() {
    let _ = pgdbm::query!("UPDATE {{tables.orders}} SET cents = 'a lot' WHERE id = 1");
}
