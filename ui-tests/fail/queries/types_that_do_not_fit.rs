#[pgdbm::queries("types_that_do_not_fit")]
mod queries {}

fn main() {}
