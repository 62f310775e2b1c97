//! Why a plan says what it says, and the least that would change it.
//!
//! In comes a plan, whose reasons are typed data already; out goes an [`Explanation`] with the rule behind each reason and the
//! smallest change. Nothing is decided here again.

pub mod document;
mod smallest;

pub use smallest::{Change, MOST_FACTS, Wanted, smallest_change};

use super::choose::candidates;
use super::{Candidate, Decision, Place, Plan, Status};
use std::sync::Arc;

/// Why a plan, or one of its steps, is what it is.
#[derive(Clone, Debug)]
pub struct Explanation<'p> {
    /// The plan.
    pub plan: &'p Plan<'p>,
    /// The position in the plan of the step that was asked for.
    pub step: Option<usize>,
    /// What speaks for and against each scenario that is chosen where it applies, and the one that was named.
    pub candidates: Vec<Candidate<'p>>,
    /// What the change is to bring about.
    pub wanted: Wanted,
    /// The smallest change that does; nothing where none of up to [`MOST_FACTS`] facts does.
    pub change: Option<Change>,
}

/// A step that the plan does not have.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the plan has no step `{step}`{}", near.as_ref().map(|near| format!("; did you mean `{near}`?")).unwrap_or_default())]
pub struct NoStep {
    step: String,
    near: Option<String>,
}

/// Explains a plan, or one of its steps.
///
/// # Errors
///
/// Where the plan has no step of that id.
pub fn explain<'p>(plan: &'p Plan<'p>, step: Option<&str>) -> Result<Explanation<'p>, NoStep> {
    let at = match step {
        None => None,
        Some(id) => Some(plan.step(id).ok_or_else(|| {
            let ids = plan.steps.iter().map(|planned| &*planned.step.id);
            NoStep { step: crate::suggest::excerpt(id), near: crate::suggest::nearest(id, ids).map(str::to_owned) }
        })?),
    };
    let named = plan.request.scenario.as_deref();
    let shown = plan.catalog.scenarios().iter().filter(|scenario| !scenario.on_request || Some(&*scenario.id) == named);
    let wanted = wanted(plan, at);
    let change = smallest_change(plan.catalog, &plan.start, &plan.request, &wanted);
    Ok(Explanation { plan, step: at, candidates: candidates(shown, &plan.start), wanted, change })
}

/// The opposite of what the plan says of the server or of the step.
fn wanted(plan: &Plan<'_>, step: Option<usize>) -> Wanted {
    let Some(planned) = step.map(|at| &plan.steps[at]) else {
        return if matches!(plan.status, Status::Ready | Status::Done) { Wanted::NotGood } else { Wanted::Good };
    };
    let id = Arc::clone(&planned.step.id);
    if plan.blockers.iter().any(|blocker| blocker.place == Place::Step(planned.index)) {
        Wanted::StepFree(id)
    } else if matches!(planned.decision, Decision::Skip(_)) {
        Wanted::StepDone(id)
    } else {
        Wanted::StepLeftOut(id)
    }
}
