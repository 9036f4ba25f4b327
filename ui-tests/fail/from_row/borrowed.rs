use pgdbm::FromRow;

#[derive(FromRow)]
struct User<'a> {
    name: &'a str,
    key: Option<&'a [u8]>,
}

fn main() {}
