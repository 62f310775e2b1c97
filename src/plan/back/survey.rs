//! How far a server can go back from each step of a plan.

use super::WayBack;
use crate::catalog::{Invariant, InvariantKind, Reboot, Undo};
use crate::condition::{Scope, Truth};
use crate::plan::walk::decision;
use crate::plan::{Decision, Plan, State};
use std::sync::Arc;

/// A step that stays as it is on the way back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stay {
    /// The step.
    pub step: Arc<str>,
    /// Why it is not undone.
    pub why: Arc<str>,
}

/// The step after which a server cannot become what it was.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NoReturn {
    /// The step.
    pub step: Arc<str>,
    /// Why.
    pub why: Arc<str>,
    /// The invariant that the server would end in.
    pub breaks: Arc<str>,
}

/// The way back from one step of a plan.
#[derive(Clone, Default)]
pub(super) struct Survey {
    /// The steps to take, by their positions.
    pub(super) order: Vec<usize>,
    /// Which of them are needed for all that is known.
    pub(super) needed: Vec<bool>,
    /// How many of them lead to the last point that is certainly no worse than before the first step.
    pub(super) furthest: usize,
    pub(super) stays: Vec<Stay>,
    /// Steps, by their positions in the plan, of which it is not known whether they were done.
    pub(super) undecided: Vec<usize>,
    /// The invariant that the whole way back breaks for certain.
    breaks: Option<Arc<str>>,
    /// One that it may break.
    endangers: bool,
}

impl Survey {
    fn take(&mut self, index: usize, decision: Decision) {
        self.order.push(index);
        self.needed.push(!matches!(decision, Decision::Skip(_)));
    }
}

/// The server before the first step of a plan, and what it must not be after the way back.
pub(super) struct Before<'p, 'c> {
    plan: &'p Plan<'c>,
    /// Exposures, and what is forbidden at rest, that were not there and not outdone by something worse.
    pub(super) absent: Vec<&'c Invariant>,
}

impl<'p, 'c> Before<'p, 'c> {
    pub(super) fn new(plan: &'p Plan<'c>) -> Self {
        let world = plan.world();
        let scope = plan.states[0].scope(&world);
        let held = |invariant: &Invariant| scope.evaluate(&invariant.when) == Truth::True;
        let outdone = |invariant: &Invariant| plan.catalog.worse_than(invariant).is_some_and(held);
        let judged = plan.catalog.invariants().iter().filter(|one| one.kind != InvariantKind::Forbidden);
        Self { plan, absent: judged.filter(|one| !held(one) && !outdone(one)).collect() }
    }

    /// What the server is now and was not, or may be and may not have been: the first such invariant, and whether that is
    /// certain.
    fn worse(&self, state: &State) -> Option<(&'c Invariant, bool)> {
        let world = self.plan.world();
        let truth = |one: &Invariant| match one.kind {
            InvariantKind::ForbiddenAtRest => Scope { facts: &state.settled, ..state.scope(&world) }.evaluate(&one.when),
            InvariantKind::Forbidden | InvariantKind::Exposure => state.scope(&world).evaluate(&one.when),
        };
        let first = self.plan.states[0].scope(&world);
        let certain = |one: &Invariant| truth(one) == Truth::True && first.evaluate(&one.when) == Truth::False;
        let sure = self.absent.iter().find(|one| certain(one)).map(|one| (*one, true));
        sure.or_else(|| self.absent.iter().find(|one| truth(one) != Truth::False).map(|one| (*one, false)))
    }

    /// What a step would bring that is forbidden, or that was not there before the first step.
    fn brought(&self, before: &State, after: &State) -> Option<&'c Invariant> {
        let exposures = self.absent.iter().copied().filter(|one| one.kind == InvariantKind::Exposure);
        self.forbidden().chain(exposures).find(|one| match self.turns(one, before, after) {
            (Truth::True, _) | (_, Truth::False) => false,
            (was, is) => was != is,
        })
    }

    /// What is forbidden and certainly comes with a step.
    fn broken(&self, before: &State, after: &State) -> Option<&'c Invariant> {
        self.forbidden().find(|one| self.turns(one, before, after) == (Truth::False, Truth::True))
    }

    /// Whether an invariant holds before a step and after it.
    fn turns(&self, invariant: &Invariant, before: &State, after: &State) -> (Truth, Truth) {
        let world = self.plan.world();
        (before.scope(&world).evaluate(&invariant.when), after.scope(&world).evaluate(&invariant.when))
    }

    fn forbidden(&self) -> impl Iterator<Item = &'c Invariant> + use<'c> {
        self.plan.catalog.invariants().iter().filter(|one| one.kind == InvariantKind::Forbidden)
    }
}

/// Looks at the way back from the step at this position of the plan. What it needs is taken to be so.
pub(super) fn survey(before: &Before<'_, '_>, back: &WayBack, at: usize) -> Survey {
    let plan = before.plan;
    let world = plan.world();
    let mut state = Arc::clone(&plan.states[at + 1]);
    let mut found = Survey::default();
    for position in (0..=at).rev() {
        let planned = &plan.steps[position];
        let stay = |why: Arc<str>| Stay { step: Arc::clone(&planned.step.id), why };
        match (&planned.step.action.undo, planned.decision) {
            (_, Decision::Skip(_)) => continue,
            (Undo::Irreversible(why), _) => {
                if planned.step.action.reboot != Reboot::Restart {
                    found.stays.push(stay(Arc::clone(why)));
                }
            }
            (Undo::Steps(..), Decision::CheckFirst | Decision::DecideLater) => found.undecided.push(position),
            (Undo::Steps(..), Decision::Perform) => {
                for undoing in back.of_step(planned.index) {
                    let step = &back.scenario.steps[undoing.index];
                    let decision = decision(step, &state.scope(&world));
                    let after = State::after(&state, &world, undoing.index, step, decision);
                    if undoing.by_hand
                        && let Some(brought) = before.brought(&state, &after)
                    {
                        found.stays.push(stay(Arc::from(format!("without it there would be {}", brought.id))));
                        continue;
                    }
                    if let Some(broken) = before.broken(&state, &after) {
                        found.breaks.get_or_insert_with(|| Arc::clone(&broken.id));
                    }
                    found.take(undoing.index, decision);
                    state = after;
                }
            }
        }
        if found.breaks.is_none() && before.worse(&state).is_none() {
            found.furthest = found.order.len();
        }
    }
    if let Some(restart) = back.restart {
        let step = &back.scenario.steps[restart];
        let decision = decision(step, &state.scope(&world));
        state = State::after(&state, &world, restart, step, decision);
        found.take(restart, decision);
    }
    match before.worse(&state) {
        Some((worse, true)) if found.breaks.is_none() => found.breaks = Some(Arc::clone(&worse.id)),
        worse => found.endangers = worse.is_some(),
    }
    found
}

/// The point of no return that is passed at each step of the plan, where one is. Once it is passed it takes certainty to
/// believe in a way back again.
pub(super) fn points_of_no_return(plan: &Plan<'_>, surveys: &[Survey]) -> Vec<Option<NoReturn>> {
    let mut passed: Option<NoReturn> = None;
    let mut found = Vec::with_capacity(surveys.len());
    for (planned, survey) in plan.steps.iter().zip(surveys) {
        passed = match (passed, &survey.breaks) {
            (Some(passed), Some(_)) => Some(passed),
            (Some(passed), None) => Some(passed).filter(|_| survey.endangers),
            (None, Some(broken)) => {
                let why = match &planned.step.action.undo {
                    Undo::Irreversible(why) => Arc::clone(why),
                    Undo::Steps(..) => Arc::from(format!("the way back would end in {broken}")),
                };
                let (step, breaks) = (Arc::clone(&planned.step.id), Arc::clone(broken));
                Some(NoReturn { step, why, breaks })
            }
            (None, None) => None,
        };
        found.push(passed.clone());
    }
    found
}
