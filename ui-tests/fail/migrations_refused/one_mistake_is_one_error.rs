fn main() {
    let email = "a@example.com";
    let _ = pgdbm::query!("SELECT id FROM {{tables.users}} WHERE email = $email");
    let _ = pgdbm::query!("SELECT email FROM {{tables.users}} WHERE id = $1", 7);
    let _ = pgdbm::query_scalar!("SELECT count(*) FROM {{tables.users}}");
    // What the mistake would have made is not there.
    let _ = pgdbm::query!("SELECT age FROM {{tables.users}}");
    let _ = pgdbm::query!("UPDATE {{tables.users}} SET emial = ''");
}
