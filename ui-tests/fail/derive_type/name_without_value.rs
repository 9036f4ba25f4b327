#[derive(Debug, pgdbm::Type)]
#[pgdbm(name)]
enum OrderStatus {
    Open,
}

fn main() {
    let _ = OrderStatus::Open;
}
