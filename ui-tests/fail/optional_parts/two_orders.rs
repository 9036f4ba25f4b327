fn main() {
    let (newest, by_email) = (true, false);
    let _ = pgdbm::query!("SELECT id FROM {{tables.users}} {{if $newest}} ORDER BY id DESC {{end}} {{if $by_email}} ORDER BY email {{end}}");
}
