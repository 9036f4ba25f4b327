#[derive(Debug, pgdbm::Type)]
#[repr(u8)]
enum Level {
    Bronze = 1,
}

fn main() {
    let _ = Level::Bronze;
}
