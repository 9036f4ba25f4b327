use pgdbm::FromRow;

#[derive(FromRow)]
struct User {
    #[pgdbm(flatten)]
    #[pgdbm(default)]
    name: Option<String>,
}

fn main() {}
