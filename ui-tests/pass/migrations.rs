//! A directory of migrations becomes a constant.
use pgdbm::Migrations;

/// With everything that a struct can carry.
#[pgdbm::migrations("pass/migrations/shop", module = "shop",)]
#[derive(Clone, Debug)]
pub struct Shop<T: Clone = ()>
where
    T: Sized,
{
    _anything: Vec<T>,
}

#[pgdbm::migrations("pass/migrations/shop")]
struct NamedByThePackage;

fn main() {
    let migrations = Shop::<()>::MIGRATIONS;
    assert_eq!(migrations.module, "shop");
    let names: Vec<&str> = migrations.files.iter().map(|file| file.name).collect();
    // By version, not by name; what is no SQL file is not there.
    assert_eq!(names, ["2_users.sql", "10_orders.sql", "10_orders.down.sql", "R__totals.sql"]);
    assert!(migrations.files[0].content.starts_with("CREATE TABLE {{tables.users}}"));
    assert!(migrations.files.iter().all(|file| file.checksum.len() == 64));
    assert!(!NamedByThePackage::MIGRATIONS.module.is_empty());
}
