#[derive(Debug, pgdbm::Type)]
#[pgdbm(rename_all = "lowercase")]
enum OrderStatus {
    Open,
    #[pgdbm(rename = "open")]
    Reopened,
}

fn main() {
    let _ = (OrderStatus::Open, OrderStatus::Reopened);
}
