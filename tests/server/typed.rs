//! Types of one's own: derives, overrides and their like, with the migrations of `typed/sql`.

mod as_from_row;
mod derived;
mod overrides;
