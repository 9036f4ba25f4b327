fn main() {
    let email = Some("ada@example.com");
    let _ = pgdbm::query!("SELECT id FROM {{tables.users}} {{if $email}} WHERE email = $email {{end}} AND id > 7");
}
