//! Which servers are ready, worked out backwards from the goal over the documented order.

use super::ground::{Event, Way};
use super::model::{Forbidden, Model, ModelStep};
use super::sets::Set;

/// What planning says of a server, by its facts and parameters.
pub(super) struct Ready {
    /// Those that are ready or done.
    pub(super) good: Set,
    /// Those that are done.
    pub(super) done: Set,
    /// Those on which some way succeeds.
    pub(super) hopeful: Set,
}

impl Ready {
    pub(super) fn new(model: &Model<'_>) -> Self {
        let supports = model.predicate(&model.scenario.supports);
        let from_the_start = |succeeds: &Set| &at_start(model, succeeds) & &supports;
        let good = &from_the_start(&walked_back(model, always)) - &undecided(model);
        let idle = model.steps.iter().fold(model.diagrams.all(), |idle, step| &idle - &step.act);
        let done = &good & &idle;
        let hopeful = if model.as_it_goes { from_the_start(&walked_back(model, sometimes)) } else { good.clone() };
        Self { good, done, hopeful }
    }

    /// Those from which a run begins.
    pub(super) fn begin(&self, model: &Model<'_>) -> Set {
        if model.as_it_goes { model.diagrams.all() } else { &self.good - &self.done }
    }
}

/// The states in which what is remembered of each invariant at rest is what holds.
pub(super) fn remembered(model: &Model<'_>) -> Set {
    let held = model.layout.held.iter().zip(&model.at_rest);
    held.fold(model.diagrams.all(), |all, (bit, invariant)| &all & &model.diagrams.bit(*bit, true).same_as(&invariant.holds))
}

/// The servers that are among these states before the first step, with nothing outstanding.
pub(super) fn at_start(model: &Model<'_>, states: &Set) -> Set {
    model.facts_of(&(&(states & &model.settled()) & &remembered(model)))
}

/// The states at a run's end that, once every outstanding restart is taken, meet an invariant at rest anew.
pub(super) fn broken_at_rest(model: &Model<'_>, number: usize) -> Set {
    let Forbidden { holds, .. } = &model.at_rest[number];
    &model.sometimes(&model.restart, holds) - &model.diagrams.bit(model.layout.held[number], true)
}

/// The servers of which a `when` hangs on how the steps before it turn out: planning cannot say whether that step is to be done.
fn undecided(model: &Model<'_>) -> Set {
    let mut found = model.diagrams.none();
    for (at, ModelStep { step, .. }) in model.steps.iter().enumerate() {
        let before = &model.steps[..at];
        let ways = || before.iter().flat_map(ModelStep::successes).flat_map(|(_, way)| way);
        if ways().flat_map(Event::written).any(|change| step.when.reads(model.fact(change.at))) {
            let comes = |to: Set| back_over(model, before, to, sometimes);
            let when = model.predicate(&step.when);
            found = &found | &(&comes(when.clone()) & &comes(!&when));
        }
    }
    at_start(model, &found)
}

type Succeeds = fn(&Model<'_>, &ModelStep<'_>, &Set) -> Set;

/// The states from which the documented order succeeds, each step as this says.
fn walked_back(model: &Model<'_>, succeeds: Succeeds) -> Set {
    let end = (0..model.at_rest.len()).fold(model.goal.clone(), |end, number| &end - &broken_at_rest(model, number));
    back_over(model, &model.steps, end, succeeds)
}

/// The states from which these steps, one after the other and each as this says, lead into the given ones.
fn back_over(model: &Model<'_>, steps: &[ModelStep<'_>], into: Set, succeeds: Succeeds) -> Set {
    steps.iter().rev().fold(into, |after, step| &step.passed(&after) | &step.performed(&succeeds(model, step, &after)))
}

/// The states from which each success of a step leads into these without making a forbidden invariant true anew.
pub(super) fn always(model: &Model<'_>, step: &ModelStep<'_>, into: &Set) -> Set {
    step.successes().fold(model.diagrams.all(), |all, (_, way)| {
        let unbroken = model
            .forbidden
            .iter()
            .fold(model.always(way, into), |all, Forbidden { holds, .. }| &all & &(holds | &!&model.sometimes(way, holds)));
        &all & &unbroken
    })
}

fn sometimes(model: &Model<'_>, step: &ModelStep<'_>, into: &Set) -> Set {
    step.successes().fold(model.diagrams.none(), |any, (_, way)| &any | &unbroken(model, way, &model.forbidden, into))
}

/// The states from which a way can lead into these without making a forbidden invariant true anew.
fn unbroken(model: &Model<'_>, way: &Way, forbidden: &[Forbidden<'_>], into: &Set) -> Set {
    let Some((Forbidden { holds, .. }, others)) = forbidden.split_first() else { return model.sometimes(way, into) };
    let held = &unbroken(model, way, others, into) & holds;
    &held | &(&unbroken(model, way, others, &(into - holds)) - holds)
}
