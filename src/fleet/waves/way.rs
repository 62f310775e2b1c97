//! What a rollout has to know of a server's plan.

use crate::catalog::Invariant;
use crate::condition::Truth;
use crate::plan::{Decision, Plan, Reboots, Status};
use crate::simulate::{Fault, stops};
use std::sync::Arc;

/// The invariant that is true of a server without an active antivirus.
const ANTIVIRUS_GAP: &str = "antivirus-gap";

/// The way of servers that a rollout cannot tell apart.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Way {
    /// What the plan says.
    pub status: Status,
    /// The scenario, and what is done with each of its steps. Servers with the same are of one class.
    pub class: (Option<Arc<str>>, Vec<(usize, &'static str)>),
    /// How long it takes.
    pub minutes: u32,
    /// Restarts that are certain, and those that may be needed.
    pub restarts: (usize, usize),
    /// How many minutes after its start the last restart is over that may be needed.
    pub last_restart: Option<u32>,
    /// How many minutes the server is without an active antivirus.
    pub unprotected: u32,
    /// What the failures leave that are listed for each step that is or may be done; steps without a failure are not here.
    pub faults: Vec<Vec<Left>>,
}

/// A server on which a step failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Left {
    /// Something was changed, and the goal is not reached.
    pub half_way: bool,
    /// No antivirus is active, or it is not known that one is.
    pub unprotected: bool,
}

impl Way {
    /// The way that a plan is.
    pub fn of(plan: &Plan<'_>) -> Self {
        let (mut minutes, mut last_restart) = (0, None);
        let done = || plan.steps.iter().filter(|planned| !matches!(planned.decision, Decision::Skip(_)));
        for planned in done() {
            minutes += planned.step.action.minutes;
            if planned.step.action.reboot.name() != "never" {
                last_restart = Some(minutes);
            }
        }
        let gaps = plan.exposures.iter().filter(|exposure| *exposure.invariant == *ANTIVIRUS_GAP);
        let Reboots { certain, possible } = plan.reboots;
        Self {
            status: plan.status,
            class: (
                plan.scenario.map(|scenario| Arc::clone(&scenario.id)),
                plan.steps.iter().map(|planned| (planned.index, planned.decision.name())).collect(),
            ),
            minutes,
            restarts: (certain, possible),
            last_restart,
            unprotected: gaps.map(|gap| gap.minutes).sum(),
            faults: done().map(|planned| faults(plan, &planned.step.id)).filter(|faults| !faults.is_empty()).collect(),
        }
    }
}

/// What the failures leave that are listed for a step.
fn faults(plan: &Plan<'_>, step: &str) -> Vec<Left> {
    let gap = plan.catalog.invariants().iter().find(|invariant| *invariant.id == *ANTIVIRUS_GAP);
    let world = plan.world();
    let is = |condition, state: &crate::plan::State| state.scope(&world).evaluate(condition);
    let fault = Fault::Failure { step: step.to_owned(), failure: None };
    let stops = stops(plan, &fault).unwrap_or_default();
    let left = stops.iter().map(|stop| Left {
        half_way: stop.state.touched.iter().any(Option::is_some)
            && plan.scenario.is_none_or(|scenario| is(&scenario.goal, &stop.state) != Truth::True),
        unprotected: gap.is_some_and(|gap: &Invariant| is(&gap.when, &stop.state) != Truth::False),
    });
    left.collect()
}
