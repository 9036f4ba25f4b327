//! Maps and sets of the names and numbers of a catalog.
//!
//! A query looks up forty of them, in builds without optimization, in which the standard library's hash, made to withstand chosen keys,
//! is a large part of the work. Whoever chooses the names here only slows down the compiler of their own program.

use rustc_hash::FxBuildHasher;
pub(crate) use rustc_hash::{FxHashMap as HashMap, FxHashSet as HashSet};

/// A map with room for so many.
pub(crate) fn map_of<K, V>(capacity: usize) -> HashMap<K, V> {
    HashMap::with_capacity_and_hasher(capacity, FxBuildHasher)
}
