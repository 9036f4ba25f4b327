//! `#[derive(Type)]`: values of such types as arguments and columns, with and without a checker.

use std::marker::PhantomData;

use pgdbm::{Error, FromRow, query, query_as_unchecked, query_scalar, query_unchecked, sql};

use super::overrides::{CustomerId, OrderStatus, migrated};
use crate::lab::lab;

/// One number for each kind of thing.
#[derive(pgdbm::Type)]
#[pgdbm(transparent)]
struct Id<T> {
    number: i64,
    of: PhantomData<T>,
}

impl<T> std::fmt::Debug for Id<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Id({})", self.number)
    }
}

/// The same without names.
#[derive(Debug, PartialEq, pgdbm::Type)]
struct Key<T>(i64, PhantomData<fn() -> T>);

#[derive(Debug)]
struct Order;

#[derive(Debug, PartialEq, pgdbm::Type)]
struct Name<'n>(&'n str);

#[derive(Debug, PartialEq, pgdbm::Type)]
struct Tags(Vec<String>);

#[derive(Debug, PartialEq, pgdbm::Type)]
#[repr(i32)]
enum Level {
    Bronze = 1,
    Silver,
    Gold = 10,
}

#[derive(Debug, PartialEq, pgdbm::Type)]
#[pgdbm(name = "text", rename_all = "kebab-case")]
enum Channel {
    InPerson,
    #[pgdbm(rename = "web")]
    Online,
    #[pgdbm(
        rename = "through somebody else, of whom there is more to say than a label of an enum can hold"
    )]
    Partner,
}

/// In another order than the type, and with names of its own.
#[derive(Clone, Debug, PartialEq, pgdbm::Type)]
struct Address {
    floor: Option<i32>,
    street: String,
    #[pgdbm(rename = "zip")]
    code: Option<String>,
}

#[derive(Debug, PartialEq, pgdbm::Type)]
#[pgdbm(name = "shop.order_status", rename_all = "snake_case")]
enum OldStatus {
    Open,
}

#[tokio::test]
async fn a_newtype_is_what_it_holds_wherever_that_is() {
    lab(async |lab| {
        let db = &lab.db;
        migrated(db).await;
        let id = Id::<Order> {
            number: 5,
            of: PhantomData,
        };
        let found = query_scalar!(r#"SELECT $1::bigint AS "id!: Id<Order>""#, &id)
            .fetch_one(db)
            .await
            .unwrap();
        assert_eq!(found.number, 5);
        let key = Key::<Order>(6, PhantomData);
        let found = query_scalar!(r#"SELECT $1::bigint AS "key!: Key<Order>""#, &key);
        assert_eq!(found.fetch_one(db).await.unwrap().0, 6);
        let found = query_scalar!("SELECT $1 || 'x' AS \"name!\"", Name("a"))
            .fetch_one(db)
            .await
            .unwrap();
        assert_eq!(found, "ax");
        let tags = query_scalar!(
            r#"SELECT $1::text[] AS "tags!: Tags""#,
            Tags(vec!["a".to_owned()])
        )
        .fetch_one(db)
        .await
        .unwrap();
        assert_eq!(tags, Tags(vec!["a".to_owned()]));
        let ids = [CustomerId(1), CustomerId(2)];
        let count = query_scalar!(
            "SELECT count(*) FROM unnest($1::bigint[]) AS u(id) WHERE id = ANY($2)",
            &ids,
            vec![CustomerId(2)]
        );
        assert_eq!(count.fetch_one(db).await.unwrap(), 1);
        // Without a checker.
        let back: Vec<CustomerId> = sql("SELECT $1::bigint[]")
            .bind(&ids[..])
            .scalar()
            .fetch_one(db)
            .await
            .unwrap();
        assert_eq!(back, ids);
        let none: Option<CustomerId> = sql("SELECT $1::bigint")
            .bind(None::<CustomerId>)
            .scalar()
            .fetch_one(db)
            .await
            .unwrap();
        assert_eq!(none, None);
        let row = query_unchecked!("SELECT $1::bigint AS id", CustomerId(9))
            .fetch_one(db)
            .await
            .unwrap();
        assert_eq!(row.get::<CustomerId>("id").unwrap(), CustomerId(9));
        // A parameter of a domain is of the domain.
        sql("INSERT INTO {{tables.customers}} (email) VALUES ($1)")
            .bind(Name("a@b"))
            .execute(db)
            .await
            .unwrap();
        let error = sql("SELECT $1::int")
            .bind(CustomerId(1))
            .execute(db)
            .await
            .unwrap_err()
            .to_string();
        assert!(
            error.contains("`CustomerId`") && error.contains("`int4`"),
            "{error}"
        );
    })
    .await;
}

#[tokio::test]
async fn an_enum_is_labels_text_or_numbers() {
    #[derive(Debug, FromRow)]
    struct Customer {
        status: OrderStatus,
        past: Vec<OrderStatus>,
        level: Option<Level>,
        channel: Channel,
    }
    lab(async |lab| {
        let db = &lab.db;
        migrated(db).await;
        sql("INSERT INTO {{tables.customers}} (email, status, past, level) VALUES ('a@b', $1, $2, $3)")
            .bind(OrderStatus::PaidInFull)
            .bind(vec![OrderStatus::Sent, OrderStatus::Open])
            .bind(Level::Gold)
            .execute(db)
            .await
            .unwrap();
        let customer = query_as_unchecked!(Customer, "SELECT status, past, level, $1::text AS channel FROM {{tables.customers}}", Channel::InPerson);
        let customer = customer.fetch_one(db).await.unwrap();
        assert_eq!(customer.status, OrderStatus::PaidInFull);
        assert_eq!(customer.past, [OrderStatus::Sent, OrderStatus::Open]);
        assert_eq!((customer.level, customer.channel), (Some(Level::Gold), Channel::InPerson));
        let row = query!(
            r#"SELECT level AS "level: Level", $1 || '' AS "channel!: Channel" FROM {{tables.customers}} WHERE level = $2"#,
            Channel::Online,
            Level::Gold
        );
        let row = row.fetch_one(db).await.unwrap();
        assert_eq!((row.level, row.channel), (Level::Gold, Channel::Online));
        // Text has no longest label.
        let partner = query_scalar!(r#"SELECT $1::text AS "channel!: Channel""#, Channel::Partner);
        assert_eq!(partner.fetch_one(db).await.unwrap(), Channel::Partner);
        assert_eq!(Level::Bronze as i32 + 1, Level::Silver as i32);
    })
    .await;
}

#[tokio::test]
async fn a_label_or_a_number_that_no_variant_has_is_named() {
    lab(async |lab| {
        let db = &lab.db;
        migrated(db).await;
        sql("ALTER TYPE {{types.order_status}} ADD VALUE 'lost'")
            .execute(db)
            .await
            .unwrap();
        sql("INSERT INTO {{tables.customers}} (email, status, level) VALUES ('a@b', 'lost', 3)")
            .execute(db)
            .await
            .unwrap();
        let refused = |error: Error, parts: &[&str]| {
            let error = error.to_string();
            for part in parts {
                assert!(error.contains(part), "no {part} in {error}");
            }
        };
        let checked = query!("SELECT status FROM {{tables.customers}}")
            .fetch_one(db)
            .await;
        refused(
            checked.unwrap_err(),
            &["`status`", "`lost`", "`order_status`", "`OrderStatus`"],
        );
        let unchecked = sql("SELECT status FROM {{tables.customers}}")
            .scalar::<OldStatus>()
            .fetch_one(db)
            .await;
        refused(unchecked.unwrap_err(), &["`lost`", "`OldStatus`"]);
        let number = query!(r#"SELECT level AS "level: Level" FROM {{tables.customers}}"#)
            .fetch_one(db)
            .await;
        refused(
            number.unwrap_err(),
            &["level", "3 is the number of no variant of `Level`"],
        );
        let text = sql("SELECT 'secret'")
            .scalar::<Channel>()
            .fetch_one(db)
            .await
            .unwrap_err();
        assert!(!text.to_string().contains("`secret`"), "{text}");
        refused(text, &["the label of no variant of `Channel`"]);
        let other = sql("SELECT 'a'::text")
            .scalar::<OldStatus>()
            .fetch_one(db)
            .await;
        refused(other.unwrap_err(), &["`OldStatus`", "`text`"]);
    })
    .await;
}

#[tokio::test]
async fn a_composite_value_goes_by_the_names_of_its_attributes() {
    lab(async |lab| {
        let db = &lab.db;
        migrated(db).await;
        let home = Address {
            floor: Some(3),
            street: "High Street".to_owned(),
            code: None,
        };
        query!(
            "INSERT INTO {{tables.customers}} (email, home) VALUES ('a@b', $1)",
            Some(&home) as _
        )
        .execute(db)
        .await
        .unwrap();
        let row = query!(
            r#"SELECT home AS "home: Address", (home).floor AS floor FROM {{tables.customers}}"#
        );
        let row = row.fetch_one(db).await.unwrap();
        assert_eq!((row.home, row.floor), (Some(home.clone()), Some(3)));
        let list = vec![home.clone(), home.clone()];
        let back: Vec<Address> = sql("SELECT $1::{{types.address}}[]")
            .bind(&list)
            .scalar()
            .fetch_one(db)
            .await
            .unwrap();
        assert_eq!(back, list);

        let null = sql("SELECT ROW(NULL, NULL, 1)::{{types.address}}")
            .scalar::<Address>()
            .fetch_one(db)
            .await;
        let error = null.unwrap_err().to_string();
        assert!(error.contains("`street` of `address` is NULL"), "{error}");
        sql("ALTER TYPE {{types.address}} ADD ATTRIBUTE country text")
            .execute(db)
            .await
            .unwrap();
        // A connection keeps the types that it has met.
        let pool = lab.pool_of(1).await;
        let db = pool.manager("shop").unwrap();
        let read: Option<Address> = sql("SELECT home FROM {{tables.customers}}")
            .scalar()
            .fetch_one(&db)
            .await
            .unwrap();
        assert_eq!(read, Some(home.clone()));
        let error = sql("SELECT $1::{{types.address}}")
            .bind(home)
            .execute(&db)
            .await
            .unwrap_err()
            .to_string();
        for part in ["`$1`", "`address`", "`country`", "`Address`"] {
            assert!(error.contains(part), "no {part} in {error}");
        }
    })
    .await;
}
