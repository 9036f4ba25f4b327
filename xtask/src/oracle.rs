//! The comparison of our lexer with PostgreSQL's own scanner. It stands in the fuzzing workspace, because building that
//! scanner takes a C compiler and libclang.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::run::{Outcome, cargo, output, root, run};

pub(crate) fn oracle() -> Outcome {
    if !libclang_is_there() {
        eprintln!("\n── scanner oracle: skipped, libclang is not installed (Debian: libclang-dev)");
        return Ok(());
    }
    let mut command = cargo(&[
        "test",
        "--locked",
        "--package",
        "pgdbm-oracle",
        "--manifest-path",
    ]);
    command.arg(root().join("fuzz/Cargo.toml"));
    // libclang without clang has no headers of its own; the C compiler's will do.
    if let Some(headers) = output(Command::new("gcc").arg("-print-file-name=include"))
        && std::env::var_os("BINDGEN_EXTRA_CLANG_ARGS").is_none()
    {
        command.env("BINDGEN_EXTRA_CLANG_ARGS", format!("-I{}", headers.trim()));
    }
    run("scanner oracle", &mut command)
}

/// Looks where package managers put it; `LIBCLANG_PATH` says that it is somewhere else.
fn libclang_is_there() -> bool {
    const PLACES: &[&str] = &[
        "/usr/lib",
        "/usr/lib64",
        "/usr/lib/x86_64-linux-gnu",
        "/usr/lib/aarch64-linux-gnu",
        "/usr/local/lib",
        "/opt/homebrew/opt/llvm/lib",
        "/Library/Developer/CommandLineTools/usr/lib",
    ];
    let debian = names(Path::new("/usr/lib"))
        .filter(|name| name.starts_with("llvm-"))
        .map(|name| Path::new("/usr/lib").join(name).join("lib"));
    let mut places = PLACES.iter().map(PathBuf::from).chain(debian);
    // Not libclang-cpp, which is another library.
    let is_libclang = |name: String| {
        name.starts_with("libclang.") || name.starts_with("libclang-") && !name.contains("cpp")
    };
    std::env::var_os("LIBCLANG_PATH").is_some()
        || places.any(|directory| names(&directory).any(is_libclang))
}

/// The names in a directory; none when it cannot be read.
fn names(directory: &Path) -> impl Iterator<Item = String> {
    let entries = std::fs::read_dir(directory).into_iter().flatten().flatten();
    entries.map(|entry| entry.file_name().to_string_lossy().into_owned())
}
