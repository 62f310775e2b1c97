//! States with what was at an earlier one remembered: relations between two states, in one set.

use super::ground::{Event, Way};
use super::model::Model;
use super::sets::{Set, Variables};
use super::variables::count;

/// What is remembered: the facts that some ways change, and the steps whose effects they leave waiting or bring.
pub(super) struct Memory {
    same: Set,
    forget_now: Variables,
    forget_old: Variables,
    bits: u32,
}

impl Memory {
    /// What is needed to tell the states apart from which these ways lead to one.
    pub(super) fn of<'w>(model: &Model<'_>, ways: impl Iterator<Item = &'w Way> + Clone) -> Self {
        let layout = &model.layout;
        let sorted = |mut of: Vec<usize>| {
            of.sort_unstable();
            of.dedup();
            of
        };
        let facts = sorted(ways.clone().flatten().flat_map(Event::written).map(|change| change.at).collect());
        let waiting = sorted(ways.flatten().flat_map(|event| event.outstanding(layout.outstanding.len())).collect());
        let facts = || facts.iter().map(|at| &layout.facts[*at]);
        let waiting = || waiting.iter().map(|at| (layout.outstanding[*at], layout.old_outstanding[*at]));
        let now = facts().flat_map(|field| field.bits().iter().copied()).chain(waiting().map(|(now, _)| now));
        let old = || facts().flat_map(|field| field.old().iter().copied()).chain(waiting().map(|(_, old)| old));
        let same = facts().map(|field| field.same(&model.diagrams));
        let same = same.chain(waiting().map(|(now, old)| model.diagrams.bit(now, true).same_as(&model.diagrams.bit(old, true))));
        Self {
            same: same.fold(model.diagrams.all(), |all, same| &all & &same),
            forget_now: model.diagrams.variables(now),
            forget_old: model.diagrams.variables(old()),
            bits: count(old()),
        }
    }

    /// How many variables are remembered.
    pub(super) fn bits(&self) -> u32 {
        self.bits
    }

    /// These states, each remembered.
    pub(super) fn remember(&self, states: &Set) -> Set {
        states & &self.same
    }

    /// The beginnings of these states, as they are remembered.
    pub(super) fn began(&self, states: &Set) -> Set {
        states.without(&self.forget_now)
    }

    /// Remembered beginnings as states.
    pub(super) fn recalled(&self, began: &Set) -> Set {
        began.and_without(&self.same, &self.forget_old)
    }
}
