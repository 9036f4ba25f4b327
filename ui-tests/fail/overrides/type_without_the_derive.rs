use pgdbm::query;

enum Status {
    Open,
}

#[derive(Debug, pgdbm::Type)]
struct UserId(i64);

fn main() {
    let _ = UserId(1);
    let _ = query!("UPDATE {{tables.users}} SET status = $1", Status::Open);
}
