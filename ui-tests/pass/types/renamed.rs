//! The facade under another name, as seen from the module and from those in it.
mod storage {
    pub use pgdbm as database;

    pub mod absolute {
        #[crate::storage::database::migrations(crate = crate::storage::database)]
        pub mod schema {}
    }

    #[self::database::migrations("migrations", module = "other", crate = self::database)]
    pub mod relative {}

    pub mod within {
        #[super::database::migrations(crate = super::database)]
        pub mod schema {}
    }
}
use storage::absolute::schema;

fn main() {
    use storage::database::Migrations;

    assert_eq!(schema::billing::OrderStatus::Due.as_str(), "due");
    assert_eq!(storage::within::schema::billing::OrderStatus::ALL.len(), 1);
    assert_eq!(storage::relative::Migrations::MIGRATIONS.module, "other");
    let _ = storage::database::query!(crate = storage::database, "SELECT home FROM {{tables.users}}");
}
