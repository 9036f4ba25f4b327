#[derive(Debug, pgdbm::Type)]
#[pgdbm(transparant)]
struct UserId {
    number: i64,
}

fn main() {
    let _ = UserId { number: 1 };
}
