#[derive(pgdbm::Type)]
union Either {
    small: i32,
    large: i64,
}

fn main() {}
