fn main() {
    let email = "a@example.com";
    let _ = pgdbm::query!("SELECT id FROM {{tables.users}} WHERE true {{if $email}} AND email = $email {{end}}");
}
