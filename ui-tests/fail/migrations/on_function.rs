#[pgdbm::migrations("pass/migrations/shop")]
fn migrations() {}

fn main() {
    migrations();
}
