use pgdbm::FromRow;

#[derive(FromRow)]
struct User {
    #[pgdbm(skip, rename = "e_mail")]
    email: String,
}

fn main() {}
