#[derive(Debug, pgdbm::Type)]
#[pgdbm(rename_all = "snakecase")]
enum OrderStatus {
    Open,
}

fn main() {
    let _ = OrderStatus::Open;
}
