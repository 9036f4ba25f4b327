//! Polymorphic types: which types `anyelement` and its like stand for. After `enforce_generic_type_consistency`.

use super::coerce::all_become;
use super::coerce::common_type;
use super::coerce::is_array_or_domain_over;
use crate::catalog::{Catalog, Type, TypeId, TypeKind, format_type, oid};

/// What the polymorphic parameters of one call stand for.
#[derive(Debug, Default)]
pub(super) struct Generic {
    element: Option<TypeId>,
    array: Option<TypeId>,
    range: Option<TypeId>,
    multirange: Option<TypeId>,
    non_array: bool,
    enumeration: bool,
    any_simple: bool,
    unknowns: bool,
    /// Types that the `anycompatible` parameters got.
    compatible: Vec<TypeId>,
    any_compatible: bool,
    compatible_range: Option<TypeId>,
    compatible_multirange: Option<TypeId>,
    compatible_wants_range: bool,
    compatible_non_array: bool,
    common: Option<TypeId>,
}

fn subtype(catalog: &Catalog, range: TypeId) -> Option<TypeId> {
    match catalog.type_(range).kind {
        TypeKind::Range { subtype, .. } => Some(subtype),
        _ => None,
    }
}

fn range_of(catalog: &Catalog, multirange: TypeId) -> Option<TypeId> {
    match catalog.type_(multirange).kind {
        TypeKind::Multirange { range } => Some(range),
        _ => None,
    }
}

fn multirange_of(catalog: &Catalog, range: TypeId) -> Option<TypeId> {
    match catalog.type_(range).kind {
        TypeKind::Range { multirange, .. } => Some(multirange),
        _ => None,
    }
}

/// Puts a type where there is none yet; whether it agrees with what was there.
fn agree(slot: &mut Option<TypeId>, id: TypeId) -> bool {
    *slot.get_or_insert(id) == id
}

impl Generic {
    /// Whether the arguments agree about what the polymorphic parameters stand for. After `check_generic_type_consistency`.
    pub(super) fn consistent(catalog: &Catalog, actual: &[TypeId], declared: &[TypeId]) -> bool {
        Self::gather(catalog, actual, declared).is_ok()
    }

    fn gather(
        catalog: &Catalog,
        actual: &[TypeId],
        declared: &[TypeId],
    ) -> std::result::Result<Self, String> {
        let mut this = Self::default();
        for (&actual, &declared) in actual.iter().zip(declared) {
            if !Type::is_polymorphic(declared) {
                continue;
            }
            this.note_declared(declared);
            if actual == oid::UNKNOWN {
                this.unknowns = true;
                continue;
            }
            this.note_actual(catalog, declared, actual)?;
        }
        this.settle(catalog)?;
        Ok(this)
    }

    fn note_declared(&mut self, declared: TypeId) {
        match declared {
            oid::ANYCOMPATIBLE
            | oid::ANYCOMPATIBLENONARRAY
            | oid::ANYCOMPATIBLEARRAY
            | oid::ANYCOMPATIBLERANGE
            | oid::ANYCOMPATIBLEMULTIRANGE => {
                self.any_compatible = true;
                self.compatible_non_array |= declared == oid::ANYCOMPATIBLENONARRAY;
                self.compatible_wants_range |= matches!(
                    declared,
                    oid::ANYCOMPATIBLERANGE | oid::ANYCOMPATIBLEMULTIRANGE
                );
            }
            _ => {
                self.any_simple = true;
                self.non_array |= declared == oid::ANYNONARRAY;
                self.enumeration |= declared == oid::ANYENUM;
            }
        }
    }

    fn note_actual(
        &mut self,
        catalog: &Catalog,
        declared: TypeId,
        actual: TypeId,
    ) -> std::result::Result<(), String> {
        let (base, _) = catalog.base_type(actual);
        let differ = |what: &str| format!("the arguments declared `{what}` are not all alike");
        let not_a = |what: &str| {
            format!(
                "an argument declared `{what}` has the type `{}`",
                format_type(catalog, actual)
            )
        };
        match declared {
            oid::ANYELEMENT | oid::ANYNONARRAY | oid::ANYENUM => agree(&mut self.element, actual)
                .then_some(())
                .ok_or_else(|| differ("anyelement")),
            oid::ANYARRAY => agree(&mut self.array, base)
                .then_some(())
                .ok_or_else(|| differ("anyarray")),
            oid::ANYRANGE => agree(&mut self.range, base)
                .then_some(())
                .ok_or_else(|| differ("anyrange")),
            oid::ANYMULTIRANGE => agree(&mut self.multirange, base)
                .then_some(())
                .ok_or_else(|| differ("anymultirange")),
            oid::ANYCOMPATIBLEARRAY => {
                let element = catalog
                    .element_of(base)
                    .ok_or_else(|| not_a("anycompatiblearray"))?;
                self.compatible.push(element);
                Ok(())
            }
            oid::ANYCOMPATIBLERANGE => {
                if !agree(&mut self.compatible_range, base) {
                    return Err(differ("anycompatiblerange"));
                }
                let of = subtype(catalog, base).ok_or_else(|| not_a("anycompatiblerange"))?;
                self.compatible.push(of);
                Ok(())
            }
            oid::ANYCOMPATIBLEMULTIRANGE => {
                if !agree(&mut self.compatible_multirange, base) {
                    return Err(differ("anycompatiblemultirange"));
                }
                let range =
                    range_of(catalog, base).ok_or_else(|| not_a("anycompatiblemultirange"))?;
                if !agree(&mut self.compatible_range, range) {
                    return Err(differ("anycompatiblemultirange"));
                }
                self.compatible
                    .push(subtype(catalog, range).unwrap_or(oid::UNKNOWN));
                Ok(())
            }
            _ => {
                self.compatible.push(actual);
                Ok(())
            }
        }
    }

    fn settle(&mut self, catalog: &Catalog) -> std::result::Result<(), String> {
        if let Some(array) = self.array {
            if array == oid::ANYARRAY {
                // Only columns of system relations have this type; nothing is known of their elements.
                if self.element.is_some() {
                    return Err("the array's elements have no known type".to_owned());
                }
            } else {
                let element = catalog.element_of(array).ok_or_else(|| {
                    format!(
                        "an argument declared `anyarray` has the type `{}`",
                        format_type(catalog, array)
                    )
                })?;
                if !agree(&mut self.element, element) {
                    return Err("array and element have different types".to_owned());
                }
            }
        }
        if let Some(multirange) = self.multirange {
            let range = range_of(catalog, multirange)
                .ok_or("an argument declared `anymultirange` is not a multirange")?;
            if !agree(&mut self.range, range) {
                return Err("range and multirange have different types".to_owned());
            }
        }
        if let Some(range) = self.range {
            let of =
                subtype(catalog, range).ok_or("an argument declared `anyrange` is not a range")?;
            if !agree(&mut self.element, of) {
                return Err("range and element have different types".to_owned());
            }
        }
        if self.non_array
            && self
                .element
                .is_some_and(|element| is_array_or_domain_over(catalog, element))
        {
            return Err("an array stands where the function takes none".to_owned());
        }
        if self.enumeration
            && !self
                .element
                .is_some_and(|element| catalog.type_(element).is_enum())
        {
            return Err("the function takes an enum only".to_owned());
        }
        if !self.compatible.is_empty() {
            let common = common_type(catalog, &self.compatible).map_err(|(_, left, right)| {
                format!(
                    "the types `{}` and `{}` have nothing in common",
                    format_type(catalog, left),
                    format_type(catalog, right)
                )
            })?;
            if !all_become(catalog, &self.compatible, common) {
                return Err("the arguments have no type in common".to_owned());
            }
            if self.compatible_non_array && is_array_or_domain_over(catalog, common) {
                return Err("an array stands where the function takes none".to_owned());
            }
            if let Some(range) = self.compatible_range
                && subtype(catalog, range) != Some(common)
            {
                return Err("the range's elements have another type".to_owned());
            }
            self.common = Some(common);
        }
        Ok(())
    }
}

/// What the call's polymorphic parameters and result are. After `enforce_generic_type_consistency`.
pub(super) fn resolve_generic(
    catalog: &Catalog,
    actual: &[TypeId],
    declared: &mut [TypeId],
    result: TypeId,
) -> std::result::Result<TypeId, String> {
    // A result that no parameter determines stays as it is: `array_in` gives `anyarray`.
    if !declared.iter().any(|id| Type::is_polymorphic(*id)) {
        return Ok(result);
    }
    let mut generic = Generic::gather(catalog, actual, declared)?;
    let undetermined = |what: &str| {
        Err(format!(
            "nothing says what `{what}` stands for: the argument has the type `unknown`"
        ))
    };
    if generic.any_simple && generic.element.is_none() {
        if generic.array == Some(oid::ANYARRAY) {
            generic.element = Some(oid::ANYELEMENT);
        } else {
            return undetermined("anyelement");
        }
    }
    if generic.any_compatible && generic.common.is_none() {
        if generic.compatible_wants_range {
            return undetermined("anycompatiblerange");
        }
        generic.common = Some(oid::TEXT);
    }
    let element = generic.element;
    let array = |of: Option<TypeId>| of.and_then(|id| catalog.array_of(id));
    let resolve = |id: TypeId| -> std::result::Result<TypeId, String> {
        let found = match id {
            oid::ANYELEMENT | oid::ANYNONARRAY | oid::ANYENUM => element,
            oid::ANYARRAY => generic.array.or_else(|| array(element)),
            oid::ANYRANGE => generic.range,
            oid::ANYMULTIRANGE => generic.multirange.or_else(|| {
                generic
                    .range
                    .and_then(|range| multirange_of(catalog, range))
            }),
            oid::ANYCOMPATIBLE | oid::ANYCOMPATIBLENONARRAY => generic.common,
            oid::ANYCOMPATIBLEARRAY => array(generic.common),
            oid::ANYCOMPATIBLERANGE => generic.compatible_range,
            oid::ANYCOMPATIBLEMULTIRANGE => generic.compatible_multirange.or_else(|| {
                generic
                    .compatible_range
                    .and_then(|range| multirange_of(catalog, range))
            }),
            other => Some(other),
        };
        found.ok_or_else(|| {
            format!(
                "nothing says what `{}` stands for",
                format_type(catalog, id)
            )
        })
    };
    for (&actual, declared) in actual.iter().zip(declared.iter_mut()) {
        let compatible = matches!(
            *declared,
            oid::ANYCOMPATIBLE
                | oid::ANYCOMPATIBLENONARRAY
                | oid::ANYCOMPATIBLEARRAY
                | oid::ANYCOMPATIBLERANGE
                | oid::ANYCOMPATIBLEMULTIRANGE
        );
        // What is known and of the simple family is passed as it is.
        if Type::is_polymorphic(*declared) && (actual == oid::UNKNOWN || compatible) {
            *declared = resolve(*declared)?;
        }
    }
    resolve(result)
}
