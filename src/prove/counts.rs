//! Exact numbers.

use super::explore::Fronts;
use super::ground::{Event, Way};
use super::memory::Memory;
use super::model::{Model, ModelStep};
use super::sets::{Full, Set};
use std::collections::HashMap;

/// The states without what is remembered of the first run.
pub(super) fn plain(model: &Model<'_>, states: &Set) -> Set {
    states.without(&model.diagrams.variables(model.layout.of_first_run()))
}

/// The distinct (state, step, outcome, state) from these states, which remember nothing of the first run.
pub(super) fn transitions(model: &Model<'_>, fronts: &Fronts, states: &Set) -> Result<u128, Full> {
    let mut total = 0;
    for (step, turn) in model.steps.iter().zip(&fronts.turn) {
        let turn = states & turn;
        total += number(model, &step.passed(&turn))?;
        let performed = step.performed(&turn);
        // Interrupted before its effects.
        total += number(model, &performed)?;
        for outcome in &step.outcomes {
            total += pairs(model, &performed, &outcome.ways.iter().collect::<Vec<_>>())?;
        }
        // Interrupted after them.
        total += pairs(model, &performed, &step.successes().map(|(_, way)| way).collect::<Vec<_>>())?;
    }
    Ok(total)
}

fn number(model: &Model<'_>, states: &Set) -> Result<u128, Full> {
    states.count(model.layout.state_bits())
}

/// How many pairs of a state and one that some of the ways lead it to there are.
fn pairs(model: &Model<'_>, states: &Set, ways: &[&Way]) -> Result<u128, Full> {
    if let [way] = ways
        && is_certain(way)?
    {
        return number(model, states);
    }
    let memory = Memory::of(model, ways.iter().copied());
    let remembered = memory.remember(states);
    let led = ways.iter().fold(model.diagrams.none(), |led, way| &led | &model.image(way, &remembered));
    led.count(model.layout.state_bits() + memory.bits())
}

/// True where a way leads each state to one.
fn is_certain(way: &Way) -> Result<bool, Full> {
    for change in way.iter().flat_map(Event::written) {
        for (at, from) in change.from.iter().enumerate() {
            for other in &change.from[at + 1..] {
                if !(from & other).is_empty()? {
                    return Ok(false);
                }
            }
        }
    }
    Ok(true)
}

/// The orders of the steps that the edges allow.
pub(super) fn orders(steps: &[ModelStep<'_>]) -> Option<u128> {
    let after: Vec<u128> = steps.iter().map(|step| step.after.iter().fold(0, |all, from| all | 1 << from)).collect();
    let mut level: HashMap<u128, u128> = HashMap::from([(0, 1)]);
    for _ in &after {
        let mut next: HashMap<u128, u128> = HashMap::new();
        for (done, orders) in level {
            for (at, after) in after.iter().enumerate() {
                if done >> at & 1 == 0 && after & !done == 0 {
                    let entry = next.entry(done | 1 << at).or_default();
                    *entry = entry.checked_add(orders)?;
                }
            }
        }
        level = next;
    }
    level.into_values().next()
}
