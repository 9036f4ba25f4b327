// This file has Windows line ends: the compiler reads them as \n, and so must the place.
fn main() {
    let _ = pgdbm::query!(
        "SELECT id
           FROM {{tabels.users}}"
    );
}
