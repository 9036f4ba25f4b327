fn main() {
    let _ = pgdbm::query!("SELECT id FROM {{tables.users}} WHERE true {{if $email}} AND email = $email {{end}}", email = Some(7));
}
