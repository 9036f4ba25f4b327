use std::collections::VecDeque;

#[derive(Debug, pgdbm::Type)]
#[pgdbm(name = "status", rename_all = "lowercase")]
enum Status {
    Open,
    Paid,
    Sent,
}

struct Nothing;

fn main() {
    let user = 7_i64;
    let _ = pgdbm::query!("INSERT INTO {{tables.orders}} (user_id, cents, status) VALUES ($user, 1, $1)", None::<Status>);
    let _ = pgdbm::query!("SELECT id FROM {{tables.orders}} WHERE status = $1", Nothing);
    let _ = pgdbm::query!("SELECT id FROM {{tables.orders}} WHERE status = ANY($1)", VecDeque::from([Status::Open]));
    let _ = pgdbm::query!("INSERT INTO {{tables.orders}} (user_id, cents, status) VALUES ($user, 1, $1)", Nothing);
    let _ = pgdbm::query!("INSERT INTO {{tables.orders}} (user_id, cents, status) VALUES ($user, 1, $1)", Status::Paid);
}
