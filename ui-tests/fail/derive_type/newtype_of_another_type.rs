use pgdbm::query;

#[derive(Debug, pgdbm::Type)]
struct UserId(i64);

fn main() {
    let id = UserId(1);
    let _ = query!("SELECT $1::text AS email", id);
}
