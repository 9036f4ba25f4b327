#[pgdbm::migrations("labels")]
mod schema {}

fn main() {
    let _ = schema::Kind::AB;
}
