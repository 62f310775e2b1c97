//! Whether an exposure can last longer than the plan said that was made when the run began.

use super::model::{Model, ModelStep, OutcomeKind};
use super::ready::Ready;
use super::sets::{Full, Set, Variables};
use super::variables::count;
use crate::catalog::{Invariant, InvariantKind};

pub(super) struct Exposed<'c> {
    pub(super) invariant: &'c Invariant,
    pub(super) holds: Set,
}

/// States after each step of the documented order, with what the run began with remembered.
struct Run {
    /// The states before each step.
    before: Vec<Set>,
}

/// What a run remembers of its beginning.
struct Memory {
    /// The facts that steps change, by their positions.
    written: Vec<usize>,
    /// To forget what is now, and keep what was at the beginning.
    forget_now: Variables,
}

impl Memory {
    fn new(model: &Model<'_>) -> Self {
        let mut written: Vec<usize> = model.written().collect();
        written.sort_unstable();
        written.dedup();
        let facts = written.iter().flat_map(|at| model.layout.facts[*at].bits());
        let forget_now = model.diagrams.variables(facts.chain(&model.layout.outstanding).copied());
        Self { written, forget_now }
    }

    /// These states, each remembered.
    fn remember(&self, model: &Model<'_>, states: &Set) -> Set {
        let facts = self.written.iter().map(|at| model.layout.facts[*at].same(&model.diagrams));
        let outstanding = model.layout.outstanding.iter().zip(&model.layout.old_outstanding).map(|(now, old)| {
            let (now, old) = (model.diagrams.bit(*now, true), model.diagrams.bit(*old, true));
            &(&now & &old) | &(&!&now - &old)
        });
        facts.chain(outstanding).fold(states.clone(), |all, same| &all & &same)
    }

    /// The beginnings of these states.
    fn began(&self, states: &Set) -> Set {
        states.without(&self.forget_now)
    }
}

fn run(model: &Model<'_>, begin: Set) -> Run {
    let mut before = vec![begin];
    for step in &model.steps {
        let states = &before[before.len() - 1];
        before.push(succeeded(model, step, states));
    }
    Run { before }
}

fn succeeded(model: &Model<'_>, step: &ModelStep<'_>, states: &Set) -> Set {
    let performed = &(states & &step.act) & &step.requires;
    let passed = states - &step.act;
    let successes = step.outcomes.iter().filter(|outcome| !matches!(outcome.kind, OutcomeKind::Failure(_)));
    successes.flat_map(|outcome| &outcome.ways).fold(passed, |all, way| &all | &model.image(way, &performed))
}

pub(super) fn longer(model: &Model<'_>, ready: &Ready, reached: &Set) -> Result<String, Full> {
    let memory = Memory::new(model);
    let layout = &model.layout;
    let bits = layout.held.iter().chain([&layout.performed, &layout.hopeful]).chain(&layout.done).copied();
    let begin = (&(reached & &model.begun()) & &ready.begin(model)).without(&model.diagrams.variables(bits));
    let facts = begin.without(&model.diagrams.variables(layout.outstanding.iter().copied()));
    // The plan sees nothing of what is outstanding.
    let forget_old = model.diagrams.variables(layout.old_outstanding.iter().copied());
    let planned = run(model, memory.remember(model, &(&facts & &model.settled())).without(&forget_old));
    let actual = run(model, memory.remember(model, &begin));
    let mut text = String::new();
    for invariant in model.catalog.invariants().iter().filter(|invariant| invariant.kind == InvariantKind::Exposure) {
        let holds = model.predicate(&invariant.when);
        for (at, step) in model.steps.iter().enumerate() {
            let said = &memory.began(&(&planned.before[at] & &holds)) & &memory.began(&(&planned.before[at] & &step.act));
            let more = &(&(&actual.before[at] & &holds) & &step.act) - &said;
            if !more.is_empty()? {
                text += &format!("\n  {} at {}: {:e}", invariant.id, step.step.id, memory.began(&more).count(100)? as f64);
            }
        }
    }
    let sizes: Vec<usize> = actual.before.iter().map(Set::nodes).collect();
    let _ = count([1].iter());
    text += &format!("\n  sizes {sizes:?} planned {:?}", planned.before.iter().map(Set::nodes).collect::<Vec<_>>());
    Ok(text)
}
