//! What a step would do: for a run that does nothing.

use super::document::StepDocument;
use super::job::Job;
use super::step::timeout;
use crate::catalog::{Performer, Reboot};
use crate::condition::Condition;
use crate::plan::{Decision, PlannedStep};

/// A step as a dry run tells it.
pub(super) fn step(job: &Job<'_>, step: &PlannedStep<'_>) -> StepDocument {
    let action = &step.step.action;
    let named = StepDocument {
        step: step.step.id.to_string(),
        title: action.title.to_string(),
        scope: action.performed_by.name(),
        ..StepDocument::default()
    };
    let came = match (step.decision, action.performed_by, action.reboot) {
        (Decision::Skip(why), ..) => return StepDocument { came: why.name(), ..named },
        (Decision::Perform, _, Reboot::Restart) => "would_restart",
        (_, _, Reboot::Restart) => "may_restart",
        (Decision::CheckFirst | Decision::DecideLater, ..) => "would_check",
        (_, Performer::Console, _) => "would_attest",
        (_, Performer::Host, _) if !job.acts => "would_watch",
        _ => "would_do",
    };
    let how = (!action.run.is_empty()).then(|| {
        let parts: Vec<String> = action.run.iter().map(|run| run.work.to_string()).collect();
        parts.join("; then ")
    });
    StepDocument {
        came,
        needs: (action.requires != Condition::always()).then(|| job.catalog.words(&action.requires)),
        achieved_when: action.achieved_when.as_ref().map(|achieved| job.catalog.words(achieved)),
        how: how.filter(|_| came != "would_watch" && action.reboot != Reboot::Restart),
        minutes: Some(timeout(action.minutes).as_mins()),
        ..named
    }
}
