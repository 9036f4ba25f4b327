fn main() {
    // A literal made by another macro was written nowhere: the place within the SQL is shown.
    let _ = pgdbm::query!(concat!("SELECT 1, ", 2, " FROM {{tabels.users}}", '\u{7f}'));
}
