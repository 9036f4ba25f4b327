use pgdbm::FromRow;

#[derive(FromRow)]
struct User<'a> {
    name: &'a str,
    key: &'a [u8],
}

fn main() {}
