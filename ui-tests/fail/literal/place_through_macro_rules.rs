macro_rules! count_of {
    ($sql:literal) => {
        let _ = pgdbm::query_scalar!($sql);
    };
}

fn main() {
    count_of!("SELECT count(*) FROM {{tabels.users}}");
}
