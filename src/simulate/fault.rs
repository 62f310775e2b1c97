//! Breaking off the way: interruptions, failures, and planning again from what they leave.

use crate::catalog::{Failure, FailureSign, Reboot};
use crate::plan::{Decision, Plan, Request, Start, State, plan};

/// Where and how the way is broken off.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fault {
    /// The machine or the tool stops at the step, before its effects or after them and before anyone recorded it.
    Interruption {
        /// The step's id.
        step: String,
    },
    /// The step fails.
    Failure {
        /// The step's id.
        step: String,
        /// The failure's id; every one that is listed where none is given.
        failure: Option<String>,
    },
}

/// A fault that cannot be shown.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FaultError {
    /// The plan has no such step.
    #[error("the plan has no step `{step}`{}", near.as_ref().map(|near| format!("; did you mean `{near}`?")).unwrap_or_default())]
    NoStep {
        /// The step that was asked for.
        step: String,
        /// The nearest one.
        near: Option<String>,
    },
    /// The plan leaves the step out.
    #[error("the plan leaves the step `{step}` out, so it can neither fail nor be interrupted")]
    Skipped {
        /// The step that was asked for.
        step: String,
    },
    /// The step has no such failure.
    #[error("the step `{step}` has no failure `{failure}`; it has {listed}")]
    NoFailure {
        /// The step.
        step: String,
        /// The failure that was asked for.
        failure: String,
        /// Those that are listed.
        listed: String,
    },
}

/// A server on which the way was broken off.
#[derive(Clone, Debug)]
pub struct Stop {
    /// The position in the plan of the step that was broken off.
    pub at: usize,
    /// What happened, in a few words.
    pub what: String,
    /// What to do about it, where the catalog has an answer.
    pub remedy: Option<String>,
    /// The server as it was left.
    pub state: State,
}

/// The position of a step in the plan.
pub(super) fn position(plan: &Plan<'_>, id: &str) -> Result<usize, FaultError> {
    plan.step(id).ok_or_else(|| {
        let ids = plan.steps.iter().map(|planned| &*planned.step.id);
        let near = crate::suggest::nearest(id, ids).map(str::to_owned);
        FaultError::NoStep { step: crate::suggest::excerpt(id), near }
    })
}

/// The servers that a fault can leave.
pub(crate) fn stops(plan: &Plan<'_>, fault: &Fault) -> Result<Vec<Stop>, FaultError> {
    let (Fault::Interruption { step: id } | Fault::Failure { step: id, .. }) = fault;
    let at = position(plan, id)?;
    let planned = &plan.steps[at];
    if matches!(planned.decision, Decision::Skip(_)) {
        return Err(FaultError::Skipped { step: id.clone() });
    }
    let (before, world) = (&*plan.states[at], plan.world());
    if let Fault::Failure { failure, .. } = fault {
        let listed = failures(planned.step.action.failures.as_slice(), failure.as_deref(), id)?;
        let stop = |failure: &Failure| {
            let mut state = before.clone();
            state.fail(&world, planned.index, planned.step, &failure.leaves);
            let what = format!("{}: {} ({})", failure.id, failure.about, sign(&failure.on));
            Stop { at, what, remedy: Some(failure.remedy.to_string()), state }
        };
        return Ok(listed.into_iter().map(stop).collect());
    }
    let after = |what: &str, success: &dyn Fn(&mut State)| {
        let mut state = before.clone();
        success(&mut state);
        Stop { at, what: format!("interrupted after its effects{what}, before anyone recorded it"), remedy: None, state }
    };
    let with = |state: &mut State, restart: bool| state.perform_with(&world, planned.index, planned.step, restart);
    let what = "interrupted before its effects".to_owned();
    let mut stops = vec![Stop { at, what, remedy: None, state: before.clone() }];
    if planned.step.action.reboot == Reboot::Possible {
        stops.push(after(", which needed no restart", &|state| with(state, false)));
        stops.push(after(", which need a restart", &|state| with(state, true)));
    } else {
        stops.push(after("", &|state| state.perform(&world, planned.index, planned.step)));
    }
    Ok(stops)
}

fn failures<'f>(all: &'f [Failure], wanted: Option<&str>, step: &str) -> Result<Vec<&'f Failure>, FaultError> {
    let Some(wanted) = wanted else { return Ok(all.iter().collect()) };
    let found = all.iter().find(|failure| &*failure.id == wanted);
    found.map(|failure| vec![failure]).ok_or_else(|| FaultError::NoFailure {
        step: step.to_owned(),
        failure: crate::suggest::excerpt(wanted),
        listed: all.iter().map(|failure| format!("`{}`", failure.id)).collect::<Vec<_>>().join(", "),
    })
}

fn sign(sign: &FailureSign) -> String {
    match sign {
        FailureSign::Exit { tool, code } => format!("{tool} ends with {code}"),
        FailureSign::Observed(observed) => observed.to_string(),
    }
}

/// Plans again from the server as it was left: the same scenario by name, the same parameters, the same order.
pub(super) fn plan_again<'c>(first: &Plan<'c>, state: &State) -> Plan<'c> {
    let start = Start::simulated(first.catalog, state, "not known after the steps so far");
    let scenario = first.scenario.map(|scenario| scenario.id.to_string());
    plan(first.catalog, start, Request { scenario, ..first.request.clone() })
}
