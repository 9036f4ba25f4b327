#[derive(Debug, pgdbm::Type)]
#[pgdbm(rename = "order_status")]
enum OrderStatus {
    Open,
}

fn main() {
    let _ = OrderStatus::Open;
}
