//! The types among what `verify` holds against a live schema.

use pgdbm::{DatabaseManager, Error, MigrationManager};

use crate::{anew, change};

/// The same migrations under another name, which the queries do not have.
#[pgdbm::migrations(module = "elsewhere")]
#[allow(dead_code, reason = "what it is compared with counts, and not its use")]
mod elsewhere {
    /// Two of its labels would have one name.
    struct Clash;
}

/// How many the crate makes of its migrations.
const TYPES: usize = 14;

#[pgdbm::test]
async fn types_are_held_against_the_servers(db: DatabaseManager) -> Result<(), Error> {
    let verified = pgdbm::verify(&db).await?;
    assert_eq!(verified.types(), TYPES);
    // What stands for a type is no query of the program.
    let sites = pgdbm::call_sites()?;
    assert!(
        sites
            .iter()
            .all(|site| site.sql() != "SELECT NULL::{{types.mood}}")
    );
    assert_eq!(verified.call_sites(), sites.len());
    Ok(())
}

#[pgdbm::test]
async fn types_that_are_not_as_they_were_are_named(db: DatabaseManager) -> Result<(), Error> {
    for statement in [
        "ALTER TYPE {{types.mood}} ADD VALUE 'elated'",
        "ALTER TYPE {{types.odd}} RENAME VALUE 'A+' TO 'A++'",
        "ALTER TYPE {{types.address}} DROP ATTRIBUTE stores",
        "ALTER TYPE {{types.point_of_sale}} ADD ATTRIBUTE since date",
        "ALTER TABLE {{tables.words}} ALTER gen TYPE bigint, ADD more int",
        "ALTER TYPE {{types.outcome}} RENAME TO gone",
        "ALTER DOMAIN {{types.rank}} RENAME TO former_rank",
        "CREATE DOMAIN {{types.rank}} AS text",
    ] {
        change(&db, statement).await;
    }
    let error = pgdbm::verify(&db).await.unwrap_err();
    let of_types = |sql: &str| {
        let mut all = error.disagreements().iter();
        let found = all.find(|one| one.call_site().sql() == sql).unwrap();
        found.error().to_string()
    };
    for (sql, says) in [
        (
            "SELECT NULL::{{types.mood}}",
            "`mood` has the label `elated` on the server, and had none",
        ),
        (
            "SELECT NULL::{{types.odd}}",
            "`odd` has no label `A+` on the server, and had it",
        ),
        (
            "SELECT NULL::{{types.address}}",
            "`address` has no attribute `stores` on the server, and had one",
        ),
        (
            "SELECT NULL::{{types.point_of_sale}}",
            "`point_of_sale` has the attribute `since` on the server, and had none",
        ),
        (
            "SELECT NULL::{{tables.words}}",
            "the column `gen` of `words` is `int8` on the server, and was `int4`",
        ),
        (
            "SELECT NULL::{{types.rank}}",
            "the domain `rank` is about `text` on the server, and was about `int4`",
        ),
        ("SELECT NULL::{{types.outcome}}", "does not exist"),
    ] {
        let said = of_types(sql);
        assert!(
            said.contains(says)
                && said.contains("the migrations of the module at type-tests/src/lib.rs"),
            "{said}"
        );
    }
    // A column that came makes no difference to rows.
    assert!(!of_types("SELECT NULL::{{tables.words}}").contains("more"));
    assert!(
        error
            .to_string()
            .contains("queries, 14 types and 1 schema\n")
    );
    Ok(())
}

#[pgdbm::test]
async fn the_types_of_other_modules_are_left_out(db: DatabaseManager) -> Result<(), Error> {
    let verified = pgdbm::verify(&db).module("pgdbm-type-tests").await?;
    assert_eq!(verified.types(), TYPES);
    change(&db, "ALTER TYPE {{types.mood}} ADD VALUE 'elated'").await;
    // A choice among the queries is none among the types.
    let chosen =
        pgdbm::verify(&db).only(|site| site.sql().starts_with("UPDATE {{tables.users}} SET mood"));
    let error = chosen.await.unwrap_err();
    assert_eq!(error.disagreements().len(), 1);
    Ok(())
}

#[pgdbm::test]
async fn what_types_a_history_knows_says_nothing_of_queries(
    db: DatabaseManager,
) -> Result<(), Error> {
    let other = anew(&db).await.pool().manager("other")?;
    let migrations = MigrationManager::new(&other, elsewhere::Migrations);
    migrations.apply().await?;
    let queries = pgdbm::call_sites()?.len();
    let verified = pgdbm::verify(&other).await?;
    assert_eq!(verified.call_sites(), queries);
    assert_eq!(verified.types(), 2 * TYPES);
    Ok(())
}
