fn main() {
    let newest = Some(1);
    let _ = pgdbm::query!("SELECT id FROM {{tables.users}} {{if $newest}} ORDER BY id DESC {{end}}");
}
