#[derive(Debug, pgdbm::Type)]
#[pgdbm(type_name = "order_status", no_pg_array)]
enum OrderStatus {
    Open,
}

fn main() {
    let _ = OrderStatus::Open;
}
