//! Feature `serde`: what the types of the migrations are to serializers.

use std::marker::PhantomData;

use pgdbm::{DatabaseManager, Error, query, query_scalar};
use pgdbm_type_tests::Kind;
use serde::Serialize;
use serde_json::{from_value, json, to_value};

use crate::schema::{Address, Email, HappyUsersRow, MarksRow, Mood, PointOfSale, Rank, UsersRow};
use crate::{ada, change};

fn address() -> Address {
    Address {
        street: Some("Main St".to_owned()),
        zip_code: Some("1".to_owned()),
        r#type: None,
        stores: Some(vec![PointOfSale {
            name: None,
            number: Some(Rank(7)),
            mood: Some(Mood::SoSo),
        }]),
        numbers: Some(vec![1]),
        mail: Some(Email("a@b".to_owned())),
    }
}

#[test]
fn a_composite_has_the_names_of_the_database() {
    let written = json!({
        "street": "Main St",
        "Zip code": "1",
        "type": null,
        "stores": [{"name": null, "number": 7, "mood": "so-so"}],
        "numbers": [1],
        "mail": "a@b"
    });
    assert_eq!(to_value(address()).unwrap(), written);
    assert_eq!(from_value::<Address>(written).unwrap(), address());
    // What may be NULL may be left out.
    let read: PointOfSale = from_value(json!({"mood": "happy"})).unwrap();
    assert_eq!(read.mood, Some(Mood::Happy));
    let error = from_value::<PointOfSale>(json!({"mood": "glad"})).unwrap_err();
    assert!(error.to_string().contains("no label of `mood`"), "{error}");
}

#[test]
fn a_domain_is_its_value() {
    assert_eq!(to_value([Rank(3)]).unwrap(), json!([3]));
    assert_eq!(from_value::<Rank>(json!(3)).unwrap(), Rank(3));
}

#[pgdbm::test]
async fn a_row_is_what_the_server_makes_json_of(db: DatabaseManager) -> Result<(), Error> {
    ada(&db).await?;
    change(&db, "UPDATE {{tables.users}} SET type = 'x', größe = 3").await;
    let home = query!("UPDATE {{tables.users}} SET home = $1", address());
    home.execute(&db).await?;
    let record = query!("SELECT u, row_to_json(u)::text AS \"json!\" FROM {{tables.users}} u");
    let record = record.fetch_one(&db).await?;
    let written: serde_json::Value = serde_json::from_str(&record.json).unwrap();
    // A record that holds a row is one for serializers, too.
    assert_eq!(to_value(&record).unwrap()["u"], written);
    let row: UsersRow = from_value(written).unwrap();
    assert_eq!(row, record.u);
    assert_eq!(row.r#type, Some(Kind("x".to_owned())));

    let happy = HappyUsersRow {
        id: 1,
        email: Email("a@b".to_owned()),
        n: 2,
    };
    let written = json!({"id": 1, "email": "a@b", "n": 2});
    assert_eq!(to_value(&happy).unwrap(), written);
    assert!(from_value::<HappyUsersRow>(json!({"id": 1, "n": 2})).is_err());
    Ok(())
}

struct Probe<T>(PhantomData<T>);

impl<T: Serialize> Probe<T> {
    fn is_serialize(&self) -> bool {
        let Probe(_) = self;
        true
    }
}

/// Found where the other is not.
trait Otherwise {
    fn is_serialize(&self) -> bool {
        false
    }
}

impl<T> Otherwise for Probe<T> {}

#[pgdbm::test]
async fn a_row_with_a_part_that_cannot_has_all_but_that(db: DatabaseManager) -> Result<(), Error> {
    change(&db, "INSERT INTO {{tables.marks}} VALUES (1, '0/1')").await;
    let row = query_scalar!("SELECT m AS \"mark!\" FROM {{tables.marks}} m");
    let row = row.fetch_one(&db).await?;
    assert_eq!(row.clone(), row);
    assert!(Probe::<UsersRow>(PhantomData).is_serialize());
    assert!(!Probe::<MarksRow>(PhantomData).is_serialize());
    Ok(())
}
