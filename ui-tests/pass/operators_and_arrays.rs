//! What reads like a placeholder and is none.
use pgdbm::{Query, query, query_scalar};

fn main() {
    let shifted: Query<(), i32> = query_scalar!("SELECT 1<<2");
    let contained: Query<(), bool> = query_scalar!("SELECT inet '10.0.0.1' << inet '10.0.0.0/8'");
    let array: Query<()> = query!("SELECT '{{1,2},{3,4}}'::int[]");
    let both: Query<()> = query!("SELECT a << b >> c FROM <<tables.users>>, '{{tables.users}}'::regclass");
    let columns: Query<()> = query!("SELECT 1<<schema_version FROM {{ tables.users }}");
    let dollar: Query<()> = query!("SELECT $tag$ $1 and $name $tag$, '$2', \"$3\" -- $4");
    for source in [shifted.source(), contained.source(), array.source(), both.source(), columns.source(), dollar.source()]
    {
        assert!(source.starts_with("SELECT"));
    }
}
