use pgdbm::FromRow;

struct Settings;

#[derive(FromRow)]
struct User {
    id: i32,
    #[pgdbm(skip)]
    settings: Settings,
}

fn main() {}
