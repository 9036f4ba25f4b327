//! What Cargo.toml says holds for all macros that are told nothing else.
#![deny(warnings)]

use pgdbm::{DatabaseManager, Migrations};

#[pgdbm::migrations]
struct OfThePackage;

#[pgdbm::migrations(module = "other")]
struct UnderAnotherName;

const _: () = assert!(OfThePackage::MIGRATIONS.files.len() == 1);
const _: () = assert!(OfThePackage::MIGRATIONS.module.len() == "warehouse".len());
const _: () = assert!(UnderAnotherName::MIGRATIONS.files.len() == 1);
const _: () = assert!(UnderAnotherName::MIGRATIONS.module.len() == "other".len());

#[pgdbm::test]
async fn a_test(db: DatabaseManager) {
    assert_eq!(db.schema(), "stock");
}
