use std::io::Read;
fn main() {
    for path in std::env::args().skip(1) {
        let mut sql = String::new();
        std::fs::File::open(&path).unwrap().read_to_string(&mut sql).unwrap_or(0);
        let t = std::time::Instant::now();
        let (statements, errors) = pgdbm_check::probe_parse(&sql);
        let opaque = statements.iter().filter(|s| s.starts_with("OPAQUE")).count();
        if !errors.is_empty() || opaque > 0 { println!("{path}: {} statements, {} opaque, {:?}", statements.len(), opaque, t.elapsed());
        for s in statements.iter().filter(|s| s.starts_with("OPAQUE")) { println!("   {s}"); }
        for e in &errors { println!("   {e}"); } }
    }
}
