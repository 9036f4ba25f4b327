#[derive(Debug, pgdbm::Type)]
#[pgdbm(transparent)]
enum OrderStatus {
    Open,
}

fn main() {
    let _ = OrderStatus::Open;
}
