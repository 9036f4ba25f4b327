fn main() {
    let _ = pgdbm::query!("SELECT 1 /* outer /* inner */ FROM x");
}
