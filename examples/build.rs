//! The build script of a package with migrations: put it beside Cargo.toml, as `build.rs`.
//!
//! The compiler sees when a file changes that a macro has read. That there is a new one only cargo can see.

fn main() {
    println!("cargo:rerun-if-changed=migrations");
    // For `#[pgdbm::queries]`, its directory too: println!("cargo:rerun-if-changed=queries");
}
