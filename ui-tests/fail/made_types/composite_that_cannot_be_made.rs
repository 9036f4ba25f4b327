#[pgdbm::migrations]
mod schema {}

fn main() {
    let _ = pgdbm::query!("SELECT stranger FROM {{tables.uses}}");
}
