//! Which of several functions or operators of one name is meant. After `func_select_candidate` and `func_get_detail`; chapter
//! "Type Conversion" of the manual says it in words.

use std::sync::Arc;

use super::coerce::{Pathway, can_coerce, category, is_preferred, pathway};
use crate::catalog::{CastContext, Catalog, Function, FunctionKind, Operator, TypeId, oid};

/// One that might be meant.
#[derive(Clone, Debug)]
struct Candidate<T> {
    /// The parameter types as the call would see them: in the order of the arguments, VARIADIC spread out.
    parameters: Vec<TypeId>,
    item: T,
}

/// What the search for one gives.
#[derive(Debug)]
pub(super) enum Found<T> {
    One(T),
    None,
    /// Several fit equally well.
    Several(Vec<T>),
}

/// Chooses among candidates that could all be called. After `func_select_candidate`.
fn select<T: Clone>(
    catalog: &Catalog,
    arguments: &[TypeId],
    mut candidates: Vec<Candidate<T>>,
) -> Found<T> {
    let inputs: Vec<TypeId> = arguments
        .iter()
        .map(|id| catalog.base_type(*id).0)
        .collect();
    let unknowns = inputs.iter().filter(|id| **id == oid::UNKNOWN).count();
    // The most exact matches.
    keep_best(&mut candidates, |candidate| {
        count_where(&inputs, candidate, |input, parameter| input == parameter)
    });
    if let Some(one) = only(&candidates) {
        return Found::One(one);
    }
    // The most exact matches and preferred types.
    let categories: Vec<u8> = inputs.iter().map(|id| category(catalog, *id)).collect();
    keep_best(&mut candidates, |candidate| {
        inputs
            .iter()
            .zip(&candidate.parameters)
            .zip(&categories)
            .filter(|((input, parameter), category)| {
                **input != oid::UNKNOWN
                    && (*input == *parameter || is_preferred(catalog, **category, **parameter))
            })
            .count()
    });
    if let Some(one) = only(&candidates) {
        return Found::One(one);
    }
    if unknowns == 0 {
        return several(candidates);
    }
    if let Some(slots) = unknown_slots(catalog, &inputs, &candidates) {
        let fitting: Vec<Candidate<T>> = candidates
            .iter()
            .filter(|candidate| {
                slots
                    .iter()
                    .zip(&candidate.parameters)
                    .all(|(slot, parameter)| {
                        slot.is_none_or(|(category, preferred)| {
                            let of = catalog.type_(*parameter);
                            of.category == category && (!preferred || of.preferred)
                        })
                    })
            })
            .cloned()
            .collect();
        if let Some(one) = only(&fitting) {
            return Found::One(one);
        }
        if !fitting.is_empty() {
            candidates = fitting;
        }
    }
    // As if the unknown ones had the type that all others have.
    if unknowns < inputs.len() {
        let mut known = inputs.iter().filter(|id| **id != oid::UNKNOWN);
        if let Some(first) = known.next()
            && known.all(|id| id == first)
        {
            let assumed = vec![*first; inputs.len()];
            let mut fitting = candidates.iter().filter(|candidate| {
                can_coerce(
                    catalog,
                    &assumed,
                    &candidate.parameters,
                    CastContext::Implicit,
                )
            });
            if let (Some(one), None) = (fitting.next(), fitting.next()) {
                return Found::One(one.item.clone());
            }
        }
    }
    several(candidates)
}

fn several<T>(candidates: Vec<Candidate<T>>) -> Found<T> {
    Found::Several(
        candidates
            .into_iter()
            .map(|candidate| candidate.item)
            .collect(),
    )
}

fn only<T: Clone>(candidates: &[Candidate<T>]) -> Option<T> {
    match candidates {
        [one] => Some(one.item.clone()),
        _ => None,
    }
}

fn count_where<T>(
    inputs: &[TypeId],
    candidate: &Candidate<T>,
    matches: impl Fn(TypeId, TypeId) -> bool,
) -> usize {
    inputs
        .iter()
        .zip(&candidate.parameters)
        .filter(|(input, parameter)| **input != oid::UNKNOWN && matches(**input, **parameter))
        .count()
}

fn keep_best<T>(candidates: &mut Vec<Candidate<T>>, score: impl Fn(&Candidate<T>) -> usize) {
    let scores: Vec<usize> = candidates.iter().map(score).collect();
    let best = scores.iter().copied().max().unwrap_or(0);
    let mut scores = scores.into_iter();
    candidates.retain(|_| scores.next() == Some(best));
}

/// For each argument of unknown type the category that it is assumed to have, and whether only preferred types will do; None
/// for an argument whose type is known, and None altogether where the candidates disagree.
fn unknown_slots<T>(
    catalog: &Catalog,
    inputs: &[TypeId],
    candidates: &[Candidate<T>],
) -> Option<Vec<Option<(u8, bool)>>> {
    let mut slots = Vec::with_capacity(inputs.len());
    for (index, input) in inputs.iter().enumerate() {
        if *input != oid::UNKNOWN {
            slots.push(None);
            continue;
        }
        let mut chosen: Option<(u8, bool)> = None;
        let mut conflict = false;
        for candidate in candidates {
            let Some(parameter) = candidate.parameters.get(index) else {
                continue;
            };
            let of = catalog.type_(*parameter);
            match &mut chosen {
                None => chosen = Some((of.category, of.preferred)),
                Some((category, preferred)) if *category == of.category => {
                    *preferred |= of.preferred;
                }
                // Strings win wherever they are possible.
                Some(slot) if of.category == b'S' => *slot = (b'S', of.preferred),
                Some(_) => conflict = true,
            }
        }
        let (category, preferred) = chosen?;
        if conflict && category != b'S' {
            return None;
        }
        slots.push(Some((category, preferred)));
    }
    Some(slots)
}

// ---- operators ----

/// The operator that two operands (or one, for a prefix operator) call for. After `oper` and `left_oper`.
pub(super) fn operator(
    catalog: &Catalog,
    schema: Option<&str>,
    name: &str,
    left: Option<TypeId>,
    right: TypeId,
) -> Found<Arc<Operator>> {
    let all = catalog.operators(schema, name);
    let exact = |left: Option<TypeId>, right: TypeId| {
        all.iter()
            .find(|(_, operator)| operator.left == left && operator.right == right)
            .map(|(_, operator)| Arc::clone(operator))
    };
    match left {
        None => {
            if let Some(found) = exact(None, right) {
                return Found::One(found);
            }
        }
        Some(left) => {
            // An operand of unknown type is taken for one of the other's type.
            let (assumed_left, assumed_right, was_unknown) =
                match (left == oid::UNKNOWN, right == oid::UNKNOWN) {
                    (true, false) => (right, right, true),
                    (false, true) => (left, left, true),
                    _ => (left, right, left == oid::UNKNOWN),
                };
            if let Some(found) = exact(Some(assumed_left), assumed_right) {
                return Found::One(found);
            }
            if was_unknown {
                let (base, _) = catalog.base_type(assumed_left);
                if base != assumed_left
                    && let Some(found) = exact(Some(base), base)
                {
                    return Found::One(found);
                }
            }
        }
    }
    let arguments: Vec<TypeId> = left.into_iter().chain([right]).collect();
    let mut candidates: Vec<Candidate<(usize, Arc<Operator>)>> = Vec::new();
    for (place, operator) in &all {
        if operator.left.is_some() != left.is_some() {
            continue;
        }
        let parameters: Vec<TypeId> = operator.left.into_iter().chain([operator.right]).collect();
        // An earlier schema of the path hides the same operator of a later one.
        if candidates
            .iter()
            .any(|earlier| earlier.parameters == parameters && earlier.item.0 < *place)
        {
            continue;
        }
        if can_coerce(catalog, &arguments, &parameters, CastContext::Implicit) {
            candidates.push(Candidate {
                parameters,
                item: (*place, Arc::clone(operator)),
            });
        }
    }
    let found = match candidates.len() {
        0 => return Found::None,
        _ => match only(&candidates) {
            Some(one) => Found::One(one),
            None => select(catalog, &arguments, candidates),
        },
    };
    match found {
        Found::One((_, operator)) => Found::One(operator),
        Found::None => Found::None,
        Found::Several(all) => {
            Found::Several(all.into_iter().map(|(_, operator)| operator).collect())
        }
    }
}

// ---- functions ----

/// A function with the way its parameters meet the arguments.
#[derive(Clone, Debug)]
pub(super) struct Match {
    pub(super) function: Arc<Function>,
    /// The declared types in the order of the arguments, then those that defaults fill.
    pub(super) declared: Vec<TypeId>,
    /// For named notation: the parameter that each argument (and then each default) belongs to.
    pub(super) order: Option<Vec<usize>>,
    /// How many of the arguments go into the VARIADIC array; 0: it is not spread.
    pub(super) variadic_count: usize,
    place: usize,
}

/// What the lookup of a function gives.
#[derive(Debug)]
pub(super) enum FunctionFound {
    One(Match),
    /// The name is a type's, and the call is a cast.
    Cast(TypeId),
    /// There is none for these arguments; the functions of the name, whatever they take.
    None(Vec<Arc<Function>>),
    Several(Vec<Arc<Function>>),
}

/// How a call is written, as far as it matters for the choice.
#[derive(Clone, Copy, Debug)]
pub(super) struct CallShape<'a> {
    pub(super) schema: Option<&'a str>,
    pub(super) name: &'a str,
    pub(super) arguments: &'a [TypeId],
    /// Names of the last arguments.
    pub(super) names: &'a [String],
    /// VARIADIC arguments may be spread: no VARIADIC was written.
    pub(super) spread: bool,
    /// Only procedures, whose OUT parameters are passed too.
    pub(super) call: bool,
    /// The first argument is a constant, not a parameter of no type yet.
    pub(super) constant: bool,
}

/// The function that a call means. After `func_get_detail` and `FuncnameGetCandidates`.
pub(super) fn function(catalog: &Catalog, shape: CallShape<'_>) -> FunctionFound {
    let all = catalog.functions(shape.schema, shape.name);
    let mut candidates: Vec<(Candidate<Match>, bool)> = Vec::new();
    for (place, function) in &all {
        let Some(matched) = fit(function, shape, *place) else {
            continue;
        };
        // Of two that would be called with the same types the earlier in the path counts, then the one that is not VARIADIC;
        // otherwise they are a tie that only a third can break.
        let parameters: Vec<TypeId> = matched
            .declared
            .iter()
            .take(shape.arguments.len())
            .copied()
            .collect();
        let mut replaced = None;
        let mut dropped = false;
        for (index, (earlier, tie)) in candidates.iter_mut().enumerate() {
            // Functions that take all arguments as they are compare as a whole.
            if earlier.parameters != parameters {
                continue;
            }
            let other = &earlier.item;
            let preference = matched
                .place
                .cmp(&other.place)
                .then((matched.variadic_count > 0).cmp(&(other.variadic_count > 0)));
            match preference {
                std::cmp::Ordering::Greater => dropped = true,
                std::cmp::Ordering::Less => replaced = Some(index),
                std::cmp::Ordering::Equal => {
                    *tie = true;
                    dropped = true;
                }
            }
            break;
        }
        let candidate = Candidate {
            parameters,
            item: matched,
        };
        match replaced.and_then(|index| candidates.get_mut(index)) {
            Some(slot) => *slot = (candidate, false),
            None if !dropped => candidates.push((candidate, false)),
            None => {}
        }
    }
    let everything = || {
        all.iter()
            .map(|(_, function)| Arc::clone(function))
            .collect()
    };
    if let Some((exact, tie)) = candidates
        .iter()
        .find(|(candidate, _)| candidate.parameters == shape.arguments)
    {
        return if *tie {
            FunctionFound::Several(vec![Arc::clone(&exact.item.function)])
        } else {
            FunctionFound::One(exact.item.clone())
        };
    }
    if let Some(target) = as_cast(catalog, shape) {
        return FunctionFound::Cast(target);
    }
    let fitting: Vec<(Candidate<Match>, bool)> = candidates
        .into_iter()
        .filter(|(candidate, _)| {
            can_coerce(
                catalog,
                shape.arguments,
                &candidate.parameters,
                CastContext::Implicit,
            )
        })
        .collect();
    let ties: Vec<Arc<Function>> = fitting
        .iter()
        .filter(|(_, tie)| *tie)
        .map(|(candidate, _)| Arc::clone(&candidate.item.function))
        .collect();
    let mut fitting: Vec<Candidate<Match>> = fitting
        .into_iter()
        .map(|(candidate, _)| candidate)
        .collect();
    let found = match fitting.len() {
        0 => return FunctionFound::None(everything()),
        1 => fitting
            .pop()
            .map_or(Found::None, |one| Found::One(one.item)),
        _ => select(catalog, shape.arguments, fitting),
    };
    match found {
        Found::One(matched) if ties.contains(&matched.function) => FunctionFound::Several(ties),
        Found::One(matched) => FunctionFound::One(matched),
        Found::None => FunctionFound::None(everything()),
        Found::Several(all) => {
            FunctionFound::Several(all.into_iter().map(|matched| matched.function).collect())
        }
    }
}

/// Whether a call of a type's name with one argument is a cast.
fn as_cast(catalog: &Catalog, shape: CallShape<'_>) -> Option<TypeId> {
    let [source] = shape.arguments else {
        return None;
    };
    if !shape.names.is_empty() || shape.call {
        return None;
    }
    let target = catalog.type_named(shape.schema, shape.name)?;
    if catalog.type_(target).is_composite() {
        return None;
    }
    if *source == oid::UNKNOWN && shape.constant {
        return Some(target);
    }
    match pathway(catalog, *source, target, CastContext::Explicit)? {
        Pathway::Relabel => Some(target),
        Pathway::InOut => {
            let row = *source == oid::RECORD || super::coerce::is_complex(catalog, *source);
            (!(row && category(catalog, target) == b'S')).then_some(target)
        }
        Pathway::Function { .. } | Pathway::Elements => None,
    }
}

/// Whether the function can take so many arguments of such names, and how.
fn fit(function: &Arc<Function>, shape: CallShape<'_>, place: usize) -> Option<Match> {
    let given = shape.arguments.len();
    let mut declared: Vec<TypeId> = function.parameters.clone();
    if shape.call && function.kind == FunctionKind::Procedure {
        // CALL passes OUT parameters too; `parameters` of a procedure already has them.
    }
    let total = declared.len();
    if !shape.names.is_empty() {
        return fit_named(function, shape, place);
    }
    let variadic_count = match function.variadic {
        Some(_) if shape.spread && given >= total => given - total + 1,
        _ => 0,
    };
    if variadic_count > 0 {
        let element = function.variadic.unwrap_or(oid::ANY);
        declared.pop();
        declared.extend(std::iter::repeat_n(element, variadic_count));
    } else if given < total {
        if total - given > function.defaults {
            return None;
        }
    } else if given > total {
        return None;
    }
    Some(Match {
        function: Arc::clone(function),
        declared,
        order: None,
        variadic_count,
        place,
    })
}

/// Named notation. After `MatchNamedCall`.
fn fit_named(function: &Arc<Function>, shape: CallShape<'_>, place: usize) -> Option<Match> {
    let given = shape.arguments.len();
    let total = function.parameters.len();
    if given > total {
        return None;
    }
    // A VARIADIC function can be called with names only when VARIADIC is written.
    if function.variadic.is_some() && shape.spread {
        return None;
    }
    let positional = given - shape.names.len();
    let mut order: Vec<usize> = (0..positional).collect();
    for name in shape.names {
        let index = function
            .parameter_names
            .iter()
            .position(|parameter| parameter == name)?;
        if order.contains(&index) || index >= total {
            return None;
        }
        order.push(index);
    }
    let first_default = total - function.defaults.min(total);
    for index in 0..total {
        if !order.contains(&index) {
            if index < first_default {
                return None;
            }
            order.push(index);
        }
    }
    let declared = order
        .iter()
        .filter_map(|index| function.parameters.get(*index).copied())
        .collect();
    Some(Match {
        function: Arc::clone(function),
        declared,
        order: Some(order),
        variadic_count: 0,
        place,
    })
}
