//! A tour of pgdbm against a real server: `cargo xtask demo`.
//!
//! With `--hold` it keeps the server until its standard input ends, so that one can look around with psql;
//! with `--directory DIR` it uses a private server of its own, under DIR.

use std::error::Error;
use std::io::{IsTerminal, Read};
use std::time::Instant;

use pgdbm::testing::{PgServer, PgServerOptions};
use pgdbm::{
    DatabaseConfig, DatabaseManager, MigrationManager, Pool, UnboundQuery, query, query_as,
    query_scalar,
};

/// The SQL files of this package, validated and embedded while compiling.
#[pgdbm::migrations("migrations")]
struct Migrations;

/// One query for all schemas, checked once. It waits for its argument.
const USER: UnboundQuery<1, User> =
    query_as!(User, "SELECT id, email FROM <<tables.users>> WHERE id=$1");

struct User {
    id: i32,
    email: String,
}

struct Spending {
    email: String,
    orders: i64,
    cents: i64,
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let page = Page::new();
    page.title("pgdbm: SQL stays SQL");

    let started = Instant::now();
    let mut arguments = std::env::args().skip(1);
    let mut hold = false;
    let mut server = None;
    while let Some(argument) = arguments.next() {
        match (argument.as_str(), arguments.len()) {
            ("--hold", _) => hold = true,
            ("--directory", 1..) => {
                let directory = arguments.next().unwrap_or_default();
                server = Some(PgServer::with(
                    PgServerOptions::new().base_directory(directory),
                )?);
            }
            _ => {
                return Err(format!(
                    "unknown argument `{argument}`; there are --hold and --directory DIR"
                )
                .into());
            }
        }
    }
    let server = match server {
        Some(server) => server,
        None => PgServer::start()?,
    };
    let pool = Pool::connect(DatabaseConfig::from_url(server.url())?.max_connections(4)).await?;
    let version: String = pool.public().fetch_value("SHOW server_version").await?;
    page.step("A server");
    page.line(&format!(
        "PostgreSQL {version}, ready after {} ms",
        started.elapsed().as_millis()
    ));
    page.line(&format!("at {}", DatabaseConfig::from_url(server.url())?));

    page.step("One pool, two schemas, the same three migration files");
    // Names of this run's own, so that runs on a server that stays do not meet.
    let run = std::process::id();
    let shops = [
        pool.manager(&format!("demo_{run}_north"))?,
        pool.manager(&format!("demo_{run}_south"))?,
    ];
    for shop in &shops {
        let report = MigrationManager::new(shop, Migrations).apply().await?;
        page.line(&format!(
            "{:<18} {}",
            shop.schema(),
            names(report.applied.iter().map(|migration| &*migration.name))
        ));
    }
    let again = MigrationManager::new(&shops[0], Migrations).apply().await?;
    page.line(&format!(
        "a second run applies nothing: {} pending, {} already there",
        again.applied.len(),
        again.already_applied
    ));

    page.step("The same checked queries on both");
    for (shop, people) in shops
        .iter()
        .zip([&["ada", "grace", "edsger"][..], &["barbara"][..]])
    {
        for name in people {
            let user = sign_up(shop, name).await?;
            let cents = 1000 * i64::from(user);
            query!("SELECT {{functions.place_order}}($1, $2)", user, cents)
                .execute(shop)
                .await?;
        }
        page.sql(&shop.render("SELECT count(*) FROM {{tables.users}}")?);
        let count: i64 = query_scalar!("SELECT count(*) FROM {{tables.users}}")
            .fetch_one(shop)
            .await?;
        page.line(&format!("{:<18} users: {count}", shop.schema()));
    }

    page.step("A mistake does not get that far: it does not compile");
    for line in compile_error() {
        page.sql(line);
    }

    page.step("A query kept in a const, bound later");
    page.sql(USER.source());
    for shop in &shops {
        let user = USER.bind((1,)).fetch_one(shop).await?;
        page.line(&format!(
            "{:<18} user {} is {}",
            shop.schema(),
            user.id,
            user.email
        ));
    }

    page.step("Rows as structs");
    let spending = query_as!(
        Spending,
        "SELECT email, orders, total_cents AS cents FROM {{views.order_totals}} WHERE total_cents >= $1 ORDER BY cents DESC",
        1000
    );
    for row in spending.fetch_all(&shops[0]).await? {
        page.line(&format!(
            "{:<22} orders: {}   spent: {:>3}.{:02}",
            row.email,
            row.orders,
            row.cents / 100,
            row.cents % 100
        ));
    }

    page.step("A transaction that is dropped never happened");
    let tx = shops[0].transaction().await?;
    let gone = query!("DELETE FROM {{tables.orders}}").execute(&tx).await?;
    page.line(&format!("{gone} orders deleted, then an early return …"));
    drop(tx);
    let orders: i64 = query_scalar!("SELECT count(*) FROM {{tables.orders}}")
        .fetch_one(&shops[0])
        .await?;
    page.line(&format!("… and {orders} orders are still there"));

    page.step("An error says what, where, and which constraint");
    let email = "ada@example.com";
    if let Err(error) = query!("INSERT INTO {{tables.users}} (email) VALUES ($email)")
        .execute(&shops[0])
        .await
    {
        for line in error.to_string().lines() {
            page.line(line);
        }
    }

    if hold {
        page.step("Holding");
        page.line(&format!(
            "directory {}",
            server
                .data_directory()
                .map(|path| path.display().to_string())
                .unwrap_or_default()
        ));
        std::io::stdin().read_to_end(&mut Vec::new())?;
    }

    for shop in &shops {
        pool.public()
            .execute(format!("DROP SCHEMA {} CASCADE", shop.schema()))
            .await?;
    }
    pool.close().await;
    page.step("Done");
    page.line(if server.is_private() {
        "The server stops by itself now and leaves nothing behind."
    } else {
        "The two schemas were dropped again."
    });
    Ok(())
}

async fn sign_up(shop: &DatabaseManager, name: &str) -> Result<i32, pgdbm::Error> {
    let email = format!("{name}@example.com");
    query_scalar!("INSERT INTO {{tables.users}} (email, name) VALUES ($email, $name) RETURNING id")
        .fetch_one(shop)
        .await
}

/// The error that the README shows; a test holds that the compiler says it.
fn compile_error() -> impl Iterator<Item = &'static str> {
    let readme = include_str!("../README.md").lines();
    let example = readme.skip_while(|line| !line.starts_with("error: "));
    example.take_while(|line| !line.starts_with("```"))
}

fn names<'a>(names: impl Iterator<Item = &'a str>) -> String {
    names.collect::<Vec<_>>().join(", ")
}

/// What is printed: in colour on a terminal, plain elsewhere.
struct Page {
    colour: bool,
}

impl Page {
    fn new() -> Self {
        Page {
            colour: std::io::stdout().is_terminal() && std::env::var_os("NO_COLOR").is_none(),
        }
    }

    fn title(&self, text: &str) {
        println!("\n{}", self.styled("1;36", text));
    }

    fn step(&self, text: &str) {
        println!("\n{} {}", self.styled("36", "■"), self.styled("1", text));
    }

    fn line(&self, text: &str) {
        println!("  {text}");
    }

    fn sql(&self, text: &str) {
        println!("  {}", self.styled("2", text));
    }

    fn styled(&self, style: &str, text: &str) -> String {
        if self.colour {
            format!("\x1b[{style}m{text}\x1b[0m")
        } else {
            text.to_owned()
        }
    }
}
