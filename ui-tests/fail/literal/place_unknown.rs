fn main() {
    // A character within `concat!` has no place of its own to point into: the place within the SQL is shown.
    let _ = pgdbm::query!(concat!("SELECT 1, ", 2, '\u{7f}'));
}
