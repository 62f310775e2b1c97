//! Whether an exposure can last longer than the plan said that was made when the run began.
//!
//! What the plan says is what the documented order can do from the same facts with nothing outstanding, since planning does not see
//! what is. A run that begins with nothing outstanding is one of those ways, so that only after an interruption it can
//! come out longer.

use super::memory::Memory;
use super::model::{Model, ModelStep, OutcomeKind};
use super::ready::Ready;
use super::sets::{Full, Set, Variables};
use crate::catalog::{InvariantKind, Reboot};
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
    let bits = model.layout.of_first_run().chain(model.layout.done.iter().copied());
    let begin = (&(reached & &model.begun()) & &ready.begin(model)).without(&model.diagrams.variables(bits));
    let surprised = &begin - &model.settled();
    if surprised.is_empty()? {
        return Ok(None);
    }
    // What is remembered is the beginning of the run.
    let memory = Memory::of(model, model.ways());
    let planned = Planned::new(model, &memory, &surprised);
    let remembered = memory.remember(&surprised);
    let ways = walk(model, remembered.clone());
    for invariant in model.catalog.invariants().iter().filter(|invariant| invariant.kind == InvariantKind::Exposure) {
        let holds = model.predicate(&invariant.when);
        let said = planned.said(model, &memory, &holds);
        // Where each step that counts was said to, no sum can be longer.
        let mut open = model.diagrams.none();
        for ((step, said), before) in model.steps.iter().zip(&said).zip(&ways) {
            let counts = &(before & &holds) & &step.act;
            open = &open | &memory.began(&(&counts - &said.counted));
        }
        if open.is_empty()? {
            continue;
        }
        for measure in Measure::ALL {
            let found = summed(model, &memory, (&holds, &said), measure, &(&remembered & &open))?;
            if !found.is_empty()? {
                let begin = memory.recalled(&found);
                return Ok(Some(Longer { invariant: Arc::clone(&invariant.id), measure, begin }));
            }
        }
    }
    Ok(None)
}

/// The states before each step of the documented order and at its end.
fn walk(model: &Model<'_>, begin: Set) -> Vec<Set> {
    let mut before = vec![begin];
    for step in &model.steps {
        let states = &before[before.len() - 1];
        before.push(&step.passed(states) | &step.succeeded(model, states));
    }
    before
}

/// The ways that planning sees.
struct Planned {
    before: Vec<Set>,
    /// For each step, the beginnings from which it is or may be done.
    done: Vec<Set>,
    /// Something that was outstanding at the beginning does not matter to a plan.
    unseen: Variables,
}

/// What a plan says of one exposure at a step.
struct Said {
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
        let start = memory.remember(&(&facts & &model.settled())).without(&unseen);
        let before = walk(model, start);
        let done = model.steps.iter().zip(&before).map(|(step, before)| memory.began(&(before & &step.act))).collect();
        Self { before, done, unseen }
    }

    fn said(&self, model: &Model<'_>, memory: &Memory, holds: &Set) -> Vec<Said> {
        let step = |(at, step): (usize, &ModelStep<'_>)| {
            let exposed = memory.began(&(&self.before[at] & holds)).without(&self.unseen);
            let counted = &exposed & &self.done[at];
            let restarts = match step.step.action.reboot {
                Reboot::Restart => counted.clone(),
                Reboot::Never => model.diagrams.none(),
                Reboot::Possible | Reboot::Always => {
                    let later = later_restarts(model, at);
                    later.into_iter().fold(counted.clone(), |alone, restart| &alone - &self.done[restart])
                }
            };
            Said { counted, restarts }
        };
        model.steps.iter().enumerate().map(step).collect()
    }
}

/// The restarts that come later in documented order.
fn later_restarts(model: &Model<'_>, at: usize) -> Vec<usize> {
    (at + 1..model.steps.len()).filter(|later| model.steps[*later].step.action.reboot == Reboot::Restart).collect()
}

/// The beginnings from which a run can sum up to more than was said.
fn summed(
    model: &Model<'_>,
    memory: &Memory,
    (holds, said): (&Set, &[Said]),
    measure: Measure,
    begin: &Set,
) -> Result<Set, Full> {
    // How much more than was said so far, with the states in which it is.
    let mut sums: BTreeMap<i64, Set> = BTreeMap::from([(0, begin.clone())]);
    // A run that is refused counts as far as it came.
    let mut ended: Vec<(i64, Set)> = Vec::new();
    for (at, (step, said)) in model.steps.iter().zip(said).enumerate() {
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
                add(sum, step.passed(&states));
                ended.push((sum, step.refused(&states)));
                let performed = step.performed(&states);
                for (kind, way) in step.successes() {
                    add(sum + done(kind), model.image(way, &(&performed & holds)));
                    add(sum, model.image(way, &(&performed - holds)));
                }
            }
        }
        sums = next;
    }
    let more = ended.into_iter().chain(sums).filter(|(sum, _)| *sum > 0);
    Ok(more.fold(model.diagrams.none(), |any, (_, states)| &any | &memory.began(&states)))
}
