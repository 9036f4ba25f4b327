#[derive(Debug)]
struct Coordinates;

#[derive(Debug, pgdbm::Type)]
struct Address {
    street: String,
    place: Coordinates,
}

fn main() {}
