#[pgdbm::migrations]
mod schema {}

fn main() {
    let _ = pgdbm::query!("SELECT s FROM {{tables.strange}} s");
}
