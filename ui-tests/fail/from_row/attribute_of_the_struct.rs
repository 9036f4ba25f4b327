use pgdbm::FromRow;

#[derive(FromRow)]
struct User {
    #[pgdbm(rename_all = "camelCase")]
    user_id: i32,
}

fn main() {}
