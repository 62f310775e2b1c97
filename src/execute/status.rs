//! What a journal says of its run, `cutover/status/v1`.

use super::journal::{History, Text};
use crate::plan::given::GivenPlan;
use schemars::JsonSchema;
use serde::Serialize;

/// The schema that the status of a run names.
pub const SCHEMA: &str = "cutover/status/v1";

/// What a journal says of its run.
#[derive(Clone, Debug, JsonSchema, Serialize)]
pub struct StatusDocument {
    /// Always [`SCHEMA`].
    pub schema: &'static str,
    /// The journal's file.
    pub journal: String,
    /// The plan's file.
    pub plan: String,
    /// The server's own name.
    pub host: String,
    /// The scenario.
    pub scenario: String,
    /// True where the server was a simulated one.
    pub simulated: bool,
    /// `running`, `interrupted`, or `ended` where the run ended by itself or waits for somebody.
    pub state: &'static str,
    /// How it ended, as in a run report; null where it did not.
    pub ended: Option<String>,
    /// The step that it is at, was interrupted at, or stopped at.
    pub step: Option<String>,
    /// Since when.
    pub since: String,
    /// The steps that were done, in order.
    pub done: Vec<DoneDocument>,
    /// Steps of the plan that were to be done and are not in the journal; what is left is planned anew when the run goes on.
    pub left: Vec<String>,
    /// True where the run goes on only after a restart.
    pub restart_awaited: bool,
    /// How many bytes of a torn last line do not count.
    pub torn_bytes: u64,
    /// The command that goes on; null where it is done, or goes on already.
    pub next: Option<Vec<String>>,
}

/// A step that was done.
#[derive(Clone, Debug, JsonSchema, Serialize)]
pub struct DoneDocument {
    /// The step.
    pub step: String,
    /// `done`, `awaits_restart`, `attested`, `restarted` or `failed`.
    pub how: &'static str,
    /// When.
    pub at: String,
}

/// What a journal says; nothing where it holds no record. `plan` is the plan, where it can still be read.
pub fn status(
    file: &str,
    text: &Text,
    is_running: bool,
    plan: Option<&GivenPlan>,
    resume: Vec<String>,
) -> Option<StatusDocument> {
    let history = History::of(&text.entries);
    let begun = history.begun.as_ref()?;
    let last = text.entries.last().map(|entry| entry.at.clone()).unwrap_or_default();
    let (state, step, since) = match (&history.running, &history.ended) {
        (running, _) if is_running => {
            let (step, since) = running.clone().map_or((None, last), |(step, since)| (Some(step), since));
            ("running", step, since)
        }
        (_, Some((_, step, at))) => ("ended", step.clone(), at.clone()),
        (Some((step, since)), None) => ("interrupted", Some(step.clone()), since.clone()),
        (None, None) => ("interrupted", None, last),
    };
    let ended = history.ended.as_ref().filter(|_| state == "ended").map(|(status, ..)| status.clone());
    let is_done = ended.as_deref() == Some("done");
    let was_done = |id: &str| history.done.iter().any(|done| done.step == id && done.how != "failed");
    let to_do = |decision: &str| decision != "skip";
    let left = plan.map_or_else(Vec::new, |plan| {
        let steps = plan.steps.iter().filter(|step| step.decision.as_ref().is_some_and(|one| to_do(&one.value.0)));
        steps.map(|step| step.id.value.clone()).filter(|id| !was_done(id)).collect()
    });
    Some(StatusDocument {
        schema: SCHEMA,
        journal: file.to_owned(),
        plan: begun.plan.clone(),
        host: begun.host.clone(),
        scenario: begun.scenario.clone(),
        simulated: begun.simulated,
        state,
        restart_awaited: history.asked || history.awaiting.is_some() || ended.as_deref() == Some("restart"),
        ended,
        step,
        since,
        done: history
            .done
            .iter()
            .map(|done| DoneDocument { step: done.step.clone(), how: done.how, at: done.at.clone() })
            .collect(),
        left: if is_done { Vec::new() } else { left },
        torn_bytes: text.torn_bytes,
        next: (!is_done && state != "running").then_some(resume),
    })
}
