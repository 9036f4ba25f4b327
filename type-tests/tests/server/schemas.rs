//! Types of one name in several schemas.

use pgdbm::{
    DatabaseManager, Error, MigrationManager, Pool, query, query_scalar, query_scalar_unchecked,
};

use crate::schema::billing::{self, InvoicesRow};
use crate::schema::{self, Address, Mood, UsersRow};
use crate::{ada, assert_says, change};

/// Two tenants over one connection, which has then met the types of both.
async fn tenants(db: &DatabaseManager) -> Result<[DatabaseManager; 2], Error> {
    let config = db.pool().config().clone().max_connections(1);
    let pool = Pool::connect(config).await?;
    let tenants = [pool.manager(db.schema())?, pool.manager("other_tenant")?];
    let migrations = MigrationManager::new(&tenants[1], schema::Migrations);
    migrations.apply().await?;
    Ok(tenants)
}

#[pgdbm::test]
async fn tenants_have_types_of_their_own(db: DatabaseManager) -> Result<(), Error> {
    let tenants = tenants(&db).await?;
    // Turn by turn, so that statements that are prepared already are used for both.
    for mood in Mood::ALL.iter().copied() {
        for tenant in &tenants {
            let id = ada(tenant).await?;
            let home = Address {
                street: Some(tenant.schema().to_owned()),
                zip_code: None,
                r#type: None,
                stores: None,
                numbers: None,
                mail: None,
            };
            let row = query!(
                "UPDATE {{tables.users}} SET mood = $mood, moods = $1, home = $2 WHERE id = $id AND mood = 'so-so'
                 RETURNING mood, moods, home",
                [mood],
                &home
            );
            let row = row.fetch_one(tenant).await?;
            assert_eq!((row.mood, row.moods), (mood, vec![mood]));
            assert_eq!(row.home, Some(home));
            let whole = query_scalar!("SELECT u FROM {{tables.users}} u WHERE mood = $1", mood);
            let whole: UsersRow = whole.fetch_one(tenant).await?;
            assert_eq!((whole.id, whole.mood), (id, mood));
            let unchecked = query_scalar_unchecked!(
                "DELETE FROM {{tables.users}} WHERE mood = $1 RETURNING mood",
                mood
            );
            let unchecked: Mood = unchecked.fetch_one(tenant).await?;
            assert_eq!(unchecked, mood);
        }
    }
    assert_eq!(tenants[0].pool().stats().open, 1);
    Ok(())
}

#[pgdbm::test]
async fn a_schema_that_is_named_has_types_of_its_own(db: DatabaseManager) -> Result<(), Error> {
    for tenant in &tenants(&db).await? {
        let due = billing::Mood::Due;
        let made = query!(
            "INSERT INTO {{tables.billing.invoices}} (mood, history) VALUES ($due, $1) RETURNING id, mood, history",
            [billing::Mood::Happy]
        );
        let made = made.fetch_one(tenant).await?;
        assert_eq!(made.mood, billing::Mood::Due);
        assert_eq!(made.history, Some(vec![billing::Mood::Happy]));
        let id = made.id;
        let whole = query_scalar!("SELECT i FROM {{tables.billing.invoices}} i WHERE id = $id");
        let whole: InvoicesRow = whole.fetch_one(tenant).await?;
        assert_eq!((whole.id, whole.mood), (id, due));
        let both = query!(
            "SELECT 'happy'::{{types.mood}} AS \"own!\", mood FROM {{tables.billing.invoices}}"
        );
        let both = both.fetch_all(tenant).await?;
        assert_eq!((both[0].own, both[0].mood), (Mood::Happy, due));
    }
    // What names its schema is not taken for another of the same name.
    let other = query_scalar_unchecked!("SELECT 'happy'::{{types.mood}}");
    let error = other
        .fetch_one(&db)
        .await
        .map(|_: billing::Mood| ())
        .unwrap_err();
    assert_says(&error, &["`mood`"]);
    Ok(())
}

#[pgdbm::test]
async fn types_of_one_name_are_told_by_their_schemas(db: DatabaseManager) -> Result<(), Error> {
    ada(&db).await?;
    change(
        &db,
        "ALTER TABLE {{tables.users}} ALTER moods DROP DEFAULT, ALTER moods TYPE {{types.billing.mood}}[] USING '{}'",
    )
    .await;
    let moods = query_scalar!("SELECT moods FROM {{tables.users}}");
    let error = moods.fetch_one(&db).await.unwrap_err();
    let says = format!(
        "the column `moods` is `billing._mood` on the server, and was `{}._mood` when the query was compiled",
        db.schema()
    );
    assert_says(&error, &[&says]);
    Ok(())
}
