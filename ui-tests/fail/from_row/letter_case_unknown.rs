use pgdbm::FromRow;

#[derive(FromRow)]
#[pgdbm(rename_all = "camelcase")]
struct User {
    user_id: i32,
}

fn main() {}
