//! What the module has already goes before what would be made, in the modules of other schemas too.
use pgdbm::query_as;

mod elsewhere {
    /// Reads the columns that matter.
    pub struct UsersRow {
        pub id: i64,
    }
}

#[pgdbm::migrations(module = "shop")]
pub mod schema {
    pub use super::elsewhere::UsersRow;

    /// Carries something.
    pub struct Migrations {
        _anything: Vec<u8>,
    }

    pub mod billing {
        pub const ANSWER: i32 = 42;

        pub struct InvoicesRow;
    }
}

fn main() {
    assert_eq!(<schema::Migrations as pgdbm::Migrations>::MIGRATIONS.module, "shop");
    assert_eq!(schema::billing::ANSWER, 42);
    let _ = (schema::billing::OrderStatus::Due, schema::billing::InvoicesRow);
    let _ = query_as!(schema::UsersRow, "SELECT id FROM {{tables.users}}");
}
