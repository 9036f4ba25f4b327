use pgdbm::query;

#[derive(Debug, pgdbm::Type)]
#[pgdbm(rename_all = "snake_case")]
enum Status {
    Open,
    Paid,
    Sent,
}

#[derive(Debug, pgdbm::Type)]
struct UserId(i64);

fn main() {
    let _ = (Status::Open, Status::Paid, Status::Sent, UserId(1));
    let _ = query!("SELECT id FROM {{tables.users}} WHERE status = $1", "open");
}
