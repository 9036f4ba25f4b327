#[pgdbm::migrations]
mod schema {}

struct Order {
    address: schema::Address,
}

fn main() {
    let _ = pgdbm::query_as!(Order, "SELECT address FROM {{tables.orders}}");
}
