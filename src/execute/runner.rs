//! The runner: plans again from the server as it is, takes each step when its turn comes, and stops where it must.
//!
//! Nothing is left to choose here. A step is looked at again when its turn comes; whether it is done, refused or passed over is
//! what planning that one step on the facts of that moment says. Every change is in the journal before it is made.

use super::check;
use super::code::Code;
use super::document::{FindingDocument, RunDocument, StepDocument};
use super::ending::{Ending, Halt, RunError, Stop, report};
use super::host::Host;
use super::job::Job;
use super::journal::{Begun, History, Journal, JournalError, Record, SCHEMA};
use super::sight::Sight;
use crate::catalog::Reboot;
use crate::condition::{Argument, Scope, Truth};
use crate::fact::FactId;
use crate::plan::{Plan, Request, Start, State, Status, World, plan};
use jiff::Timestamp;
use serde_json::{Map, Value as Json};

/// How often the whole way is walked in one run. A second time is needed where a last step turned out to need a restart.
const MOST_WALKS: usize = 4;

/// What a run may do, and what it says of itself.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// Restarts are allowed.
    pub restart: bool,
    /// Console steps that are said to be done.
    pub attest: Vec<String>,
    /// Who says so.
    pub by: String,
    /// The file of the plan, as it is shown.
    pub plan: String,
    /// The same file as it is found from anywhere.
    pub plan_file: String,
    /// BLAKE3 of that file.
    pub plan_digest: String,
    /// The file of the journal, as it is shown.
    pub journal: Option<String>,
    /// The server is a simulated one.
    pub simulated: bool,
    /// The command that goes on, as it is shown.
    pub resume: Vec<String>,
    /// The command that goes on by itself after a restart.
    pub at_start: Vec<String>,
}

/// What came of a step's turn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Turn {
    PassedOver,
    Did,
}

/// A run on its way.
pub(super) struct Runner<'r, 'c> {
    pub(super) job: &'r Job<'c>,
    pub(super) host: &'r mut dyn Host,
    pub(super) journal: Journal,
    pub(super) history: History,
    /// The parameters as conditions read them.
    pub(super) arguments: Vec<Argument>,
    pub(super) options: &'r Options,
    pub(super) steps: Vec<StepDocument>,
    /// Steps that this run has done, by their positions in the scenario.
    pub(super) done_here: Vec<usize>,
    pub(super) tell: &'r mut dyn FnMut(&str),
}

/// Carries a plan out from its beginning. The journal is opened once nothing stands against that; `tell` hears what goes on.
///
/// # Errors
///
/// Where the journal cannot be used.
pub fn apply(
    job: &Job<'_>,
    host: &mut dyn Host,
    options: &Options,
    journal: impl FnOnce() -> Result<Journal, JournalError>,
    tell: &mut dyn FnMut(&str),
) -> Result<RunDocument, RunError> {
    let began = host.now();
    host.look();
    let findings = refusals(job, host, &History::default(), true);
    if !findings.is_empty() {
        return Ok(report(job, host, options, began, Vec::new(), Stop::with(findings, None), &History::default()));
    }
    if let Some(stop) = other_run(host) {
        return Ok(report(job, host, options, began, Vec::new(), stop, &History::default()));
    }
    let journal = journal().map_err(|journal| RunError { journal, step: None })?;
    let mut runner = Runner::new(job, host, journal, options, tell);
    let first = Record::Begun(runner.begun());
    runner.write(first)?;
    runner.whole(began, job.listed(job.steps.clone()))
}

/// Goes on with the run of a journal, by planning again from the server as it is.
///
/// # Errors
///
/// Where the journal cannot be used.
pub fn resume(
    job: &Job<'_>,
    host: &mut dyn Host,
    options: &Options,
    journal: Journal,
    tell: &mut dyn FnMut(&str),
) -> Result<RunDocument, RunError> {
    let began = host.now();
    host.look();
    let history = History::of(journal.entries());
    if !job.is_for(host.name()) {
        let stop = Stop::with(vec![check::other_host(job, host.name())], None);
        return Ok(report(job, host, options, began, Vec::new(), stop, &history));
    }
    if let Some(stop) = other_run(host) {
        return Ok(report(job, host, options, began, Vec::new(), stop, &history));
    }
    let mut runner = Runner::new(job, host, journal, options, tell);
    let (boot, torn_bytes) = (runner.host.boot(), runner.journal.torn_bytes());
    runner.write(Record::Resumed { boot: boot.clone(), torn_bytes })?;
    if runner.history.boot != boot {
        runner.restarted(boot)?;
    }
    runner.whole(began, job.again())
}

/// Says what would be done, and does nothing. With a history it says what would be done next.
pub fn dry_run(job: &Job<'_>, host: &mut dyn Host, options: &Options, history: Option<&History>) -> RunDocument {
    let began = host.now();
    host.look();
    let fresh = History::default();
    let is_first = history.is_none();
    let history = history.unwrap_or(&fresh);
    let findings = refusals(job, host, history, is_first);
    if !findings.is_empty() {
        let report = report(job, host, options, began, Vec::new(), Stop::with(findings, None), history);
        return RunDocument { dry_run: true, ..report };
    }
    let request = if is_first { job.listed(job.steps.clone()) } else { job.again() };
    let planned = planned(job, host, history, request);
    let steps = planned.steps.iter().map(|step| super::dry::step(job, step)).collect();
    let (ending, because) = match planned.status {
        Status::Done => (Ending::Done, "nothing is left to do"),
        _ => (Ending::WouldRun, "nothing was done: --execute carries it out"),
    };
    let stop = Stop::because(ending, because);
    RunDocument { dry_run: true, ..report(job, host, options, began, steps, stop, history) }
}

/// Makes this run the only one on the server; a reason to stop where it is not.
fn other_run(host: &mut dyn Host) -> Option<Stop> {
    let why = host.claim().err()?;
    let help = "begin, or go on, once that run has ended; cutover status says of its journal what it is doing";
    Some(Stop::with(vec![FindingDocument::no(Code::OtherRun.name(), why, help)], None))
}

/// Everything that stands against the plan on the server as it is.
fn refusals(job: &Job<'_>, host: &dyn Host, history: &History, is_first: bool) -> Vec<FindingDocument> {
    if !job.is_for(host.name()) {
        return vec![check::other_host(job, host.name())];
    }
    if is_first {
        let found = check::before(job, &Sight::of(job.catalog, host, &job.recorded, history));
        if !found.is_empty() {
            return found;
        }
    }
    let request = if is_first { job.listed(job.steps.clone()) } else { job.again() };
    check::against(&planned(job, host, history, request))
}

/// What is known of the server now.
pub(super) fn start(job: &Job<'_>, host: &dyn Host, history: &History) -> Start {
    let sight = Sight::of(job.catalog, host, &job.recorded, history);
    Start::known(job.catalog, &sight)
}

fn planned<'c>(job: &Job<'c>, host: &dyn Host, history: &History, request: Request) -> Plan<'c> {
    plan(job.catalog, start(job, host, history), request)
}

impl<'r, 'c> Runner<'r, 'c> {
    fn new(
        job: &'r Job<'c>,
        host: &'r mut dyn Host,
        journal: Journal,
        options: &'r Options,
        tell: &'r mut dyn FnMut(&str),
    ) -> Self {
        let history = History::of(journal.entries());
        let arguments = planned(job, host, &history, job.listed(Vec::new())).arguments;
        Self { job, host, journal, history, arguments, options, steps: Vec::new(), done_here: Vec::new(), tell }
    }

    fn begun(&self) -> Begun {
        let guarded = |spec: &crate::catalog::ParameterSpec| spec.type_name() == "text";
        let parameters = self.job.parameters.iter().filter(|(name, _)| !self.job.scenario.parameter(name).is_some_and(guarded));
        Begun {
            schema: SCHEMA.to_owned(),
            program: env!("CARGO_PKG_VERSION").to_owned(),
            host: self.host.name().to_owned(),
            simulated: self.options.simulated,
            plan: self.options.plan_file.clone(),
            plan_digest: self.options.plan_digest.clone(),
            catalog: self.job.catalog.digest().to_owned(),
            scenario: self.job.scenario.id.to_string(),
            parameters: parameters.map(|(name, value)| (name.to_string(), value.to_json())).collect(),
            host_steps: self.job.host_steps().to_owned(),
            boot: self.host.boot(),
        }
    }

    /// Writes a record; when this returns it is on the disk.
    pub(super) fn write(&mut self, record: Record) -> Result<(), RunError> {
        let step = match &record {
            Record::Intent { step, .. } | Record::Restart { step, .. } => Some((step.clone(), false)),
            Record::Outcome { step, .. } | Record::Seen { step, .. } => Some((step.clone(), true)),
            _ => None,
        };
        self.journal.append(self.host.now(), record).map_err(|journal| RunError { journal, step })?;
        if let Some(entry) = self.journal.entries().last() {
            self.history.add(entry);
        }
        Ok(())
    }

    /// Walks, writes how it ended, and reports.
    fn whole(mut self, began: Timestamp, request: Request) -> Result<RunDocument, RunError> {
        // A run that is there already needs none at the next start.
        let taken_back = self.host.resume_at_start(None);
        let stop = match taken_back {
            Err(reason) => Stop::because(Ending::Failed, format!("the resumption at start-up cannot be taken back: {reason}")),
            Ok(()) => match self.walks(request) {
                Ok(stop) => stop,
                Err(Halt::Stop(stop)) => *stop,
                Err(Halt::Journal(error)) => return Err(error),
            },
        };
        self.write(Record::Ended { status: stop.ending.name().to_owned(), step: stop.step.clone() })?;
        let Self { job, host, options, steps, history, .. } = self;
        Ok(report(job, host, options, began, steps, stop, &history))
    }

    /// Plans again and walks until nothing is left to do.
    fn walks(&mut self, mut request: Request) -> Result<Stop, Halt> {
        let done = || Stop::because(Ending::Done, "nothing is left to do, and the goal holds");
        self.left_at_work()?;
        for _ in 0..MOST_WALKS {
            self.seen_meanwhile()?;
            let planned = self.planned(request);
            let against = check::against(&planned);
            if !against.is_empty() {
                return Ok(Stop::with(against, None));
            }
            if planned.status == Status::Done {
                return Ok(done());
            }
            let mut did = false;
            for step in &planned.steps {
                did |= self.turn(&planned, step.index)? == Turn::Did;
            }
            self.host.look();
            let goal = self.planned(self.job.listed(Vec::new())).goal;
            if goal == Truth::True && self.history.awaiting.is_none() {
                return Ok(done());
            }
            if !did {
                break;
            }
            request = self.job.again();
        }
        let document = self.planned(self.job.listed(Vec::new())).document_of_this_order("");
        let (ending, because) = match self.history.awaiting {
            Some(_) => (Ending::Restart, "a restart is outstanding"),
            None => (Ending::Failed, "every step has had its turn, and the goal is not reached"),
        };
        Ok(Stop { findings: check::goal(&document), ..Stop::because(ending, because) })
    }

    /// The plan from the server as it was last seen.
    pub(super) fn planned(&self, request: Request) -> Plan<'c> {
        planned(self.job, self.host, &self.history, request)
    }

    /// Whether one sees that the step is done.
    pub(super) fn is_achieved(&self, index: usize, now: &Start) -> Truth {
        let achieved = self.job.scenario.steps[index].action.achieved_when.as_ref();
        let scope = Scope { facts: &now.facts, parameters: &self.arguments };
        achieved.map_or(Truth::False, |achieved| scope.evaluate(achieved))
    }

    /// Writes a record on the way of a walk.
    pub(super) fn record(&mut self, record: Record) -> Result<(), Halt> {
        self.write(record).map_err(Halt::Journal)
    }

    /// What success of a step brings about of the facts that no probe sees: at once, and with a restart.
    pub(super) fn brought(&self, index: usize, before: &Start, restart: bool) -> (Map<String, Json>, Map<String, Json>) {
        let step = &self.job.scenario.steps[index];
        let world = World { parameters: &self.arguments, restart_pending: self.job.catalog.restart_pending() };
        let mut after = State::new(before.facts.clone());
        if step.action.reboot == Reboot::Restart {
            after.perform(&world, index, step);
        } else {
            after.perform_with(&world, index, step, restart);
        }
        let unseen = |fact: &FactId| !self.host.sees(*fact);
        let touched = |fact: &FactId| after.touched[fact.index()].is_some();
        let name = |fact: FactId| self.job.catalog.vocabulary().name(fact).to_owned();
        let shown = |state: &State, fact: FactId| state.now[fact.index()].single().map_or(Json::Null, |value| value.to_json());
        let ids = || self.job.catalog.vocabulary().ids().filter(unseen);
        let rested = after.at_rest();
        let at_once = ids().filter(touched).map(|fact| (name(fact), shown(&after, fact))).collect();
        let later = ids().filter(|fact| rested.now[fact.index()] != after.now[fact.index()]);
        (at_once, later.map(|fact| (name(fact), shown(&rested, fact))).collect())
    }

    /// Notes that the server was restarted.
    pub(super) fn restarted(&mut self, boot: String) -> Result<(), RunError> {
        let history = &self.history;
        let ended = history.ended.as_ref().is_some_and(|(status, ..)| status == Ending::Restart.name());
        let awaited = history.awaiting.is_some() || history.asked || ended;
        let restart = self.job.scenario.steps.iter().position(|step| step.action.reboot == Reboot::Restart);
        let before = start(self.job, self.host, &self.history);
        let facts = restart.map(|index| self.brought(index, &before, false).0).unwrap_or_default();
        self.write(Record::Restarted { boot, awaited, facts })
    }
}
