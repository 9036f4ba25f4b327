use pgdbm::FromRow;

#[derive(FromRow)]
struct User {
    #[pgdbm(renam = "e_mail")]
    email: String,
    #[pgdbm(primary_key)]
    id: i32,
}

fn main() {}
