//! Numbers that no other process has.

use std::collections::hash_map::RandomState;
use std::hash::{BuildHasher as _, Hasher as _};
use std::time::Duration;

/// 64 random bits: the standard library seeds each hasher of this kind anew, from the system.
pub(crate) fn bits() -> u64 {
    RandomState::new().build_hasher().finish()
}

/// Twelve letters and digits for a name.
pub(crate) fn name() -> String {
    const DIGITS: &[u8; 36] = b"0123456789abcdefghijklmnopqrstuvwxyz";
    let mut rest = bits();
    let mut name = String::with_capacity(12);
    for _ in 0..12 {
        let digit = usize::try_from(rest % 36).unwrap_or_default();
        name.push(char::from(DIGITS[digit]));
        rest /= 36;
    }
    name
}

/// A positive number for an advisory lock's second key.
pub(crate) fn key() -> i32 {
    i32::try_from(bits() >> 33).unwrap_or(1).max(1)
}

/// Somewhere between half the time and all of it, so that those who wait do not come back all at once.
pub(crate) fn spread(pause: Duration) -> Duration {
    let share = u32::try_from(bits() % 512).unwrap_or_default();
    pause / 2 + pause * share / 1024
}
