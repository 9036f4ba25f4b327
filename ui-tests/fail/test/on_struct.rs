#[pgdbm::test]
struct Users {
    id: i32,
}

fn main() {}
