use pgdbm::query_as;

#[derive(Debug, pgdbm::Type)]
struct UserId(i64);

struct User {
    id: UserId,
}

fn main() {
    let _ = query_as!(User, "SELECT 'a'::text AS id");
}
