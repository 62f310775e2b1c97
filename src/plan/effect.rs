//! What a single change does to what is known of a fact.

use super::state::World;
use crate::catalog::{Change, NewValue};
use crate::condition::{Argument, Operand, Truth};
use crate::fact::{Abstract, Word};
use std::sync::Arc;

/// What is known of a fact after a change that may have changed it.
pub(super) struct Altered {
    /// What is known of it.
    pub(super) to: Abstract,
    /// Why it is not known, where the catalog says so.
    pub(super) why: Option<Arc<str>>,
}

/// What is known of a fact after a change under a condition of this truth; nothing where the fact certainly stays as it was.
///
/// What is known may stay the same although the fact itself may have changed: an unknown value and the next unknown value
/// are two.
pub(super) fn altered(before: &Abstract, change: &Change, when: Truth, world: &World<'_>) -> Option<Altered> {
    if when == Truth::False {
        return None;
    }
    let Outcome { to, why, open } = outcome(before, &change.to, world);
    // A value that is set again stays only where it was known; bounds and elements that hold already stay in any case.
    let holds_already = match change.to {
        NewValue::Set(_) | NewValue::Unknown(_) => before.is_exact(),
        NewValue::Bounded(..) | NewValue::Add(_) | NewValue::Remove(_) | NewValue::Only(_) => !open,
    };
    if to == *before && holds_already {
        return None;
    }
    let to = if when == Truth::Unknown { Abstract::Unknown } else { to };
    Some(Altered { to, why })
}

struct Outcome {
    to: Abstract,
    why: Option<Arc<str>>,
    /// A parameter that was not given decides what the change is.
    open: bool,
}

fn outcome(before: &Abstract, to: &NewValue, world: &World<'_>) -> Outcome {
    let (after, open) = match to {
        NewValue::Set(operand) => match operand.value(world.parameters) {
            Ok(value) => (Abstract::exactly(value.clone()), false),
            Err(_) => (Abstract::Unknown, true),
        },
        NewValue::Bounded(bound, operand) => match operand.value(world.parameters) {
            Ok(value) => (before.bounded(*bound, value), false),
            Err(_) => (Abstract::Unknown, true),
        },
        NewValue::Unknown(why) => return Outcome { to: Abstract::Unknown, why: Some(Arc::clone(why)), open: false },
        NewValue::Add(elements) => {
            let mut bounds = before.as_set();
            let mut open = false;
            for element in elements {
                match word(world, element) {
                    Ok(added) => bounds.add(&added),
                    Err(Argument::Missing) => {
                        bounds.forget_absent();
                        open = true;
                    }
                    Err(_) => {}
                }
            }
            (bounds.into(), open)
        }
        NewValue::Remove(elements) => {
            let mut bounds = before.as_set();
            let mut open = false;
            for element in elements {
                match word(world, element) {
                    Ok(removed) => bounds.remove(&removed),
                    Err(Argument::Missing) => {
                        open |= bounds.single().is_none_or(|words| !words.is_empty());
                        bounds.forget_certain();
                    }
                    Err(_) => {}
                }
            }
            (bounds.into(), open)
        }
        NewValue::Only(words) => {
            let mut bounds = before.as_set();
            bounds.keep(words);
            (bounds.into(), false)
        }
    };
    Outcome { to: after, why: None, open }
}

fn word(world: &World<'_>, element: &Operand) -> Result<Word, Argument> {
    match element.value(world.parameters) {
        Ok(value) => Ok(value.word()),
        Err(absent) => Err(absent.clone()),
    }
}
