fn main() {
    let with_email = true;
    let _ = pgdbm::query!("SELECT id {{if $with_email}}, email {{end}} FROM {{tables.users}}");
}
