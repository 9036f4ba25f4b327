//! What was made of files before, for as long as they are what they were.
//!
//! In the compiler one process expands all macros of a crate; rust-analyzer's process lives for days and serves many
//! packages. So what is kept is found by its path, and holds only while the files have the times and lengths they had.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::SystemTime;

/// Values made of files.
pub(crate) struct FileCache<K, V> {
    // One package has one or two: to look through them costs less than to order them, which every query would pay for.
    entries: Mutex<Vec<Entry<K, V>>>,
}

/// More packages than this hardly share a file.
const MOST_OF_ONE_PATH: usize = 8;

struct Entry<K, V> {
    path: PathBuf,
    key: K,
    stamp: Stamp,
    value: Arc<V>,
}

/// What tells that files have changed: which they are, when each was written, and how long each is. Each query asks with the stamp of
/// all migrations, so that a copy is the same stamp, and is seen to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Stamp(Arc<[(PathBuf, Option<SystemTime>, u64)]>);

impl Stamp {
    /// Of these files. One that is not there has a stamp as well, until it is there.
    pub(crate) fn of<'p>(files: impl IntoIterator<Item = &'p Path>) -> Self {
        let stamped = files.into_iter().map(|file| {
            let metadata = std::fs::metadata(file).ok();
            let written = metadata
                .as_ref()
                .and_then(|metadata| metadata.modified().ok());
            let length = metadata.map_or(0, |metadata| metadata.len());
            (file.to_path_buf(), written, length)
        });
        Stamp(stamped.collect())
    }
}

impl<K: Clone + PartialEq, V> FileCache<K, V> {
    pub(crate) const fn new() -> Self {
        FileCache {
            entries: Mutex::new(Vec::new()),
        }
    }

    /// What was made of the path before, or what `make` makes of it now. The key is what else the value depends on, such as the
    /// name in messages. Take the stamp before the files are read: a change in between then shows the next time.
    pub(crate) fn get(
        &self,
        path: &Path,
        key: &K,
        stamp: Stamp,
        make: impl FnOnce() -> V,
    ) -> Arc<V> {
        // Held while `make` runs, so that what many threads ask for is made once. A value is stored whole or not at all,
        // so a panic elsewhere leaves nothing half done.
        let mut entries = self.entries.lock().unwrap_or_else(PoisonError::into_inner);
        let mut same = entries.iter();
        let place = same.position(|entry| entry.key == *key && entry.path == path);
        if let Some(entry) = place.and_then(|place| entries.get(place))
            && entry.stamp == stamp
        {
            return Arc::clone(&entry.value);
        }
        let value = Arc::new(make());
        // The process of an editor lives for days, and each edit of Cargo.toml may be another key.
        let of_path = entries.iter().filter(|entry| entry.path == path);
        let is_full = of_path.count() >= MOST_OF_ONE_PATH;
        let oldest = entries.iter().position(|entry| entry.path == path);
        if let Some(place) = place.or(oldest.filter(|_| is_full)) {
            entries.remove(place);
        }
        entries.push(Entry {
            path: path.to_path_buf(),
            key: key.clone(),
            stamp,
            value: Arc::clone(&value),
        });
        value
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

    use std::fs::{File, FileTimes};
    use std::path::{Path, PathBuf};
    use std::time::{Duration, SystemTime};

    use super::{FileCache, Stamp};

    fn file(name: &str) -> PathBuf {
        std::env::temp_dir().join(format!("pgdbm-{name}-{}", std::process::id()))
    }

    #[test]
    fn a_file_is_looked_at_again_when_its_time_its_length_or_its_presence_changes() {
        let path = file("file-cache");
        let cache = FileCache::new();
        let mut made = 0;
        let mut ask = |expected: u32| {
            let value = cache.get(&path, &"a", Stamp::of([path.as_path()]), || {
                made += 1;
                made
            });
            assert_eq!(*value, expected);
        };
        ask(1);
        std::fs::write(&path, "one").unwrap();
        ask(2);
        ask(2);
        std::fs::write(&path, "three").unwrap();
        ask(3);
        let times = FileTimes::new().set_modified(SystemTime::UNIX_EPOCH + Duration::from_secs(9));
        File::options()
            .write(true)
            .open(&path)
            .unwrap()
            .set_times(times)
            .unwrap();
        ask(4);
        ask(4);
        std::fs::remove_file(&path).unwrap();
        ask(5);
    }

    #[test]
    fn what_nobody_asks_for_any_more_goes() {
        let cache = FileCache::new();
        let path = Path::new("no such file");
        let kept = |key: usize| cache.get(path, &key, Stamp::of([path]), || key);
        let first = std::sync::Arc::downgrade(&kept(0));
        for key in 1..super::MOST_OF_ONE_PATH {
            kept(key);
        }
        assert!(first.upgrade().is_some());
        kept(100);
        assert!(first.upgrade().is_none());
        assert_eq!(*kept(0), 0);
    }

    #[test]
    fn a_path_shown_under_another_name_is_another_value() {
        let cache = FileCache::new();
        let path = Path::new("no such file");
        let name = |shown: &str| {
            cache.get(path, &shown.to_owned(), Stamp::of([path]), || {
                shown.to_owned()
            })
        };
        assert_eq!(*name("a"), "a");
        assert_eq!(*name("b"), "b");
    }
}
