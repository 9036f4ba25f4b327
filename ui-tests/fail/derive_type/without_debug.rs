#[derive(pgdbm::Type)]
struct UserId(i64);

fn main() {
    let _ = pgdbm::sql("SELECT $1::bigint").bind(UserId(1));
}
