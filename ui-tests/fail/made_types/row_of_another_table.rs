#[pgdbm::migrations]
mod schema {}

fn main() {
    let _ = pgdbm::query_as!(schema::OrdersRow, "SELECT id, status FROM {{tables.orders}}");
}
