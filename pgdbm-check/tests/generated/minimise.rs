//! Makes a case smaller while something stays true of it.

use crate::choices::Choices;
use crate::words::words;

/// How often a smaller case is tried.
const ATTEMPTS: usize = 1500;

/// The smallest query found of which the predicate is true: first with fewer and simpler choices, then with fewer words.
pub(crate) fn minimise(
    choices: &[u32],
    make: impl Fn(&mut Choices) -> String,
    mut holds: impl FnMut(&str) -> bool,
) -> String {
    let mut attempts = 0;
    let query = |choices: &[u32]| make(&mut Choices::repeated(choices));
    let choices = shrink(choices.to_vec(), true, &mut |choices| {
        attempts += 1;
        attempts < ATTEMPTS && holds(&query(choices))
    });
    let shortest = query(&choices);
    let parts: Vec<&str> = words(&shortest).map(|(_, word)| word).collect();
    if !holds(&parts.join(" ")) {
        return shortest;
    }
    attempts = 0;
    shrink(parts, false, &mut |parts| {
        attempts += 1;
        attempts < ATTEMPTS && holds(&parts.join(" "))
    })
    .join(" ")
}

/// Takes away runs of items, long ones first, and sets what remains to its default, until nothing more can go.
fn shrink<T: Clone + Default + PartialEq>(
    mut items: Vec<T>,
    simplify: bool,
    holds: &mut dyn FnMut(&[T]) -> bool,
) -> Vec<T> {
    loop {
        let before = items.clone();
        let mut length = items.len().next_power_of_two();
        while length > 0 {
            let mut start = items.len();
            while start > 0 {
                start = start.saturating_sub(length);
                let end = (start + length).min(items.len());
                let mut shorter = items.clone();
                shorter.drain(start..end);
                if holds(&shorter) {
                    items = shorter;
                    continue;
                }
                let mut simpler = items.clone();
                simpler.splice(start..end, vec![T::default(); end - start]);
                if simplify && simpler != items && holds(&simpler) {
                    items = simpler;
                }
            }
            length /= 2;
        }
        if items == before {
            return items;
        }
    }
}
