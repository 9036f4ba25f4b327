//! The shortest program: a schema from migrations, a row in, a row out.
//!
//! `cargo run --example quickstart --features testing`

use pgdbm::{MigrationManager, Pool, query, query_scalar};

#[pgdbm::migrations("migrations")]
struct Migrations;

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    // A private server and a database of our own on it, for trying things out; both vanish after `server` is dropped.
    // A program has its own server: `Pool::connect(DatabaseConfig::from_env()?)`.
    let server = pgdbm::testing::PgServer::private()?;
    let pool = Pool::connect(server.fresh_database().await?).await?;

    let db = pool.manager("quickstart")?;
    MigrationManager::new(&db, Migrations).apply().await?;

    let email = "ada@example.com";
    let id: i32 =
        query_scalar!("INSERT INTO {{tables.users}} (email) VALUES ($email) RETURNING id")
            .fetch_one(&db)
            .await?;
    let user = query!("SELECT id, email FROM {{tables.users}} WHERE id = $1", id)
        .fetch_one(&db)
        .await?;
    println!("user {} is {}", user.id, user.email);

    pool.close().await;
    Ok(())
}
