//! Whether a program finds all its queries, whatever the compiler and the linker throw away.

use crate::package::Package;
use crate::run::{Outcome, output};

/// Queries in all the places where nobody calls them; each has a number.
const LIBRARY: &str = r#"
#![forbid(unsafe_code)]
#![allow(dead_code)]
use pgdbm::{Query, Row, UnboundQuery, query_scalar, query_unchecked};
pub fn used() {}
pub fn public() -> Query<(), Row> { query_unchecked!("SELECT 1") }
pub fn generic<T>(_: T) -> Query<(), Row> { query_unchecked!("SELECT 2") }
fn private() -> Query<(), Row> { query_unchecked!("SELECT 3") }
pub mod deep { pub const QUERY: crate::UnboundQuery<1, Option<String>> = crate::query_scalar!("SELECT 4 || $1::text"); }
pub trait Trait { fn method(&self) -> Query<(), Row> { query_unchecked!("SELECT 5") } }
#[inline] pub fn inline() -> Query<(), Row> { query_unchecked!("SELECT 6") }
"#;

const PROGRAM: &str = r#"
#![forbid(unsafe_code)]
#![allow(dead_code)]
use pgdbm::{Query, Row, UnboundQuery, query_scalar, query_unchecked};
const CONST: UnboundQuery<1, Option<String>> = query_scalar!("SELECT 7 || $1::text");
static STATIC: UnboundQuery<1, Option<String>> = query_scalar!("SELECT 8 || $1::text");
struct Type;
impl Type { const QUERY: UnboundQuery<1> = query_unchecked!("SELECT 9 + $1"); }
fn unused() -> Query<(), Row> { query_unchecked!("SELECT 10") }
fn generic_unused<T>(_: T) -> Query<(), Row> { query_unchecked!("SELECT 11") }
fn generic_used<T>(_: T) -> Query<(), Row> { query_unchecked!("SELECT 12") }
fn closure() -> impl Fn() -> Query<(), Row> { || query_unchecked!("SELECT 13") }
async fn future() { let _ = async { query_unchecked!("SELECT 14") }.await; }
macro_rules! mine { ($sql:literal) => { query_unchecked!($sql) } }
fn by_macro() -> Query<(), Row> { mine!("SELECT 15") }
fn main() {
    listed::used();
    let _ = (generic_used(1), generic_used("a"));
    for site in pgdbm::call_sites().unwrap() {
        println!("{}", site.sql());
    }
}
"#;

const COUNT: usize = 15;

/// The same program in all ways that throw more away.
const PROFILES: &str = "\
[profile.thin]
inherits = \"release\"
lto = \"thin\"

[profile.fat]
inherits = \"release\"
lto = \"fat\"
codegen-units = 1
panic = \"abort\"
";

pub(crate) fn call_sites(_: &[String]) -> Outcome {
    let package = Package::new("listed", PROFILES)?;
    package.write("src/lib.rs", LIBRARY)?;
    package.write("src/main.rs", PROGRAM)?;
    for profile in ["dev", "release", "thin", "fat"] {
        let mut run = package.cargo(&["run", "--quiet", "--profile", profile]);
        eprintln!("\n── call sites: {profile}");
        let printed = output(&mut run)
            .ok_or("the program does not run: try `cargo run` in target/packages/listed")?;
        let missing: Vec<String> = (1..=COUNT)
            .map(|number| format!("SELECT {number}"))
            .filter(|query| {
                let is_it = |line: &str| {
                    line.split(['|', '+'])
                        .next()
                        .is_some_and(|start| start.trim() == query)
                };
                printed.lines().filter(|line| is_it(line)).count() != 1
            })
            .collect();
        if !missing.is_empty() || printed.lines().count() != COUNT {
            return Err(format!(
                "not all are there once: {}\n{printed}",
                missing.join(", ")
            ));
        }
        eprintln!("   {COUNT} of {COUNT}");
    }
    Ok(())
}
