fn main() {
    let home = String::new();
    let _ = pgdbm::query!("SELECT id FROM {{tables.orders}} WHERE address = $1", home);
    let _ = pgdbm::query!("SELECT id FROM {{tables.orders}} WHERE address IS DISTINCT FROM $home");
    let _ = pgdbm::query!("SELECT id FROM {{tables.orders}} WHERE $1 = ANY(ARRAY[address])", home);
    let _ = pgdbm::query!("SELECT id FROM {{tables.orders}} WHERE ARRAY[ROW(1, 2)] = $1", home);
}
