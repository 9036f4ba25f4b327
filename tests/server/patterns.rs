//! The patterns of `docs/patterns.md` that carry behaviour, as that page writes them.

use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use pgdbm::{
    DatabaseConfig, DatabaseManager, EmbeddedFile, EmbeddedMigrations, Error, Executor,
    MigrationManager, Pool, TransactionOptions, query_scalar_unchecked, query_unchecked,
};

use crate::lab::lab;

#[pgdbm::migrations("migrations", module = "shop")]
struct Migrations;

// Tenants that are made while the program runs.

#[derive(Clone)]
struct Tenants {
    pool: Pool,
}

impl Tenants {
    fn manager(&self, tenant: &str) -> Result<DatabaseManager, Error> {
        self.pool.manager(&format!("tenant_{tenant}"))
    }

    async fn create(&self, tenant: &str) -> Result<DatabaseManager, Error> {
        let db = self.manager(tenant)?;
        MigrationManager::new(&db, Migrations).apply().await?;
        Ok(db)
    }

    async fn migrate_all(&self) -> Result<usize, Error> {
        let schemas: Vec<String> = query_scalar_unchecked!(
            r"SELECT nspname FROM pg_catalog.pg_namespace WHERE nspname LIKE 'tenant\_%' ORDER BY nspname"
        )
        .fetch_all(&self.pool.public())
        .await?;
        for schema in &schemas {
            let db = self.pool.manager(schema)?;
            MigrationManager::new(&db, Migrations).apply().await?;
        }
        Ok(schemas.len())
    }
}

async fn sign_up(on: &impl Executor, email: &str) -> Result<i32, Error> {
    query_scalar_unchecked!("INSERT INTO {{tables.users}} (email) VALUES ($email) RETURNING id")
        .fetch_one(on)
        .await
}

async fn users_in(on: &impl Executor) -> Result<i64, Error> {
    query_scalar_unchecked!("SELECT count(*) FROM {{tables.users}}")
        .fetch_one(on)
        .await
}

#[tokio::test]
async fn a_tenant_that_two_tasks_create_at_once_is_made_once() {
    lab(async |lab| {
        let tenants = Tenants {
            pool: lab.pool.clone(),
        };
        let tasks = (0..6).map(|_| {
            let tenants = tenants.clone();
            tokio::spawn(async move {
                tenants
                    .create("acme")
                    .await
                    .map(|db| db.schema().to_owned())
            })
        });
        for created in futures_util::future::join_all(tasks).await {
            assert_eq!(created.unwrap().unwrap(), "tenant_acme");
        }
        let db = tenants.manager("acme").unwrap();
        let history = MigrationManager::new(&db, Migrations)
            .history()
            .await
            .unwrap();
        let files = <Migrations as pgdbm::Migrations>::MIGRATIONS.files.len();
        assert_eq!(history.len(), files);
    })
    .await;
}

#[tokio::test]
async fn tenants_stay_apart_and_are_all_migrated() {
    lab(async |lab| {
        let tenants = Tenants {
            pool: lab.pool.clone(),
        };
        // A UUID's 32 digits, as `simple()` writes them.
        let names = ["acme", "0f8fad5bd9cb469fa16570867728950e"];
        for name in names {
            tenants.create(name).await.unwrap();
        }
        sign_up(&tenants.manager("acme").unwrap(), "ada@example.com")
            .await
            .unwrap();
        for (name, users) in names.into_iter().zip([1, 0]) {
            assert_eq!(
                users_in(&tenants.manager(name).unwrap()).await.unwrap(),
                users
            );
        }
        // The schemas `shop` and `public` of this database are no tenants.
        assert_eq!(tenants.migrate_all().await.unwrap(), 2);
    })
    .await;
}

#[tokio::test]
async fn a_tenant_s_name_that_is_none_is_refused_before_anything_is_sent() {
    lab(async |lab| {
        let tenants = Tenants {
            pool: lab.pool.clone(),
        };
        let long = "x".repeat(57);
        for name in ["Acme", "a-b", "a\"; DROP SCHEMA shop", "ä", long.as_str()] {
            let error = tenants.create(name).await.unwrap_err();
            assert!(error.is_schema_name(), "{name}: {error}");
        }
        let error = users_in(&tenants.manager("nobody").unwrap())
            .await
            .unwrap_err();
        assert!(error.is_undefined_table(), "{error}");
    })
    .await;
}

// A library with a pool of its own, or a manager from outside.

struct OutboxMigrations;

impl pgdbm::Migrations for OutboxMigrations {
    const MIGRATIONS: EmbeddedMigrations = EmbeddedMigrations {
        module: "outbox",
        files: &[EmbeddedFile {
            name: "001_messages.sql",
            content: "CREATE TABLE {{tables.messages}} (id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY, body text NOT NULL);",
            checksum: "",
        }],
    };
}

struct Outbox {
    db: DatabaseManager,
    own_pool: Option<Pool>,
}

impl Outbox {
    async fn connect(config: DatabaseConfig) -> Result<Outbox, Error> {
        let pool = Pool::connect(config).await?;
        let outbox = Outbox::on(&pool.manager("outbox")?).await?;
        Ok(Outbox {
            own_pool: Some(pool),
            ..outbox
        })
    }

    async fn on(db: &DatabaseManager) -> Result<Outbox, Error> {
        MigrationManager::new(db, OutboxMigrations).apply().await?;
        Ok(Outbox {
            db: db.clone(),
            own_pool: None,
        })
    }

    async fn put(&self, on: &impl Executor, body: &str) -> Result<i32, Error> {
        query_scalar_unchecked!(
            "INSERT INTO {{tables.messages}} (body) VALUES ($body) RETURNING id"
        )
        .fetch_one(on)
        .await
    }

    async fn waiting(&self) -> Result<i64, Error> {
        query_scalar_unchecked!("SELECT count(*) FROM {{tables.messages}}")
            .fetch_one(&self.db)
            .await
    }

    async fn close(self) {
        if let Some(pool) = self.own_pool {
            pool.close().await;
        }
    }
}

#[tokio::test]
async fn a_library_serves_alone_and_in_company() {
    lab(async |lab| {
        let alone = Outbox::connect(lab.config()).await.unwrap();
        alone.put(&alone.db, "hello").await.unwrap();
        assert_eq!(alone.waiting().await.unwrap(), 1);
        let pool = alone.db.pool().clone();
        alone.close().await;
        assert!(pool.is_closed(), "it closes the pool that it opened");

        // In the program's own schema: two modules, one history table, and one transaction for both.
        MigrationManager::new(&lab.db, Migrations)
            .apply()
            .await
            .unwrap();
        let guest = Outbox::on(&lab.db).await.unwrap();
        let tx = lab.db.transaction().await.unwrap();
        sign_up(&tx, "ada@example.com").await.unwrap();
        guest.put(&tx, "welcome").await.unwrap();
        drop(tx);
        assert_eq!(guest.waiting().await.unwrap(), 0);
        assert_eq!(users_in(&lab.db).await.unwrap(), 0);
        guest.close().await;
        assert!(!lab.pool.is_closed(), "the pool of others stays open");
    })
    .await;
}

// Functions that run on whatever runs queries.

#[tokio::test]
async fn one_function_runs_on_a_manager_a_connection_and_a_transaction() {
    lab(async |lab| {
        MigrationManager::new(&lab.db, Migrations)
            .apply()
            .await
            .unwrap();
        sign_up(&lab.db, "manager").await.unwrap();
        let mut connection = lab.db.acquire().await.unwrap();
        sign_up(&connection, "connection").await.unwrap();
        let mut tx = connection.transaction().await.unwrap();
        sign_up(&tx, "transaction").await.unwrap();
        let inner = tx.transaction().await.unwrap();
        sign_up(&inner, "savepoint").await.unwrap();
        assert_eq!(users_in(&inner).await.unwrap(), 4);
        assert_eq!(users_in(&lab.db).await.unwrap(), 2, "not committed yet");
        drop(inner);
        tx.commit().await.unwrap();
        assert_eq!(users_in(&lab.db).await.unwrap(), 3);
    })
    .await;
}

#[tokio::test]
async fn who_holds_a_transaction_and_asks_the_manager_waits_for_himself() {
    lab(async |lab| {
        let config = lab
            .config()
            .max_connections(1)
            .acquire_timeout(Duration::from_millis(50));
        let db = Pool::connect(config)
            .await
            .unwrap()
            .manager("shop")
            .unwrap();
        MigrationManager::new(&db, Migrations)
            .apply()
            .await
            .unwrap();
        let tx = db.transaction().await.unwrap();
        assert!(users_in(&db).await.unwrap_err().is_pool_exhausted());
        assert_eq!(users_in(&tx).await.unwrap(), 0);
    })
    .await;
}

// Trying again.

const TRIES: u32 = 5;

/// Adds to an order's total, again and again while the server says that it came in between another's work.
async fn add(
    db: &DatabaseManager,
    order: i32,
    cents: i64,
    meanwhile: &impl AsyncFn(),
) -> Result<i64, Error> {
    let mut tried = 0;
    loop {
        tried += 1;
        match try_to_add(db, order, cents, meanwhile).await {
            Err(error) if error.is_retryable() && tried < TRIES => {}
            outcome => return outcome,
        }
    }
}

async fn try_to_add(
    db: &DatabaseManager,
    order: i32,
    cents: i64,
    meanwhile: &impl AsyncFn(),
) -> Result<i64, Error> {
    let tx = db
        .transaction_with(TransactionOptions::new().serializable())
        .await?;
    let total: i64 =
        query_scalar_unchecked!("SELECT total_cents FROM {{tables.orders}} WHERE id = $order")
            .fetch_one(&tx)
            .await?;
    meanwhile().await;
    let total = total + cents;
    query_unchecked!("UPDATE {{tables.orders}} SET total_cents = $total WHERE id = $order")
        .execute(&tx)
        .await?;
    tx.commit().await?;
    Ok(total)
}

#[tokio::test]
async fn a_transaction_that_lost_is_tried_again_and_not_for_ever() {
    lab(async |lab| {
        MigrationManager::new(&lab.db, Migrations).apply().await.unwrap();
        let user = sign_up(&lab.db, "ada@example.com").await.unwrap();
        let order: i32 = lab
            .db
            .execute_and_return_id(query_unchecked!(
                "INSERT INTO {{tables.orders}} (user_id, total_cents) VALUES ($user, 100)"
            ))
            .await
            .unwrap();
        let (times, left) = (AtomicU32::new(0), AtomicU32::new(2));
        // Another writer is faster, as often as `left` says.
        let other = async || {
            times.fetch_add(1, Ordering::Relaxed);
            let wins = left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |n| n.checked_sub(1));
            if wins.is_ok() {
                query_unchecked!("UPDATE {{tables.orders}} SET total_cents = total_cents + 1000 WHERE id = $order")
                    .execute(&lab.db)
                    .await
                    .unwrap();
            }
        };
        assert_eq!(add(&lab.db, order, 5, &other).await.unwrap(), 2105);
        assert_eq!(times.swap(0, Ordering::Relaxed), 3);

        left.store(u32::MAX, Ordering::Relaxed);
        let error = add(&lab.db, order, 5, &other).await.unwrap_err();
        assert!(error.is_retryable(), "{error}");
        assert_eq!(times.load(Ordering::Relaxed), TRIES);
    })
    .await;
}

// Migrations that refer to another schema.

struct BillingMigrations;

impl pgdbm::Migrations for BillingMigrations {
    const MIGRATIONS: EmbeddedMigrations = EmbeddedMigrations {
        module: "billing",
        files: &[EmbeddedFile {
            name: "001_invoices.sql",
            content: "CREATE TABLE {{tables.invoices}} (id integer PRIMARY KEY);",
            checksum: "",
        }],
    };
}

struct ReminderMigrations;

impl pgdbm::Migrations for ReminderMigrations {
    const MIGRATIONS: EmbeddedMigrations = EmbeddedMigrations {
        module: "reminders",
        files: &[EmbeddedFile {
            name: "001_reminders.sql",
            content: "SET LOCAL lock_timeout = '2s';\n\
                CREATE TABLE {{tables.reminders}} (invoice_id integer NOT NULL REFERENCES {{tables.billing.invoices}} (id));",
            checksum: "",
        }],
    };
}

#[tokio::test]
async fn a_migration_refers_to_another_schema_that_was_migrated_before() {
    lab(async |lab| {
        let billing = lab.pool.manager("billing").unwrap();
        let shop = MigrationManager::new(&lab.db, ReminderMigrations);
        let error = shop.apply().await.unwrap_err();
        assert!(error.is_migration(), "{error}");
        MigrationManager::new(&billing, BillingMigrations)
            .apply()
            .await
            .unwrap();
        shop.apply().await.unwrap();
        let error = lab
            .db
            .execute("INSERT INTO {{tables.reminders}} VALUES (1)")
            .await
            .unwrap_err();
        assert!(error.is_foreign_key_violation(), "{error}");
    })
    .await;
}
