//! What reads like a placeholder and is none.
use pgdbm::{Query, query_unchecked, query_scalar_unchecked};

fn main() {
    let shifted: Query<(), i32> = query_scalar_unchecked!("SELECT 1<<2");
    let contained: Query<(), bool> = query_scalar_unchecked!("SELECT inet '10.0.0.1' << inet '10.0.0.0/8'");
    let array: Query<()> = query_unchecked!("SELECT '{{1,2},{3,4}}'::int[]");
    let both: Query<()> = query_unchecked!("SELECT a << b >> c FROM <<tables.users>>, '{{tables.users}}'::regclass");
    let columns: Query<()> = query_unchecked!("SELECT 1<<schema_version FROM {{ tables.users }}");
    let dollar: Query<()> = query_unchecked!("SELECT $tag$ $1 and $name $tag$, '$2', \"$3\" -- $4");
    for source in [shifted.source(), contained.source(), array.source(), both.source(), columns.source(), dollar.source()]
    {
        assert!(source.starts_with("SELECT"));
    }
}
