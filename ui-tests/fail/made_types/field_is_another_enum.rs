#[pgdbm::migrations]
mod schema {}

struct Order {
    status: schema::Mood,
}

fn main() {
    let _ = pgdbm::query_as!(Order, "SELECT status FROM {{tables.orders}}");
}
