//! Types of one's own: derives, overrides and their like, with the migrations of `typed/sql`.

mod derived;
mod overrides;
