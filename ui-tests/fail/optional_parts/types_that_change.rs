fn main() {
    let (strict, key) = (true, 1_i64);
    let _ = pgdbm::query!("SELECT id FROM {{tables.users}} WHERE true {{if $strict}} AND id = $key {{end}} AND email = $key::text || $key");
}
