//! Rehearsal: the server before the first step and after each, with what protects it.
//!
//! In comes a plan, which already carries its simulated states; out goes a timeline document. Faults stop the way at a step
//! and plan again from what they leave. Nothing here decides what a step does: that is the planner's.

pub mod document;
mod fault;
mod protection;

pub(crate) use fault::stops;
pub use fault::{Fault, FaultError, Stop};
pub use protection::Protection;

use crate::plan::{Decision, Plan};
use document::{Again, ChangeDocument, StateDocument, TimelineDocument};

/// What to show of the way.
#[derive(Clone, Debug, Default)]
pub struct Request {
    /// The last step to show.
    pub until: Option<String>,
    /// Where the way is broken off.
    pub fault: Option<Fault>,
}

/// The timeline of a plan for a server of that name.
///
/// # Errors
///
/// Where a step or a failure that was asked for is not in the plan.
pub fn timeline(plan: &Plan<'_>, host: &str, request: &Request) -> Result<TimelineDocument, FaultError> {
    let last = match &request.until {
        Some(id) => fault::position(plan, id)?,
        None => plan.steps.len().saturating_sub(1),
    };
    let stops = match &request.fault {
        Some(fault) => fault::stops(plan, fault)?,
        None => Vec::new(),
    };
    // A fault shows the way up to the step that it breaks.
    let shown = stops.first().map_or_else(|| (last + 1).min(plan.steps.len()), |stop| stop.at);
    let mut elapsed = 0;
    let states = (0..shown).map(|at| state(plan, at, &mut elapsed)).collect();
    let again = stops.into_iter().map(|stop| again(plan, host, stop)).collect();
    Ok(TimelineDocument {
        schema: document::SCHEMA,
        host: host.to_owned(),
        scenario: plan.scenario.map(|scenario| scenario.id.to_string()),
        status: plan.status.name(),
        start: StateDocument {
            step: None,
            decision: None,
            why: None,
            changes: Vec::new(),
            protection: Protection::of(plan.catalog, &plan.states[0]).document(),
            opens: exposures(plan, |exposure| exposure.opens.is_none()),
            closes: Vec::new(),
            restart: None,
            minutes: 0,
            elapsed: 0,
        },
        states,
        again,
        goal: plan.document(host).end.goal,
    })
}

fn state(plan: &Plan<'_>, at: usize, elapsed: &mut u32) -> StateDocument {
    let planned = &plan.steps[at];
    let (before, after) = (&plan.states[at], &plan.states[at + 1]);
    let vocabulary = plan.catalog.vocabulary();
    let changes = vocabulary.ids().filter(|fact| before.now[fact.index()] != after.now[fact.index()]);
    let done = !matches!(planned.decision, Decision::Skip(_));
    let minutes = if done { planned.step.action.minutes } else { 0 };
    *elapsed += minutes;
    StateDocument {
        step: Some(planned.step.id.to_string()),
        decision: Some(planned.decision.name()),
        why: planned.decision.why(),
        changes: changes
            .map(|fact| ChangeDocument {
                fact: vocabulary.name(fact).to_owned(),
                from: before.now[fact.index()].to_json(),
                to: after.now[fact.index()].to_json(),
            })
            .collect(),
        protection: Protection::of(plan.catalog, after).document(),
        opens: exposures(plan, |exposure| exposure.opens == Some(at)),
        closes: exposures(plan, |exposure| exposure.closes == Some(at)),
        restart: done.then(|| planned.step.action.reboot.name()).filter(|name| *name != "never"),
        minutes,
        elapsed: *elapsed,
    }
}

fn exposures(plan: &Plan<'_>, wanted: impl Fn(&crate::plan::Exposure) -> bool) -> Vec<String> {
    plan.exposures.iter().filter(|exposure| wanted(exposure)).map(|exposure| exposure.invariant.to_string()).collect()
}

fn again(plan: &Plan<'_>, host: &str, stop: Stop) -> Again {
    let protection = Protection::of(plan.catalog, &stop.state).document();
    let replanned = fault::plan_again(plan, &stop.state);
    let id = plan.steps[stop.at].step.id.to_string();
    Again { step: id, what: stop.what, remedy: stop.remedy, protection, plan: replanned.document(host) }
}
