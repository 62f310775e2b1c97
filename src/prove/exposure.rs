//! Whether an exposure can last longer than the plan said that was made when the run began.
//!
//! What the plan says is what the documented order can do from the same facts with nothing outstanding, since planning does not see
//! what is. A run that begins with nothing outstanding is one of those ways, so that only after an interruption it can
//! come out longer.

use super::model::{Model, ModelStep, OutcomeKind, Way};
use super::ready::Ready;
use super::sets::{Full, Set, Variables};
use crate::catalog::{Invariant, InvariantKind, Reboot};
use std::collections::BTreeMap;
use std::sync::Arc;

/// What is counted of an exposure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Measure {
    Steps,
    Minutes,
    Reboots,
}

impl Measure {
    const ALL: [Self; 3] = [Self::Steps, Self::Minutes, Self::Reboots];

    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Steps => "steps",
            Self::Minutes => "minutes",
            Self::Reboots => "restarts",
        }
    }
}

/// An exposure that is longer than was said.
pub(super) struct Longer {
    pub(super) invariant: Arc<str>,
    pub(super) measure: Measure,
    /// The states in which such a run begins.
    pub(super) begin: Set,
}

/// The first exposure that is longer than was said in a run that begins in one of these states.
pub(super) fn longer(model: &Model<'_>, ready: &Ready, reached: &Set) -> Result<Option<Longer>, Full> {
    let layout = &model.layout;
    let bits = layout.held.iter().chain([&layout.performed, &layout.hopeful]).chain(&layout.done).copied();
    let begin = (&(reached & &model.begun()) & &ready.begin(model)).without(&model.diagrams.variables(bits));
    let surprised = &begin - &model.settled();
    if surprised.is_empty()? {
        return Ok(None);
    }
    let memory = Memory::new(model);
    let planned = Planned::new(model, &memory, &surprised);
    let remembered = memory.remember(model, &surprised);
    let ways = walk(model, remembered.clone());
    for invariant in model.catalog.invariants().iter().filter(|invariant| invariant.kind == InvariantKind::Exposure) {
        let said = planned.said(model, &memory, invariant);
        // Where each step that counts was said to, no sum can be longer.
        let mut open = model.diagrams.none();
        for ((step, said), before) in model.steps.iter().zip(&said.steps).zip(&ways) {
            let counts = &(before & &said.holds) & &step.act;
            open = &open | &memory.began(&(&counts - &said.counted));
        }
        if open.is_empty()? {
            continue;
        }
        for measure in Measure::ALL {
            let found = summed(model, &memory, &said, measure, &(&remembered & &open))?;
            if !found.is_empty()? {
                let begin = memory.recalled(model, &found);
                return Ok(Some(Longer { invariant: Arc::clone(&invariant.id), measure, begin }));
            }
        }
    }
    Ok(None)
}

/// What a run remembers of its beginning.
struct Memory {
    /// The facts that steps change, by their positions.
    written: Vec<usize>,
    /// To forget what is now, and keep what was at the beginning.
    forget_now: Variables,
    /// To forget what was at the beginning.
    forget_old: Variables,
}

impl Memory {
    fn new(model: &Model<'_>) -> Self {
        let layout = &model.layout;
        let mut written: Vec<usize> = model.written().collect();
        written.sort_unstable();
        written.dedup();
        let now = written.iter().flat_map(|at| layout.facts[*at].bits()).chain(&layout.outstanding).copied();
        let old = written.iter().flat_map(|at| layout.facts[*at].old()).chain(&layout.old_outstanding).copied();
        let (forget_now, forget_old) = (model.diagrams.variables(now), model.diagrams.variables(old));
        Self { written, forget_now, forget_old }
    }

    /// The states that are what was remembered.
    fn same(&self, model: &Model<'_>) -> Set {
        let facts = self.written.iter().map(|at| model.layout.facts[*at].same(&model.diagrams));
        let outstanding = model.layout.outstanding.iter().zip(&model.layout.old_outstanding).map(|(now, old)| {
            let (now, old) = (model.diagrams.bit(*now, true), model.diagrams.bit(*old, true));
            &(&now & &old) | &(&!&now - &old)
        });
        facts.chain(outstanding).fold(model.diagrams.all(), |all, same| &all & &same)
    }

    /// These states, each remembered.
    fn remember(&self, model: &Model<'_>, states: &Set) -> Set {
        states & &self.same(model)
    }

    /// The beginnings of these states, as they are remembered.
    fn began(&self, states: &Set) -> Set {
        states.without(&self.forget_now)
    }

    /// Remembered beginnings as states.
    fn recalled(&self, model: &Model<'_>, began: &Set) -> Set {
        began.and_without(&self.same(model), &self.forget_old)
    }
}

/// The states before each step of the documented order and at its end.
fn walk(model: &Model<'_>, begin: Set) -> Vec<Set> {
    let mut before = vec![begin];
    for step in &model.steps {
        let states = &before[before.len() - 1];
        let passed = states - &step.act;
        let ways = successes(step).flat_map(|(_, way)| way);
        before.push(ways.fold(passed, |all, way| &all | &model.image(way, &performed(step, states))));
    }
    before
}

fn performed(step: &ModelStep<'_>, states: &Set) -> Set {
    &(states & &step.act) & &step.requires
}

fn successes<'m>(step: &'m ModelStep<'_>) -> impl Iterator<Item = (OutcomeKind, &'m [Way])> {
    let successes = step.outcomes.iter().filter(|outcome| !matches!(outcome.kind, OutcomeKind::Failure { .. }));
    successes.map(|outcome| (outcome.kind, outcome.ways.as_slice()))
}

/// The ways that planning sees.
struct Planned {
    before: Vec<Set>,
    /// For each step, the beginnings from which it is or may be done.
    done: Vec<Set>,
    /// Something that was outstanding at the beginning does not matter to a plan.
    unseen: Variables,
}

/// What a plan says of one exposure.
struct Said {
    steps: Vec<SaidStep>,
}

struct SaidStep {
    /// The states that are exposed.
    holds: Set,
    /// The beginnings from which the step is done while exposed.
    counted: Set,
    /// Of these, those with which it counts as a restart.
    restarts: Set,
}

impl Planned {
    fn new(model: &Model<'_>, memory: &Memory, begin: &Set) -> Self {
        let layout = &model.layout;
        let unseen = model.diagrams.variables(layout.old_outstanding.iter().copied());
        let facts = begin.without(&model.diagrams.variables(layout.outstanding.iter().copied()));
        let start = memory.remember(model, &(&facts & &model.settled())).without(&unseen);
        let before = walk(model, start);
        let done = model.steps.iter().zip(&before).map(|(step, before)| memory.began(&(before & &step.act))).collect();
        Self { before, done, unseen }
    }

    fn said(&self, model: &Model<'_>, memory: &Memory, invariant: &Invariant) -> Said {
        let holds = model.predicate(&invariant.when);
        let step = |(at, step): (usize, &ModelStep<'_>)| {
            let exposed = memory.began(&(&self.before[at] & &holds)).without(&self.unseen);
            let counted = &exposed & &self.done[at];
            let restarts = match step.step.action.reboot {
                Reboot::Restart => counted.clone(),
                Reboot::Never => model.diagrams.none(),
                Reboot::Possible | Reboot::Always => {
                    let later = later_restarts(model, at);
                    later.into_iter().fold(counted.clone(), |alone, restart| &alone - &self.done[restart])
                }
            };
            SaidStep { holds: holds.clone(), counted, restarts }
        };
        Said { steps: model.steps.iter().enumerate().map(step).collect() }
    }
}

/// The restarts that come later in documented order.
fn later_restarts(model: &Model<'_>, at: usize) -> Vec<usize> {
    (at + 1..model.steps.len()).filter(|later| model.steps[*later].step.action.reboot == Reboot::Restart).collect()
}

/// The beginnings from which a run can sum up to more than was said.
fn summed(model: &Model<'_>, memory: &Memory, said: &Said, measure: Measure, begin: &Set) -> Result<Set, Full> {
    // How much more than was said so far, with the states in which it is.
    let mut sums: BTreeMap<i64, Set> = BTreeMap::from([(0, begin.clone())]);
    // A run that is refused counts as far as it came.
    let mut ended: Vec<(i64, Set)> = Vec::new();
    for (at, (step, said)) in model.steps.iter().zip(&said.steps).enumerate() {
        let mut next: BTreeMap<i64, Set> = BTreeMap::new();
        let mut add = |sum: i64, states: Set| {
            let known = next.entry(sum).or_insert_with(|| model.diagrams.none());
            *known = &*known | &states;
        };
        let minutes = i64::from(step.step.action.minutes);
        let (weight, counted) = match measure {
            Measure::Steps => (1, &said.counted),
            Measure::Minutes => (minutes, &said.counted),
            Measure::Reboots => (1, &said.restarts),
        };
        let done = |kind: OutcomeKind| match measure {
            Measure::Steps | Measure::Minutes => weight,
            // A restart that turns out to be needed is that of the restart step that follows, or comes some time after the run.
            Measure::Reboots if kind == OutcomeKind::RestartNeeded => i64::from(later_restarts(model, at).is_empty()),
            Measure::Reboots => i64::from(step.step.action.reboot == Reboot::Restart),
        };
        for (sum, states) in sums {
            for (sum, states) in [(sum - weight, &states & counted), (sum, &states - counted)] {
                if states.is_empty()? {
                    continue;
                }
                add(sum, &states - &step.act);
                ended.push((sum, &(&states & &step.act) - &step.requires));
                let performed = performed(step, &states);
                for (kind, ways) in successes(step) {
                    for way in ways {
                        add(sum + done(kind), model.image(way, &(&performed & &said.holds)));
                        add(sum, model.image(way, &(&performed - &said.holds)));
                    }
                }
            }
        }
        sums = next;
    }
    let more = ended.into_iter().chain(sums).filter(|(sum, _)| *sum > 0);
    Ok(more.fold(model.diagrams.none(), |any, (_, states)| &any | &memory.began(&states)))
}
