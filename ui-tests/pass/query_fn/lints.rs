//! A parameter's name is that of a type in what a query expands to: no lint has a word to say about it.
#![deny(warnings, nonstandard_style, unused, clippy::all, clippy::pedantic)]

fn main() {
    let (email, id) = ("a@example.com", 7_i64);
    let _ = pgdbm::query!("SELECT id FROM {{tables.users}} WHERE email = $email AND id > $id");
    let _ = pgdbm::query!(
        "SELECT id FROM {{tables.users}} WHERE email = $someBody AND id IN ($user_id)",
        someBody = email,
        user_id = id,
    );
    let maybe = Some(email);
    let _ = pgdbm::query!("SELECT id FROM {{tables.users}} WHERE true {{if $maybe}} AND email = $maybe {{end}}");
}
