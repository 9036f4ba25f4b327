fn main() {
    let email = Some("ada@example.com");
    let _ = pgdbm::query!("SELECT id FROM {{tables.users}} WHERE email = $email {{if $email}} AND email <> $email {{end}}");
}
