use pgdbm::query_as;

#[derive(Debug, pgdbm::Type)]
#[pgdbm(rename_all = "snake_case")]
enum Status {
    Open,
    Paid,
    Sent,
}

#[derive(Debug, pgdbm::Type)]
struct UserId(i64);

struct User {
    id: UserId,
    status: String,
}

fn main() {
    let _ = (Status::Open, Status::Paid, Status::Sent, UserId(1));
    let _ = query_as!(User, "SELECT id, status FROM {{tables.users}}");
}
