//! Bound and unbound, with both forms of placeholders.
use pgdbm::{Query, UnboundQuery, query_unchecked};

fn main() {
    let id = 7_i32;
    let unbound_angles: UnboundQuery<1> = query_unchecked!("SELECT * FROM <<tables.users>> WHERE id=$1");
    let unbound_braces: UnboundQuery<1> = query_unchecked!("SELECT * FROM {{tables.users}} WHERE id=$1");
    let bound_angles: Query<(i32,)> = query_unchecked!("SELECT * FROM <<tables.users>> WHERE id=$1", id);
    let bound_braces: Query<(i32,)> = query_unchecked!("SELECT * FROM {{tables.users}} WHERE id=$1", id,);
    assert_eq!(unbound_angles.source(), "SELECT * FROM <<tables.users>> WHERE id=$1");
    assert_eq!(unbound_angles.bind((id,)).source(), bound_angles.source());
    assert_eq!(unbound_braces.bind((id,)).source(), bound_braces.source());
}
