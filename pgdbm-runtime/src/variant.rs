//! A call site with the optional parts that its arguments call for.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use pgdbm_template::{OptionalParts, Segment, Template};

use crate::compiled::Compiled;
use crate::query::{Facts, QuerySite};

/// So many variants of a call site are kept; with one more all are made anew.
const KEPT: usize = 64;

/// The SQL of a call site with some of its parts. What is not there is blank, so that each byte stands where it was written.
pub(crate) struct Variant {
    /// The text that is rendered.
    pub(crate) source: String,
    pub(crate) facts: Facts,
    /// Which of the call's arguments its parameters are, `$1` first.
    arguments: Vec<usize>,
}

/// The variants that a call site was asked for.
#[derive(Debug, Default)]
pub(crate) struct Variants(Mutex<Vec<(u32, Arc<Variant>)>>);

impl Variants {
    pub(crate) const fn new() -> Self {
        Variants(Mutex::new(Vec::new()))
    }

    /// The variant with these toggles.
    pub(crate) fn get(&self, site: &'static QuerySite, given: u32) -> Arc<Variant> {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, variant)) = kept.iter().find(|(known, _)| *known == given) {
            return Arc::clone(variant);
        }
        let variant = Arc::new(Variant::new(site, given));
        if kept.len() >= KEPT {
            kept.clear();
        }
        kept.push((given, Arc::clone(&variant)));
        variant
    }
}

impl Variant {
    /// The call site without the parts that hang on other toggles.
    pub(crate) fn new(site: &'static QuerySite, given: u32) -> Self {
        let compiled = site.compiled();
        let Some(parts) = OptionalParts::parse(site.source) else {
            return Variant::of_source(site.source.to_owned(), compiled, Vec::new());
        };
        let skeleton = parts.skeleton();
        let all = Template::parse(&skeleton);
        let all = all.parameters().names().iter();
        let all: Vec<_> = all.map(|parameter| parameter.name.as_str()).collect();
        let source = parts.variant(given);
        let template = Template::parse(&source);
        let names = template.parameters().names().iter();
        let arguments: Vec<usize> = names
            .filter_map(|named| all.iter().position(|name| *name == named.name))
            .collect();
        let compiled = compiled.map(|compiled| compiled.only(&arguments));
        Variant::of_source(source, compiled, arguments)
    }

    fn of_source(source: String, compiled: Option<Compiled>, arguments: Vec<usize>) -> Self {
        let template = Template::parse(&source);
        let facts = Facts {
            segments: template
                .segments()
                .iter()
                .cloned()
                .map(Segment::into_owned)
                .collect(),
            compiled,
            ..Facts::of_effects(template.effects())
        };
        Variant {
            source,
            facts,
            arguments,
        }
    }

    /// The same statement with another text behind what was there: of its columns nothing is known then.
    pub(crate) fn with_source(&self, source: String) -> Self {
        Variant::of_source(source, None, self.arguments.clone())
    }

    /// The arguments that this variant has parameters for, in their order.
    pub(crate) fn select<T: Copy>(&self, all: &[T]) -> Vec<T> {
        let chosen = self.arguments.iter();
        chosen
            .filter_map(|index| all.get(*index).copied())
            .collect()
    }
}

impl fmt::Debug for Variant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Variant")
            .field("source", &self.source)
            .finish_non_exhaustive()
    }
}

/// A variable that parts hang on: an `Option`.
#[diagnostic::on_unimplemented(
    message = "a part of the query is left out where this has no value, and `{Self}` always has one",
    label = "expected an `Option`, found `{Self}`",
    note = "make the variable an `Option`; or let the part hang on a name that is no parameter, which is `true` or `false`"
)]
#[doc(hidden)]
// The value's type is a parameter and not a part of the trait: so what is no `Option` is one error.
pub trait Toggling<T> {
    fn borrowed(&self) -> Option<&T>;
}

#[diagnostic::do_not_recommend]
impl<T> Toggling<T> for Option<T> {
    fn borrowed(&self) -> Option<&T> {
        self.as_ref()
    }
}

#[diagnostic::do_not_recommend]
impl<T, O: Toggling<T> + ?Sized> Toggling<T> for &O {
    fn borrowed(&self) -> Option<&T> {
        (**self).borrowed()
    }
}

#[diagnostic::do_not_recommend]
impl<T, O: Toggling<T> + ?Sized> Toggling<T> for &mut O {
    fn borrowed(&self) -> Option<&T> {
        (**self).borrowed()
    }
}

#[diagnostic::do_not_recommend]
impl<T, O: Toggling<T> + ?Sized> Toggling<T> for Box<O> {
    fn borrowed(&self) -> Option<&T> {
        (**self).borrowed()
    }
}

/// Called by generated code: a captured variable that parts hang on.
#[doc(hidden)]
pub fn borrowed<T, O: Toggling<T>>(value: &O) -> Option<&T> {
    value.borrowed()
}

/// What parts of a query hang on without being a parameter.
#[diagnostic::on_unimplemented(
    message = "an optional part hangs on this value, which is no parameter of the SQL, and `{Self}` is neither true nor false",
    label = "expected `bool`, found `{Self}`",
    note = "give it as `true` or `false`; or use it in the part, `… = $name`, and give an `Option`"
)]
#[doc(hidden)]
pub trait Flag {
    fn is_set(&self) -> bool;
}

#[diagnostic::do_not_recommend]
impl Flag for bool {
    fn is_set(&self) -> bool {
        *self
    }
}

/// Called by generated code: what parts hang on that is no parameter.
#[doc(hidden)]
pub fn flag<T: Flag>(value: &T) -> bool {
    value.is_set()
}

/// Called by generated code: which toggles are given, the first as bit 0.
#[doc(hidden)]
#[must_use]
pub fn given(toggles: &[bool]) -> u32 {
    let bits = toggles.iter().enumerate();
    bits.fold(0, |all, (index, given)| all | u32::from(*given) << index)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::given;
    use crate::query::QuerySite;

    static SITE: QuerySite = QuerySite::new(
        "SELECT 1 WHERE true {{if $a}} AND $a {{end}} AND $b {{if $c and $newest}} AND $c {{end}}",
        "1\u{0}$16\u{0}$20\u{0}$25",
    );

    #[test]
    fn a_variant_has_the_parameters_that_are_there() {
        for (given, sql, chosen) in [
            (0b000, "SELECT 1 WHERE true AND $b", vec!["b"]),
            (0b001, "SELECT 1 WHERE true AND $a AND $b", vec!["a", "b"]),
            (0b010, "SELECT 1 WHERE true AND $b", vec!["b"]),
            (0b110, "SELECT 1 WHERE true AND $b AND $c", vec!["b", "c"]),
        ] {
            let variant = SITE.variant(given);
            let words: Vec<_> = variant.source.split_whitespace().collect();
            assert_eq!(words.join(" "), sql);
            assert_eq!(variant.select(&["a", "b", "c"]), chosen);
            let compiled = format!("{:?}", variant.facts.compiled);
            let types = [
                ("a", "Builtin(16)"),
                ("b", "Builtin(20)"),
                ("c", "Builtin(25)"),
            ];
            for (name, ty) in types {
                assert_eq!(compiled.contains(ty), chosen.contains(&name), "{compiled}");
            }
        }
    }

    #[test]
    fn a_variant_is_made_once_and_not_kept_without_end() {
        assert!(Arc::ptr_eq(&SITE.variant(7), &SITE.variant(7)));
        for given in 0..200 {
            SITE.variant(given);
        }
        assert!(format!("{SITE:?}").matches("Variant {").count() <= super::KEPT);
    }

    #[test]
    fn toggles_are_bits() {
        assert_eq!(given(&[]), 0);
        assert_eq!(given(&[true, false, true]), 0b101);
    }
}
