//! Servers that are blocked although an action could set right, at that place, what blocks them.

use super::model::{Forbidden, Model, ModelStep, used_actions};
use super::ready::{Ready, at_start};
use super::sets::{Full, Set};
use crate::catalog::Action;
use crate::condition::Condition;
use std::sync::Arc;

/// A server that is refused too much.
pub(super) struct TooMuch<'c> {
    /// The step at which it is blocked, by its position; the goal where there is none.
    pub(super) at: Option<usize>,
    /// What blocks it.
    pub(super) part: &'c Condition,
    /// What that must turn out to be.
    pub(super) needs: bool,
    /// The action that would set it right.
    pub(super) action: Arc<str>,
    /// The servers.
    pub(super) servers: Set,
}

/// A part of a condition that is not as wanted, and the states in which it is not. Alternatives are one part.
#[derive(Clone)]
pub(super) struct Part<'c> {
    condition: &'c Condition,
    /// What it must turn out to be.
    needs: bool,
    pub(super) wrong: Set,
}

/// A part that blocks at a place, and the states in which some action sets it right there.
struct Remedied<'c> {
    part: Part<'c>,
    action: &'c Action,
    here: Set,
}

/// The first servers that are refused too much.
pub(super) fn too_much<'c>(model: &Model<'c>, ready: &Ready) -> Result<Option<TooMuch<'c>>, Full> {
    let servers = &(&(&model.chosen & &model.possible) & &model.settled()) - &ready.good;
    if servers.is_empty()? {
        return Ok(None);
    }
    let mut actions: Vec<&Action> = Vec::new();
    for action in used_actions(model.catalog) {
        if !actions
            .iter()
            .any(|known| known.id == action.id && known.effects == action.effects && known.requires == action.requires)
        {
            actions.push(action);
        }
    }
    for at in 0..=model.steps.len() {
        let mut remedied = requirement(model, at, &actions)?;
        remedied.extend(invariants(model, at, &actions)?);
        // What some action sets right on every way is among what any sets right.
        let any = remedied.iter().fold(model.diagrams.none(), |any, one| &any | &one.here);
        if (&for_certain(model, at, any) & &servers).is_empty()? {
            continue;
        }
        for one in remedied {
            let found = &for_certain(model, at, one.here) & &servers;
            if !found.is_empty()? {
                let at = (at < model.steps.len()).then_some(at);
                let Part { condition: part, needs, .. } = one.part;
                return Ok(Some(TooMuch { at, part, needs, action: Arc::clone(&one.action.id), servers: found }));
            }
        }
    }
    Ok(None)
}

/// What a step requires, or the goal.
fn requirement<'c>(model: &Model<'c>, at: usize, actions: &[&'c Action]) -> Result<Vec<Remedied<'c>>, Full> {
    let (condition, here) = match model.steps.get(at) {
        Some(step) => (&step.step.action.requires, step.refused(&model.diagrams.all())),
        None => (&model.scenario.goal, !&model.goal),
    };
    remedied(model, parts(model, condition, true, &here)?, actions)
}

/// Invariants that a step makes true anew, or that are met at rest: looked at once the step is done, or everything is at rest.
fn invariants<'c>(model: &Model<'c>, at: usize, actions: &[&'c Action]) -> Result<Vec<Remedied<'c>>, Full> {
    let mut found = Vec::new();
    if let Some(step) = model.steps.get(at) {
        for Forbidden { invariant, holds } in &model.forbidden {
            for mut one in remedied(model, parts(model, &invariant.when, false, holds)?, actions)? {
                one.here = &led_for_certain(model, step, &one.here) - holds;
                found.push(one);
            }
        }
    } else {
        for (number, Forbidden { invariant, holds }) in model.at_rest.iter().enumerate() {
            let held = model.diagrams.bit(model.layout.held[number], true);
            for mut one in remedied(model, parts(model, &invariant.when, false, holds)?, actions)? {
                one.here = &model.always(&model.restart, &one.here) - &held;
                found.push(one);
            }
        }
    }
    Ok(found)
}

/// The states in which a part is as it must be.
fn right(model: &Model<'_>, part: &Part<'_>) -> Set {
    let holds = model.predicate(part.condition);
    if part.needs { holds } else { !&holds }
}

/// The parts that an action sets right where they block.
fn remedied<'c>(model: &Model<'_>, parts: Vec<Part<'c>>, actions: &[&'c Action]) -> Result<Vec<Remedied<'c>>, Full> {
    let mut found = Vec::new();
    for part in parts {
        let wanted = right(model, &part);
        for action in actions {
            let able = &model.predicate(&action.requires) - &model.achieved(action);
            let ways = model.successes(None, action);
            let here = ways.iter().fold(&part.wrong & &able, |here, (_, way)| &here & &model.always(way, &wanted));
            if !here.is_empty()? {
                found.push(Remedied { part: part.clone(), action, here });
            }
        }
    }
    Ok(found)
}

/// The states in which a step has to be done and each of its successes leads into these.
fn led_for_certain(model: &Model<'_>, step: &ModelStep<'_>, into: &Set) -> Set {
    step.successes().fold(step.act.clone(), |all, (_, way)| &all & &model.always(way, into))
}

/// The servers that come to be among these before a step whichever way the steps before it turn out. A step that is refused
/// counts as performed, as in a plan.
fn for_certain(model: &Model<'_>, at: usize, states: Set) -> Set {
    let start =
        model.steps[..at].iter().rev().fold(states, |after, step| &step.passed(&after) | &led_for_certain(model, step, &after));
    at_start(model, &start)
}

/// The parts of a condition that is not as wanted in these states: all those that would have to be.
pub(super) fn parts<'c>(model: &Model<'_>, condition: &'c Condition, wanted: bool, wrong: &Set) -> Result<Vec<Part<'c>>, Full> {
    if wrong.is_empty()? {
        return Ok(Vec::new());
    }
    match (condition, wanted) {
        (Condition::Not(part), _) => parts(model, part, !wanted, wrong),
        (Condition::All(inner), true) | (Condition::Any(inner), false) => {
            let mut found = Vec::new();
            for part in inner {
                let holds = model.predicate(part);
                let wrong = if wanted { wrong - &holds } else { wrong & &holds };
                found.extend(parts(model, part, wanted, &wrong)?);
            }
            Ok(found)
        }
        (Condition::All(_), false) | (Condition::Any(_), true) | (Condition::Test(_), _) => {
            Ok(vec![Part { condition, needs: wanted, wrong: wrong.clone() }])
        }
    }
}
