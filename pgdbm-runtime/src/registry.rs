//! Every call site of the program, without anybody listing them; and every type that a module of migrations makes, which is written as a
//! query for a value of it.
//!
//! The `static` of each call site lies in one section of the program, which the linker puts together and whose ends have
//! names. So a call site costs the compiler one attribute, where functions that run before `main` and lists made by generic
//! code cost it several times as much, a thousand times in a program.
//!
//! The linker's part is checked when the list is asked for: [`sites`] looks for one that nothing refers to, and says
//! so where it is missing. It never gives a list that lacks some.

// A section and the names of its ends are the linker's, where the compiler checks nothing: it calls that unsafe. The proofs
// stand at the places.
#![allow(unsafe_code, reason = "the list is made by the linker")]

use crate::query::QuerySite;

/// The `static` of a call site, as a reference to it. Called by generated code.
///
/// On each kind of program its section has another name, and where nobody knows one it lies by itself.
#[cfg(any(
    target_os = "linux",
    target_os = "android",
    target_os = "freebsd",
    target_os = "netbsd",
    target_os = "openbsd",
    target_os = "dragonfly"
))]
#[doc(hidden)]
#[macro_export]
macro_rules! __site {
    ($source:literal $described:literal $($place:tt)*) => {{
        #[used]
        #[unsafe(link_section = "pgdbm_queries")]
        static __PGDBM_QUERY: $crate::__private::QuerySite =
            $crate::__private::QuerySite::new($source, $described) $($place)*;
        &__PGDBM_QUERY
    }};
}

/// The same for Mach-O.
#[cfg(target_vendor = "apple")]
#[doc(hidden)]
#[macro_export]
macro_rules! __site {
    ($source:literal $described:literal $($place:tt)*) => {{
        #[used]
        #[unsafe(link_section = "__DATA,pgdbm_queries,regular,no_dead_strip")]
        static __PGDBM_QUERY: $crate::__private::QuerySite =
            $crate::__private::QuerySite::new($source, $described) $($place)*;
        &__PGDBM_QUERY
    }};
}

/// The same for Windows, whose linker sorts by what stands behind the `$` and then leaves it out.
#[cfg(windows)]
#[doc(hidden)]
#[macro_export]
macro_rules! __site {
    ($source:literal $described:literal $($place:tt)*) => {{
        #[used]
        #[unsafe(link_section = ".pgdbm$b")]
        static __PGDBM_QUERY: $crate::__private::QuerySite =
            $crate::__private::QuerySite::new($source, $described) $($place)*;
        &__PGDBM_QUERY
    }};
}

/// The same where no such list is made.
#[cfg(not(any(
    target_os = "linux",
    target_os = "android",
    target_os = "freebsd",
    target_os = "netbsd",
    target_os = "openbsd",
    target_os = "dragonfly",
    target_vendor = "apple",
    windows
)))]
#[doc(hidden)]
#[macro_export]
macro_rules! __site {
    ($source:literal $described:literal $($place:tt)*) => {{
        static __PGDBM_QUERY: $crate::__private::QuerySite =
            $crate::__private::QuerySite::new($source, $described) $($place)*;
        &__PGDBM_QUERY
    }};
}

/// What every call site begins with, of whatever version of this crate: a program may hold several, and all their call sites lie
/// in the same section.
#[repr(C)]
#[derive(Debug)]
pub(crate) struct Head {
    /// How many bytes the whole site takes.
    size: usize,
    /// The crate that the site belongs to, told by the address.
    owner: &'static Owner,
}

#[derive(Debug)]
struct Owner(#[allow(dead_code, reason = "what has no size has no address of its own")] u8);

static OWNER: Owner = Owner(0);

impl Head {
    pub(crate) const fn new() -> Self {
        Head {
            size: size_of::<QuerySite>(),
            owner: &OWNER,
        }
    }
}

/// Why there is no list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum NoList {
    /// Nobody knows how to make one for this kind of program.
    #[allow(dead_code, reason = "most platforms have one")]
    Platform,
    /// The linker threw away what nothing refers to.
    Linker,
}

/// All call sites of the program, and the types that its modules of migrations make, in the order of the linker.
///
/// # Errors
/// Where the list cannot be had, or lacks some.
pub(crate) fn sites() -> Result<Vec<&'static QuerySite>, NoList> {
    let mut found = section::all()?;
    let all = found.len();
    found.retain(|site| site.source != probe::SOURCE);
    // Nothing refers to the probe: what throws unused call sites away throws it away.
    if found.len() == all {
        return Err(NoList::Linker);
    }
    Ok(found)
}

/// A call site that nothing refers to. In a module of its own, so that it is compiled into a piece of its own.
mod probe {
    pub(super) const SOURCE: &str = "-- a call site that nothing refers to";

    #[allow(dead_code, reason = "that is its use")]
    fn never_called() {
        let _ = __site!("-- a call site that nothing refers to" "");
    }
}

/// The sites that lie between two addresses.
///
/// # Safety
/// From `start` to `stop` lie `static`s that begin with a [`Head`], each as long as that says, and between them at most zeroes; all
/// at multiples of the alignment of [`QuerySite`].
#[allow(dead_code, reason = "not every platform has a list")]
unsafe fn between(start: *const usize, stop: *const usize) -> Vec<&'static QuerySite> {
    let mut found = Vec::new();
    let mut at = start;
    while at.addr() < stop.addr() {
        // SAFETY: a head begins with its size, and what is none is zero.
        let size = unsafe { at.read() };
        if size == 0 {
            at = at.wrapping_add(1);
            continue;
        }
        // SAFETY: what is not zero is the beginning of a head.
        let head = unsafe { &*at.cast::<Head>() };
        if std::ptr::eq(head.owner, &raw const OWNER) {
            // SAFETY: this crate's `Head::new` alone writes this owner, and `QuerySite::at` alone calls that, for the head of a
            // `QuerySite`. It is a `static`: valid for good, and shared as any other.
            found.push(unsafe { &*at.cast::<QuerySite>() });
        }
        at = at.wrapping_byte_add(size);
    }
    found
}

/// ELF and Mach-O, whose linkers name the ends of a section.
#[cfg(any(
    target_os = "linux",
    target_os = "android",
    target_os = "freebsd",
    target_os = "netbsd",
    target_os = "openbsd",
    target_os = "dragonfly",
    target_vendor = "apple"
))]
mod section {
    use super::{NoList, QuerySite, between};

    // SAFETY: the linker makes both where the section exists, which it does: the probe is in it. Nothing is read through them but by
    // `between`.
    unsafe extern "C" {
        #[cfg_attr(not(target_vendor = "apple"), link_name = "__start_pgdbm_queries")]
        #[cfg_attr(
            target_vendor = "apple",
            link_name = "\u{1}section$start$__DATA$pgdbm_queries"
        )]
        static START: usize;
        #[cfg_attr(not(target_vendor = "apple"), link_name = "__stop_pgdbm_queries")]
        #[cfg_attr(
            target_vendor = "apple",
            link_name = "\u{1}section$end$__DATA$pgdbm_queries"
        )]
        static STOP: usize;
    }

    pub(super) fn all() -> Result<Vec<&'static QuerySite>, NoList> {
        // SAFETY: only `__site!` puts anything into the section, and that is a `QuerySite`, of this or another version of this crate.
        // Their sizes are multiples of their alignment, that of a pointer, which `tests` hold; so they lie side by side.
        Ok(unsafe { between(&raw const START, &raw const STOP) })
    }
}

/// COFF, whose linker sorts the pieces of a section by what stands behind the `$`.
#[cfg(windows)]
mod section {
    use std::sync::atomic::AtomicUsize;

    use super::{NoList, QuerySite, between};

    // Values that could change, as call sites are, so that all get into the same kind of memory.
    #[used]
    #[unsafe(link_section = ".pgdbm$a")]
    static START: AtomicUsize = AtomicUsize::new(0);
    #[used]
    #[unsafe(link_section = ".pgdbm$c")]
    static STOP: AtomicUsize = AtomicUsize::new(0);

    pub(super) fn all() -> Result<Vec<&'static QuerySite>, NoList> {
        // SAFETY: only `__site!` puts anything between the two, and that is a `QuerySite`, of this or another version of this crate.
        // The linker aligns each and fills up with zeroes.
        Ok(unsafe { between(START.as_ptr(), STOP.as_ptr()) })
    }
}

/// Other programs have no such list.
#[cfg(not(any(
    target_os = "linux",
    target_os = "android",
    target_os = "freebsd",
    target_os = "netbsd",
    target_os = "openbsd",
    target_os = "dragonfly",
    target_vendor = "apple",
    windows
)))]
mod section {
    use super::{NoList, QuerySite};

    pub(super) fn all() -> Result<Vec<&'static QuerySite>, NoList> {
        Err(NoList::Platform)
    }
}

#[cfg(test)]
mod tests {
    use super::{QuerySite, sites};

    #[test]
    fn a_call_site_lies_as_the_list_needs_it() {
        assert_eq!(align_of::<QuerySite>(), align_of::<usize>());
        assert_eq!(size_of::<QuerySite>() % align_of::<usize>(), 0);
        assert_eq!(std::mem::offset_of!(QuerySite, head), 0);
    }

    #[test]
    fn sites_that_nothing_calls_are_in_the_list_and_others_are_not() {
        #[allow(dead_code, reason = "that is the question")]
        fn never_called() -> &'static QuerySite {
            __site!("SELECT 'never called'" "")
        }
        // Not made by a macro.
        static BY_HAND: QuerySite = QuerySite::new("SELECT 'by hand'", "");
        assert!(BY_HAND.source.ends_with("'by hand'"));
        let mut sources: Vec<&str> = Vec::new();
        for site in sites().unwrap_or_default() {
            sources.push(site.source);
        }
        assert_eq!(sources, ["SELECT 'never called'"]);
    }
}
