#[pgdbm::migrations("fail/migrations/transaction_control")]
struct Migrations;

fn main() {}
