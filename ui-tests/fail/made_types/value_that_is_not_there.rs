#[pgdbm::migrations]
mod schema {}

fn main() {
    let _ = schema::Status::Opne;
}
