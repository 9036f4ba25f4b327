#[pgdbm::migrations]
mod schema {}

fn main() {
    let _ = pgdbm::query!("SELECT id FROM {{tables.orders}} WHERE status = $1", "open");
}
