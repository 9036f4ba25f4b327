//! Which changes make cargo compile queries anew: asked of cargo, in a package of its own.

use std::fmt;
use std::time::Instant;

use crate::package::Package;
use crate::run::Outcome;

/// What a `cargo check` does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Check<'t> {
    /// Nothing: all is as it was.
    Fresh,
    /// It compiles the package.
    Compiles,
    /// It compiles the package, and finds this in this target.
    Refuses(&'t str, &'t str),
}

impl fmt::Display for Check<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Check::Fresh => f.write_str("nothing is compiled"),
            Check::Compiles => f.write_str("compiled anew"),
            Check::Refuses(target, message) => write!(f, "{message} in {target})"),
        }
    }
}

/// A table of which each kind of target reads a column of its own, so that a column that goes is met by one of them.
const TARGETS: [(&str, &str, &str); 4] = [
    ("in_lib", "src/lib.rs", "(lib"),
    ("in_bin", "src/main.rs", "(bin \"tracked\""),
    ("in_test", "tests/it.rs", "(test \"it\""),
    ("in_example", "examples/it.rs", "(example \"it\""),
];

const BUILD_SCRIPT: &str = "fn main() { println!(\"cargo:rerun-if-changed=migrations\"); }\n";

pub(crate) fn tracking(_: &[String]) -> Outcome {
    eprintln!("\n── change tracking");
    let started = Instant::now();
    let package = Package::new("tracked", "")?;
    table(&package, "")?;
    for (column, file, _) in TARGETS {
        package.write(file, &source(column, file))?;
    }
    package.write("sql/one.sql", "SELECT in_lib FROM {{tables.t}}\n")?;
    package.write(
        "examples/file.rs",
        "fn main() { let _: pgdbm::Query<(), i32> = pgdbm::query_file_scalar!(\"sql/one.sql\"); }\n",
    )?;
    expect(&package, "the first time", Check::Compiles)?;
    expect(&package, "nothing changed", Check::Fresh)?;

    for (column, _, target) in TARGETS {
        table(&package, column)?;
        let message = format!("no column `{column}`");
        expect(
            &package,
            "a migration was edited",
            Check::Refuses(target, &message),
        )?;
        table(&package, "")?;
        expect(&package, "and mended", Check::Compiles)?;
    }
    expect(&package, "nothing changed", Check::Fresh)?;

    package.write("sql/one.sql", "SELECT nothing FROM {{tables.t}}\n")?;
    let of_file = Check::Refuses("(example \"file\"", "no column `nothing`");
    expect(&package, "the file of a query was edited", of_file)?;
    package.write("sql/one.sql", "SELECT in_lib FROM {{tables.t}}\n")?;
    expect(&package, "and mended", Check::Compiles)?;

    package.write_manifest("[package.metadata.pgdbm]\nmigrations = \"nowhere\"\n")?;
    let elsewhere = Check::Refuses("(lib", "there is no `nowhere` in this package");
    expect(&package, "Cargo.toml names another directory", elsewhere)?;
    package.write_manifest("")?;
    expect(&package, "and no longer", Check::Compiles)?;

    let more = "ALTER TABLE {{tables.t}} ADD more int;\n";
    let drop = "ALTER TABLE {{tables.t}} DROP in_lib;\n";
    let dropped = Check::Refuses("(lib", "no column `in_lib`");
    package.write("migrations/002_new.sql", drop)?;
    expect(
        &package,
        "a new migration, and no build script: as documented",
        Check::Fresh,
    )?;
    let [(column, file, _), ..] = TARGETS;
    package.write(file, &format!("// Changed.\n{}", source(column, file)))?;
    expect(&package, "but for another reason it is seen", dropped)?;
    package.write("migrations/002_new.sql", more)?;
    expect(&package, "and edited", Check::Compiles)?;
    package.remove("migrations/002_new.sql")?;
    expect(&package, "and deleted", Check::Compiles)?;
    package.write("build.rs", BUILD_SCRIPT)?;
    expect(&package, "a build script", Check::Compiles)?;
    expect(&package, "nothing changed", Check::Fresh)?;
    package.write("migrations/002_new.sql", drop)?;
    expect(&package, "a new migration, and a build script", dropped)?;
    package.write("migrations/002_new.sql", more)?;
    expect(&package, "edited", Check::Compiles)?;
    package.remove("migrations/002_new.sql")?;
    expect(&package, "deleted", Check::Compiles)?;
    expect(&package, "nothing changed", Check::Fresh)?;
    eprintln!(
        "── change tracking: {:.1} s",
        started.elapsed().as_secs_f64()
    );
    Ok(())
}

/// A source file of a target, with a query of one column.
fn source(column: &str, file: &str) -> String {
    if file == "src/lib.rs" {
        // What the compiler is told of the files must not go with the first function. All other targets are compiled when the
        // library is, so this is the only place to see it.
        return format!(
            "pgdbm::query_fn! {{\n\
             #[cfg(any())] pub fn away() -> i32 {{ \"SELECT {column} FROM {{{{tables.t}}}}\" }}\n\
             pub fn query() -> i32 {{ \"SELECT {column} FROM {{{{tables.t}}}}\" }}\n}}\n"
        );
    }
    format!(
        "#![allow(dead_code)]\nfn main() {{}}\n\
         pub fn query() -> pgdbm::Query<(), i32> {{ pgdbm::query_scalar!(\"SELECT {column} FROM {{{{tables.t}}}}\") }}\n"
    )
}

/// Writes the migration, without one of the columns.
fn table(package: &Package, without: &str) -> Outcome {
    let columns = TARGETS.iter().filter(|(column, _, _)| *column != without);
    let columns: Vec<String> = columns
        .map(|(column, _, _)| format!("{column} int NOT NULL"))
        .collect();
    let statement = format!("CREATE TABLE {{{{tables.t}}}} ({});\n", columns.join(", "));
    package.write("migrations/001_t.sql", &statement)
}

fn expect(package: &Package, what: &str, expected: Check<'_>) -> Outcome {
    let arguments = ["check", "--all-targets", "--keep-going", "--color=never"];
    let output = package.cargo(&arguments).output();
    let output = output.map_err(|error| format!("cargo: {error}"))?;
    let said = String::from_utf8_lossy(&output.stderr);
    let compiled = ["Checking tracked ", "Compiling tracked "]
        .iter()
        .any(|line| said.contains(line));
    let holds = match expected {
        Check::Fresh => output.status.success() && !compiled,
        Check::Compiles => output.status.success() && compiled,
        Check::Refuses(target, message) => {
            // A library and a program are compiled for their own tests too.
            let mut failed = said
                .lines()
                .filter(|line| line.starts_with("error: could not compile"));
            let only_there = !output.status.success() && failed.all(|line| line.contains(target));
            only_there && said.contains(message)
        }
    };
    if holds {
        eprintln!("   {what}: {expected}");
        return Ok(());
    }
    Err(format!(
        "{what}: {expected} expected, and cargo said\n{said}"
    ))
}
