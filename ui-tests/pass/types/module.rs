//! The module is filled with the types of the migrations, and queries use them.
#![deny(warnings, missing_docs, missing_debug_implementations, missing_copy_implementations, unreachable_pub, nonstandard_style)]

use pgdbm::{MigrationManager, query, query_as, query_scalar};
use schema::{Address, Email, OrderStatus, Person, UsersRow, billing};

#[pgdbm::migrations]
pub mod schema {
    /// What the user writes stays.
    pub const ANSWER: i32 = 42;
}

fn main() {
    assert_eq!(schema::ANSWER, 42);
    assert_eq!(<schema::Migrations as pgdbm::Migrations>::MIGRATIONS.files.len(), 1);
    assert_eq!(
        OrderStatus::ALL,
        [
            OrderStatus::Open,
            OrderStatus::InProgress,
            OrderStatus::Self_,
            OrderStatus::APlus,
            OrderStatus::AMinus,
            OrderStatus::_2fa,
            OrderStatus::Empty
        ]
    );
    assert!(OrderStatus::Open < OrderStatus::APlus);
    assert_eq!(OrderStatus::InProgress.as_str(), "in progress");
    assert_eq!(format!("[{:>6}]", OrderStatus::Open), "[  open]");
    assert_eq!("A-".parse(), Ok(OrderStatus::AMinus));
    assert_eq!(
        "opne".parse::<billing::OrderStatus>().unwrap_err().to_string(),
        "`opne` is no label of `order_status`, which has `due`"
    );
    let home = Address { street: None, zip_code: Some("1".into()), r#type: Some(1), self_: None };
    let person = Person { name: None, home: Some(home.clone()), others: None, mail: Some(Email("a@b".into())) };
    assert_eq!(person.clone(), person);
    assert_eq!(String::from(Email::from(String::from("a@b"))), "a@b");
    let _ = (schema::Nothing {}, schema::WorkEmail(Email("a@b".into())), schema::Grade(OrderStatus::Open), schema::Share(0.5));
}

/// Queries with these types, which nobody runs.
pub async fn queries(db: &pgdbm::DatabaseManager) -> Result<(), pgdbm::Error> {
    let _ = MigrationManager::new(db, schema::Migrations);
    let user = query_as!(UsersRow, "SELECT * FROM {{tables.users}}").fetch_one(db).await?;
    let UsersRow { id: _, email, other_emails, home, r#type: _, größe: _, statuses, during } = user;
    let (_, _): (Email, Vec<Email>) = (email.clone(), other_emails.clone());
    let row = query!(
        "INSERT INTO {{tables.users}} (email, other_emails, home, statuses, during) VALUES ($email, $other_emails, $home, $statuses, $during)
         RETURNING email, home, statuses, during"
    );
    let row = row.fetch_one(db).await?;
    let (_, _, _): (Email, Option<Address>, Vec<OrderStatus>) = (row.email, row.home, row.statuses);
    let _ = query!("INSERT INTO {{tables.users}} (email) VALUES ($1)", "the@base").execute(db).await?;
    let whole: UsersRow = query_scalar!("SELECT u FROM {{tables.users}} u").fetch_one(db).await?;
    let view = query_as!(schema::OpenUsersRow, "SELECT * FROM {{views.open_users}}").fetch_one(db).await?;
    let _: (i64, i64) = (whole.id, view.n);
    let due = billing::OrderStatus::Due;
    let invoice = query_as!(billing::InvoicesRow, "SELECT * FROM {{tables.billing.invoices}} WHERE status = $due");
    let _: Option<Person> = invoice.fetch_one(db).await?.buyer;
    Ok(())
}
