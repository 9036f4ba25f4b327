//! Positional, named and captured arguments.
use pgdbm::{Query, query_unchecked};

struct User {
    id: i32,
    email: String,
}

impl User {
    /// The values stand in the order of the arguments, whatever the order of the parameters.
    fn save(&self) -> Query<(i32, &str)> {
        query_unchecked!("UPDATE {{tables.users}} SET email = $email WHERE id = $id", id = self.id, email = self.email.as_str())
    }
}

fn main() {
    let (id, email) = (7, "a@example.org".to_owned());
    // A captured variable is borrowed, so it can be used again.
    let _: Query<(&i32, &String)> = query_unchecked!("UPDATE {{tables.users}} SET x = $id WHERE email = $email");
    let _: Query<(&i32,)> = query_unchecked!("SELECT $id, $id");
    // The values stand in the order of the call, what is captured behind them.
    let _: Query<(i64, &i32)> = query_unchecked!("SELECT $id, $1", 9_i64);
    let _: Query<(i64, bool, u32, &i32)> = query_unchecked!("SELECT $id, $2, $1, $flag", 9_i64, true, flag = 3_u32);
    let r#type = 1_i16;
    let _: Query<(&i16,)> = query_unchecked!("SELECT $type");
    let _: Query<(i32,)> = query_unchecked!("SELECT $type", r#type = 2);
    let _: Query<(i32,)> = query_unchecked!("SELECT $type", type = 2);
    // An explicit argument is moved into the query, which can then leave the function.
    let kept: Query<(String,)> = query_unchecked!("SELECT $1", email);
    let _ = kept.clone();
    let user = User { id, email: String::new() };
    let _ = user.save();
    // A comparison is a value, not a named argument.
    let _: Query<(bool,)> = query_unchecked!("SELECT $1", id == 7);
    let _: Query<(bool,)> = query_unchecked!("SELECT $same", same = id == 7);
}
