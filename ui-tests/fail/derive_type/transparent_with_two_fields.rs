use std::marker::PhantomData;

#[derive(Debug, pgdbm::Type)]
#[pgdbm(transparent)]
struct Money<C>(i64, String, PhantomData<C>);

fn main() {}
