//! What it means that a plan agrees with what happens.

use cutover::fact::{Abstract, Value};
use cutover::plan::{Confirm, Decision, Plan, WhySkip};
use std::collections::BTreeMap;

/// Whether a value is among those that are still possible.
pub fn contains(known: &Abstract, value: &Value) -> bool {
    match (known, value) {
        (Abstract::Unknown, _) => true,
        (Abstract::Exactly(known), value) => known == value,
        (Abstract::Between { least, most }, value) => {
            least.as_ref().is_none_or(|least| least <= value) && most.as_ref().is_none_or(|most| most >= value)
        }
        (Abstract::Set(bounds), Value::Set(words)) => {
            bounds.must.iter().all(|word| words.contains(word)) && words.iter().all(|word| bounds.may_hold(word))
        }
        (Abstract::Set(_), _) => false,
    }
}

/// Whether every row to confirm comes true, and of each group one.
pub fn all_come_true(plan: &Plan<'_>, comes_true: impl Fn(&Confirm) -> bool) -> bool {
    let mut groups: BTreeMap<usize, bool> = BTreeMap::new();
    for row in &plan.confirm {
        let truth = comes_true(row);
        match row.any_of {
            Some(group) => *groups.entry(group).or_default() |= truth,
            None if truth => {}
            None => return false,
        }
    }
    groups.values().all(|truth| *truth)
}

/// The decisions that a plan may turn into when more is known.
pub fn refines(before: Decision, after: Decision) -> bool {
    match before {
        Decision::Perform => after == Decision::Perform,
        Decision::CheckFirst => matches!(after, Decision::Perform | Decision::CheckFirst | Decision::Skip(WhySkip::AlreadySo)),
        Decision::Skip(_) => matches!(after, Decision::Skip(_)),
        Decision::DecideLater => true,
    }
}
