//! What must hold besides the tests.

use std::process::Command;

use crate::run::{Outcome, cargo, exists, output, root, run};

/// Crates that must not be reachable from others: who, and whom.
const FORBIDDEN: &[(&str, &str, &str)] = &[
    (
        "pgdbm-macros",
        "tokio",
        "the macros run inside the compiler: no runtime there",
    ),
    (
        "pgdbm-macros",
        "pgdbm-runtime",
        "the macros know nothing of the runtime",
    ),
    ("pgdbm-template", "tokio", "the template crate is pure"),
    ("pgdbm-template", "syn", "the template crate is pure"),
    ("pgdbm-runtime", "syn", "the runtime never parses Rust"),
    (
        "pgdbm-check",
        "tokio",
        "the checker is pure: texts in, answers out",
    ),
    ("pgdbm-check", "syn", "the checker knows nothing of Rust"),
    (
        "pgdbm-runtime",
        "pgdbm-check",
        "what runs is never checked again at run time",
    ),
    (
        "pgdbm-cli",
        "pgdbm-macros",
        "the command has no query of its own",
    ),
    (
        "pgdbm-runtime",
        "pgdbm-macros",
        "the runtime knows nothing of the macros",
    ),
];

pub(crate) fn check(_: &[String]) -> Outcome {
    run("formatting", &mut cargo(&["fmt", "--all", "--check"]))?;
    // The workspaces beside this one.
    for manifest in ["bench/Cargo.toml", "fuzz/Cargo.toml"] {
        let format = ["fmt", "--check", "--manifest-path", manifest];
        run(&format!("formatting of {manifest}"), &mut cargo(&format))?;
    }
    run(
        "lints",
        &mut cargo(&[
            "clippy",
            "--workspace",
            "--all-targets",
            "--all-features",
            "--locked",
            "--",
            "-D",
            "warnings",
        ]),
    )?;
    run(
        "documentation",
        cargo(&[
            "doc",
            "--workspace",
            "--no-deps",
            "--all-features",
            "--locked",
        ])
        .env("RUSTDOCFLAGS", "-D warnings"),
    )?;
    directions()?;
    packages()?;
    if exists("cargo-deny") {
        run(
            "licences and sources",
            &mut cargo(&["deny", "check", "bans", "licenses", "sources"]),
        )?;
    } else {
        eprintln!("\n── licences: skipped, cargo-deny is not installed");
    }
    Ok(())
}

/// Packages every crate, and builds each as its users will get it.
fn packages() -> Outcome {
    // Cargo unpacks the packages that depend on each other from a registry in the target directory, and never looks again
    // at what it has once unpacked from that place. So each time it is another place.
    let directory = root()
        .join("target")
        .join(format!("package-{}", std::process::id()));
    let mut command = cargo(&[
        "package",
        "--workspace",
        "--locked",
        "--allow-dirty",
        "--quiet",
        "--target-dir",
    ]);
    let outcome = run("packages", command.arg(&directory));
    // What is left behind costs room, and nothing else.
    let _ = std::fs::remove_dir_all(directory);
    outcome
}

/// Dependencies go one way; an edge that must not be there is found here.
fn directions() -> Outcome {
    eprintln!("\n── dependency directions");
    for (from, to, why) in FORBIDDEN {
        if reaches(from, to)? {
            return Err(format!("{from} reaches {to}, and must not: {why}"));
        }
        eprintln!("   {from} does not reach {to}");
    }
    Ok(())
}

/// Whether a crate has another among its normal dependencies, at any depth.
fn reaches(from: &str, to: &str) -> Result<bool, String> {
    let mut tree: Command = cargo(&[
        "tree",
        "--locked",
        "-p",
        from,
        "-e",
        "no-dev,no-build,no-proc-macro",
        "--prefix",
        "none",
        "--format",
        "{p}",
    ]);
    let tree = output(&mut tree).ok_or_else(|| format!("`cargo tree -p {from}` failed"))?;
    Ok(tree
        .lines()
        .skip(1)
        .any(|line| line.split(' ').next() == Some(to)))
}
