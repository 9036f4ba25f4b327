//! What stands for a type of the database may be wrapped, borrowed, listed.

#[derive(Debug, pgdbm::Type)]
#[pgdbm(name = "order_status", rename_all = "lowercase")]
enum Status {
    Open,
    Paid,
}

#[derive(Debug, pgdbm::Type)]
struct Wrapped(Status);

/// Of something else: the trait of the others is not asked of it.
#[derive(Debug, pgdbm::Type)]
struct Id(i64);

fn main() {
    let _ = pgdbm::query!("SELECT id FROM {{tables.orders}} WHERE status = $1", Status::Open);
    let _ = pgdbm::query!("SELECT id FROM {{tables.orders}} WHERE status = $1", Wrapped(Status::Paid));
    let _ = pgdbm::query!("SELECT id FROM {{tables.orders}} WHERE status = $1", &Wrapped(Status::Paid));
    let _ = pgdbm::query!("SELECT id FROM {{tables.orders}} WHERE status = $1", Some(Status::Open));
    let _ = pgdbm::query!("SELECT id FROM {{tables.orders}} WHERE status = ANY($1)", [Status::Open, Status::Paid].as_slice());
    let _ = pgdbm::query!("SELECT id FROM {{tables.orders}} WHERE status = $1", "open" as _);
    let _ = pgdbm::query!("SELECT id FROM {{tables.orders}} WHERE id = $1", Id(7));
}
