fn main() {
    let email = Some("ada@example.com");
    let _ = pgdbm::query!("SELECT id FROM {{tables.users}} WHERE true {{if $email}} AND emial = $email {{end}}");
}
