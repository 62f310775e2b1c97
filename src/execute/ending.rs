//! How a run ends, and what its report says.

use super::document::{self, CheckDocument, FindingDocument, RunDocument, StepDocument};
use super::host::Host;
use super::job::Job;
use super::journal::{History, JournalError};
use super::runner::Options;
use crate::catalog::Step;
use crate::fact::FactId;
use crate::plan::given::GivenPlan;
use crate::suggest::excerpt;
use jiff::Timestamp;

/// How a run ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    /// Nothing is left to do and the goal holds.
    Done,
    /// Of a dry run: it would be carried out.
    WouldRun,
    /// Something does not hold that has to.
    Refused,
    /// A step failed.
    Failed,
    /// Something is not known that has to be.
    NotKnown,
    /// Somebody else has to do something first.
    Waiting,
    /// A restart is needed and was not allowed.
    Restart,
    /// The server restarts, and the run goes on by itself.
    Restarting,
}

impl Ending {
    /// The name in documents.
    pub fn name(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::WouldRun => "would_run",
            Self::Refused => "refused",
            Self::Failed => "failed",
            Self::NotKnown => "not_known",
            Self::Waiting => "waiting",
            Self::Restart => "restart",
            Self::Restarting => "restarting",
        }
    }

    /// How findings end a run: what does not hold comes before what is not known.
    fn of(findings: &[FindingDocument]) -> Self {
        if findings.iter().any(FindingDocument::is_violated) { Self::Refused } else { Self::NotKnown }
    }
}

/// A run that its journal stopped.
#[derive(Debug, thiserror::Error)]
#[error("{journal}")]
pub struct RunError {
    /// What is wrong with the journal.
    #[source]
    pub journal: JournalError,
    /// The step whose record could not be written, and whether it had been carried out.
    pub step: Option<(String, bool)>,
}

/// Why a walk stops.
pub(super) struct Stop {
    pub(super) ending: Ending,
    pub(super) step: Option<String>,
    pub(super) because: String,
    pub(super) findings: Vec<FindingDocument>,
    pub(super) checklist: Vec<CheckDocument>,
}

/// What ends a walk before its last step.
pub(super) enum Halt {
    Stop(Box<Stop>),
    Journal(RunError),
}

impl Stop {
    pub(super) fn because(ending: Ending, because: impl Into<String>) -> Self {
        Self { ending, step: None, because: because.into(), findings: Vec::new(), checklist: Vec::new() }
    }

    pub(super) fn at(ending: Ending, step: &Step, because: impl Into<String>) -> Halt {
        Halt::Stop(Box::new(Self { step: Some(step.id.to_string()), ..Self::because(ending, because) }))
    }

    pub(super) fn with(findings: Vec<FindingDocument>, step: Option<&Step>) -> Self {
        let ending = Ending::of(&findings);
        let because = match (ending, step) {
            (Ending::Refused, Some(_)) => "what the step needs is not so",
            (Ending::Refused, None) => "the plan does not fit this server",
            (_, Some(_)) => "what the step needs is not known",
            (_, None) => "not enough is known of this server",
        };
        let step = step.map(|step| step.id.to_string());
        Self { ending, step, because: because.to_owned(), findings, checklist: Vec::new() }
    }

    pub(super) fn found(findings: Vec<FindingDocument>, step: &Step) -> Halt {
        Halt::Stop(Box::new(Self::with(findings, Some(step))))
    }
}

/// The report of a plan that is not carried out whatever the server is like.
pub fn refused(given: &GivenPlan, host: &dyn Host, options: &Options, findings: Vec<FindingDocument>) -> RunDocument {
    let scenario = given.scenario.as_ref().map(|scenario| excerpt(&scenario.value)).unwrap_or_default();
    let stop = Stop::with(findings, None);
    let now = host.now();
    RunDocument {
        because: Some("the plan is not one to carry out".to_owned()),
        ..closed(host, options, scenario, now, stop, false)
    }
}

/// The report of a run that stopped.
pub(super) fn report(
    job: &Job<'_>,
    host: &dyn Host,
    options: &Options,
    began: Timestamp,
    steps: Vec<StepDocument>,
    stop: Stop,
    history: &History,
) -> RunDocument {
    let vocabulary = job.catalog.vocabulary();
    let taken = |fact: &FactId| {
        let believed = history.believed.contains_key(vocabulary.name(*fact));
        job.recorded[fact.index()].is_some() && !host.sees(*fact) && !believed
    };
    let taken_from_plan = vocabulary.ids().filter(taken).map(|fact| vocabulary.name(fact).to_owned()).collect();
    let closed = closed(host, options, job.scenario.id.to_string(), began, stop, history.begun.is_some());
    RunDocument { host_steps: job.host_steps(), steps, taken_from_plan, ..closed }
}

/// A report without what only a plan that was looked up tells.
fn closed(host: &dyn Host, options: &Options, scenario: String, began: Timestamp, stop: Stop, is_begun: bool) -> RunDocument {
    let mut next = options.resume.clone();
    next.extend(stop.checklist.iter().flat_map(|check| ["--attest".to_owned(), check.step.clone()]));
    let goes_on = match stop.ending {
        Ending::Refused | Ending::NotKnown => is_begun,
        Ending::Failed | Ending::Waiting | Ending::Restart | Ending::WouldRun => true,
        Ending::Done | Ending::Restarting => false,
    };
    RunDocument {
        schema: document::SCHEMA,
        host: host.name().to_owned(),
        simulated: options.simulated,
        dry_run: false,
        plan: options.plan.clone(),
        journal: options.journal.clone(),
        scenario,
        host_steps: "cutover",
        status: stop.ending.name(),
        stopped_at: stop.step,
        because: (stop.ending != Ending::Done).then_some(stop.because),
        steps: Vec::new(),
        findings: stop.findings,
        checklist: stop.checklist,
        taken_from_plan: Vec::new(),
        next: (goes_on && !next.is_empty()).then_some(next),
        began: began.to_string(),
        ended: host.now().to_string(),
    }
}
