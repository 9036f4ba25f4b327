fn main() {
    let email = Some("ada@example.com");
    let _ = pgdbm::query!("SELECT id FROM {{tables.users}} WHERE id = $1 {{if $email}} AND email = $email {{end}}", 1);
}
