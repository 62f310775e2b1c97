//! When the server is exposed on the way, and the restarts.

use super::reasons::Ledger;
use super::state::World;
use super::walk::{Decision, PlannedStep, Walked};
use crate::catalog::{Catalog, InvariantKind, Reboot};
use crate::condition::Truth;
use std::sync::Arc;

/// A stretch of the plan on which an exposure invariant is true, or not known to be false.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Exposure {
    /// The invariant's id.
    pub invariant: Arc<str>,
    /// The position in the plan of the step that opens it; nothing where it held before.
    pub opens: Option<usize>,
    /// The position in the plan of the step that closes it; nothing where none does.
    pub closes: Option<usize>,
    /// The steps after the opener, up to and including the closer, that are or may be done.
    pub steps: usize,
    /// Their minutes.
    pub minutes: u32,
    /// The restarts among them.
    pub reboots: usize,
}

/// The restarts of a plan.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Reboots {
    /// Restart steps that are done.
    pub certain: usize,
    /// Restarts that may turn out to be needed.
    pub possible: usize,
}

/// The exposures of a plan, in the order of the catalog and then of opening.
pub(super) fn exposures(catalog: &Catalog, walked: &Walked<'_>, world: &World<'_>, ledger: &mut Ledger<'_>) -> Vec<Exposure> {
    let mut found = Vec::new();
    for invariant in catalog.invariants().iter().filter(|invariant| invariant.kind == InvariantKind::Exposure) {
        ledger.note(&invariant.when);
        let mut exposed: Vec<bool> = Vec::with_capacity(walked.states.len());
        for (at, state) in walked.states.iter().enumerate() {
            // A step that is left out leaves the state as it was.
            let known = at.checked_sub(1).filter(|before| Arc::ptr_eq(&walked.states[*before], state));
            exposed.push(match known {
                Some(before) => exposed[before],
                None => state.scope(world).evaluate(&invariant.when) != Truth::False,
            });
        }
        found.extend(stretches(&invariant.id, &walked.steps, &exposed));
    }
    found
}

/// The stretches of an invariant: `exposed` says of the server before the first step and after each whether it is so.
pub(super) fn stretches(invariant: &Arc<str>, steps: &[PlannedStep<'_>], exposed: &[bool]) -> Vec<Exposure> {
    let mut found = Vec::new();
    let mut at = 0;
    while at < exposed.len() {
        if !exposed[at] {
            at += 1;
            continue;
        }
        let end = (at..exposed.len()).find(|state| !exposed[*state]);
        // The state at position n + 1 is the one after step n.
        let opens = at.checked_sub(1);
        let closes = end.map(|state| state - 1);
        let counted = &steps[at..closes.map_or(steps.len(), |step| step + 1)];
        let done = counted.iter().enumerate().filter(|(_, planned)| is_done(planned));
        found.push(Exposure {
            invariant: Arc::clone(invariant),
            opens,
            closes,
            steps: done.clone().count(),
            minutes: done.clone().map(|(_, planned)| planned.step.action.minutes).sum(),
            reboots: done.filter(|(offset, _)| restarts(steps, at + offset)).count(),
        });
        at = end.unwrap_or(exposed.len());
    }
    found
}

fn is_done(planned: &PlannedStep<'_>) -> bool {
    !matches!(planned.decision, Decision::Skip(_))
}

/// True for a restart, and for a step that may need one and that no restart follows.
fn restarts(steps: &[PlannedStep<'_>], at: usize) -> bool {
    let is_restart = |planned: &PlannedStep<'_>| planned.step.action.reboot == Reboot::Restart && is_done(planned);
    is_restart(&steps[at]) || may_need_restart(&steps[at]) && !steps[at + 1..].iter().any(is_restart)
}

fn may_need_restart(planned: &PlannedStep<'_>) -> bool {
    is_done(planned) && matches!(planned.step.action.reboot, Reboot::Possible | Reboot::Always)
}

/// The restarts of a plan.
pub(super) fn reboots(steps: &[PlannedStep<'_>]) -> Reboots {
    let mut counted = Reboots::default();
    for (at, planned) in steps.iter().enumerate() {
        match (planned.step.action.reboot, planned.decision) {
            (Reboot::Restart, Decision::Perform) => counted.certain += 1,
            _ if restarts(steps, at) => counted.possible += 1,
            _ => {}
        }
    }
    counted
}
