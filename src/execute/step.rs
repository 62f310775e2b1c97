//! The turn of one step: looked at again, and then done, left to others, or stopped at.

use super::check;
use super::document::{CheckDocument, StepDocument};
use super::ending::{Ending, Halt, Stop};
use super::host::{Failed, Outcome, Task};
use super::journal::Record;
use super::runner::{Runner, Turn, start};
use crate::catalog::{Performer, Reboot, Run, Work};
use crate::condition::Truth;
use crate::plan::{Decision, Plan, PlannedStep, Start, WhySkip};
use crate::suggest::harmless;
use jiff::{SignedDuration, Timestamp};
use serde_json::Map;

/// A step may take so many times its budget, and at least so long: budgets are estimates, and an installer that is given up
/// halfway is worse than one that is late.
const PATIENCE: i64 = 4;
const LEAST: SignedDuration = SignedDuration::from_mins(30);
/// For so long a step is looked at that its tool says has failed: what it did may show a little later.
pub(super) const GRACE: SignedDuration = SignedDuration::from_mins(2);
/// How long to wait between two looks: briefly at first.
pub(super) const SOON: SignedDuration = SignedDuration::from_secs(5);
const LATER: SignedDuration = SignedDuration::from_secs(30);
const SOON_TIMES: usize = 12;
/// So many restarts in a row may bring nothing about.
const FRUITLESS: u32 = 2;

/// How long an action may take.
pub(super) fn timeout(minutes: u32) -> SignedDuration {
    SignedDuration::from_mins(PATIENCE * i64::from(minutes)).max(LEAST)
}

/// What was seen of a step that was begun.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Seen {
    Achieved,
    AwaitsRestart,
    NotAchieved,
}

impl Seen {
    fn name(self) -> &'static str {
        match self {
            Self::Achieved => "achieved",
            Self::AwaitsRestart => "awaits_restart",
            Self::NotAchieved => "not_achieved",
        }
    }
}

impl<'c> Runner<'_, 'c> {
    /// The turn of a step of the plan.
    pub(super) fn turn(&mut self, whole: &Plan<'c>, index: usize) -> Result<Turn, Halt> {
        // What is passed over needs no look of its own; what is done is looked at just before.
        let glance = self.planned(self.job.listed(vec![index]));
        if let Some((step, why)) = skipped(&glance) {
            self.passed_over(step, why);
            return Ok(Turn::PassedOver);
        }
        self.host.look();
        let before = start(self.job, self.host, &self.history);
        let planned = crate::plan::plan(self.job.catalog, before.clone(), self.job.listed(vec![index]));
        let Some(step) = planned.steps.first() else { return Ok(Turn::PassedOver) };
        // Within a run a step is done once, unless one sees that it is not.
        let done = self.done_here.contains(&index) && step.step.action.achieved_when.is_none();
        match step.decision {
            Decision::Skip(why) => {
                self.passed_over(step, why);
                return Ok(Turn::PassedOver);
            }
            _ if done => return Ok(Turn::PassedOver),
            Decision::DecideLater => {
                self.enter(step, "not_known");
                return Err(Stop::found(check::unknowns(&planned.document_of_this_order("")), step.step));
            }
            Decision::Perform | Decision::CheckFirst => {}
        }
        let against = check::against_step(&planned);
        if !against.is_empty() {
            let refused = against.iter().any(super::document::FindingDocument::is_violated);
            self.enter(step, if refused { "refused" } else { "not_known" });
            return Err(Stop::found(against, step.step));
        }
        let action = &step.step.action;
        match (action.performed_by, action.reboot) {
            (_, Reboot::Restart) => self.restart(&planned, step),
            (Performer::Console, _) => self.attested(whole, &planned, step, &before),
            (Performer::Host, _) if !self.job.acts => self.watched(&planned, step, &before),
            (Performer::Host, _) => self.performed(&planned, step, &before),
        }
    }

    fn passed_over(&mut self, step: &PlannedStep<'_>, why: WhySkip) {
        let known = self.steps.iter().any(|one| *one.step == *step.step.id);
        if !known {
            self.enter(step, why.name());
        }
    }

    /// Enters a step into the report.
    fn enter(&mut self, step: &PlannedStep<'_>, came: &'static str) -> &mut StepDocument {
        let action = &step.step.action;
        self.steps.push(StepDocument {
            step: step.step.id.to_string(),
            title: action.title.to_string(),
            scope: action.performed_by.name(),
            came,
            ..StepDocument::default()
        });
        let last = self.steps.len() - 1;
        &mut self.steps[last]
    }

    /// A step that this program performs.
    fn performed(&mut self, planned: &Plan<'c>, step: &PlannedStep<'c>, before: &Start) -> Result<Turn, Halt> {
        let began = self.host.now();
        let timeout = timeout(step.step.action.minutes);
        let (id, minutes) = (step.step.id.to_string(), timeout.as_mins());
        self.record(Record::Intent { step: id.clone(), action: step.step.action.id.to_string(), minutes })?;
        (self.tell)(&format!("{id}: {}, at most {minutes} minutes", step.step.action.title));
        let flags = flags(planned, step);
        let task = task(planned, step, &flags);
        let outcome = self.host.perform(&task);
        let (failed, listed) = match &outcome {
            Outcome::Failed(failed) => (failed.clone(), failed.listed(&step.step.action)),
            _ => (Failed::default(), None),
        };
        let is_failed = matches!(outcome, Outcome::Failed(_));
        let tool = (is_failed && !failed.tool.is_empty()).then(|| failed.tool.clone());
        let failure = listed.map(|failure| failure.id.to_string());
        self.record(Record::Outcome {
            step: id.clone(),
            outcome: outcome.name().to_owned(),
            tool: tool.clone(),
            code: failed.code,
            failure: failure.clone(),
        })?;
        let (seen, restart) = self.observed(step, &outcome, before, began + timeout);
        self.seen(step, seen, restart, before)?;
        let minutes_taken = self.host.now().duration_since(began).as_mins();
        let says = match &outcome {
            Outcome::Refused(reason) => Some(reason.clone()),
            Outcome::Failed(failed) => failed.says.clone(),
            _ => None,
        };
        let came = match seen {
            Seen::Achieved => "done",
            Seen::AwaitsRestart => "awaits_restart",
            Seen::NotAchieved if matches!(outcome, Outcome::Refused(_)) => "refused",
            Seen::NotAchieved => "failed",
        };
        let entered = self.enter(step, came);
        entered.outcome = Some(outcome.name());
        (entered.tool, entered.code, entered.failure) = (tool, failed.code, failure);
        entered.says = says.as_deref().map(harmless);
        entered.minutes = Some(minutes_taken);
        if seen != Seen::NotAchieved {
            self.done_here.push(step.index);
            return Ok(Turn::Did);
        }
        let because = match (&outcome, listed) {
            (_, Some(failure)) => format!("{} {}", failure.about, failure.remedy),
            (Outcome::Refused(reason), None) => format!("it was not begun: {}", harmless(reason)),
            (Outcome::Failed(failed), None) => ended(failed),
            (Outcome::TimedOut, None) => "its tool had not ended when the time was up; see whether it still runs".to_owned(),
            _ => format!("its tool reported no failure, but it was not seen done: {}", self.achieved(step)),
        };
        let ending = if matches!(outcome, Outcome::Refused(_)) { Ending::Refused } else { Ending::Failed };
        Err(Stop::at(ending, step.step, because))
    }

    /// How one would see that the step is done, in words.
    fn achieved(&self, step: &PlannedStep<'_>) -> String {
        let achieved = step.step.action.achieved_when.as_ref();
        achieved.map_or_else(String::new, |achieved| self.job.catalog.words(achieved))
    }

    /// Looks until the step is seen to be done, a restart is needed, or the time is up.
    fn observed(&mut self, step: &PlannedStep<'c>, outcome: &Outcome, before: &Start, deadline: Timestamp) -> (Seen, bool) {
        let said = *outcome == Outcome::NeedsRestart;
        let was_pending = self.is_pending(before);
        let until = match outcome {
            Outcome::Failed(_) => self.host.now() + GRACE,
            Outcome::Refused(_) => self.host.now(),
            _ => deadline.max(self.host.now() + GRACE),
        };
        let is_shown = step.step.action.achieved_when.is_some();
        let succeeded = matches!(outcome, Outcome::Success | Outcome::NeedsRestart);
        for looks in 0.. {
            self.host.look();
            let now = start(self.job, self.host, &self.history);
            let pending = self.is_pending(&now);
            let restart = said || pending && !was_pending;
            // Of facts that nothing sees a tool's word has to do.
            let unseen = succeeded && self.shows_only_unseen(step, &now);
            if !is_shown && succeeded || unseen || is_shown && self.is_achieved(step.index, &now) == Truth::True {
                return (Seen::Achieved, restart);
            }
            let over = self.host.now() >= until;
            let may = matches!(step.step.action.reboot, Reboot::Possible | Reboot::Always);
            let failed = matches!(outcome, Outcome::Failed(_) | Outcome::Refused(_));
            if said || may && !failed && pending && (!was_pending || over) {
                return (Seen::AwaitsRestart, true);
            }
            if over {
                return (Seen::NotAchieved, restart);
            }
            self.host.wait(if looks < SOON_TIMES { SOON } else { LATER });
        }
        (Seen::NotAchieved, false)
    }

    /// Whether the step would be seen to be done if what nothing sees had come as the step says.
    fn shows_only_unseen(&self, step: &PlannedStep<'c>, now: &Start) -> bool {
        let (facts, _) = self.brought(step.index, now, false);
        if facts.is_empty() {
            return false;
        }
        let mut history = self.history.clone();
        history.believed.extend(facts);
        self.is_achieved(step.index, &start(self.job, self.host, &history)) == Truth::True
    }

    pub(super) fn is_pending(&self, now: &Start) -> bool {
        let pending = self.job.catalog.restart_pending();
        let flag = crate::fact::Abstract::Exactly(crate::fact::Value::Flag(true));
        pending.is_some_and(|fact| now.facts[fact.index()] == flag)
    }

    fn seen(&mut self, step: &PlannedStep<'c>, seen: Seen, restart: bool, before: &Start) -> Result<(), Halt> {
        let (facts, after_restart) =
            if seen == Seen::NotAchieved { (Map::new(), Map::new()) } else { self.brought(step.index, before, restart) };
        let (step, seen) = (step.step.id.to_string(), seen.name().to_owned());
        self.record(Record::Seen { step, seen, restart, facts, after_restart })
    }

    /// A step that a deployment or a platform performs: it is waited for.
    fn watched(&mut self, planned: &Plan<'c>, step: &PlannedStep<'c>, before: &Start) -> Result<Turn, Halt> {
        let timeout = timeout(step.step.action.minutes);
        (self.tell)(&format!("{}: waited for, at most {} minutes", step.step.id, timeout.as_mins()));
        let flags = flags(planned, step);
        self.host.left_to_others(&task(planned, step, &flags));
        let began = self.host.now();
        let (seen, restart) = self.observed(step, &Outcome::StillRunning, before, began + timeout);
        if seen == Seen::NotAchieved {
            self.enter(step, "waits_for_others");
            let because = format!(
                "others perform this step, and it was not seen done within {} minutes: {}",
                timeout.as_mins(),
                self.achieved(step)
            );
            return Err(Stop::at(Ending::Waiting, step.step, because));
        }
        self.seen(step, seen, restart, before)?;
        let minutes_taken = self.host.now().duration_since(began).as_mins();
        self.enter(step, if seen == Seen::Achieved { "done_by_others" } else { "awaits_restart" }).minutes = Some(minutes_taken);
        self.done_here.push(step.index);
        Ok(Turn::Did)
    }

    /// A console step: somebody has to say that it is done, and what the server shows of it has to agree.
    fn attested(&mut self, whole: &Plan<'c>, planned: &Plan<'c>, step: &PlannedStep<'c>, before: &Start) -> Result<Turn, Halt> {
        if !self.options.attest.iter().any(|attested| **attested == *step.step.id) {
            self.enter(step, "waits_for_attestation");
            let mut halt = Stop::at(Ending::Waiting, step.step, "somebody has to do this in a console, and say so");
            if let Halt::Stop(stop) = &mut halt {
                stop.checklist = Self::checklist(whole, step.index);
            }
            return Err(halt);
        }
        let flags = flags(planned, step);
        self.host.left_to_others(&task(planned, step, &flags));
        let (facts, _) = self.brought(step.index, before, false);
        let (id, by) = (step.step.id.to_string(), self.options.by.clone());
        self.record(Record::Attested { step: id, by, facts })?;
        let deadline = self.host.now() + timeout(step.step.action.minutes);
        let (seen, restart) = self.observed(step, &Outcome::StillRunning, before, deadline);
        if seen == Seen::NotAchieved && step.step.action.achieved_when.is_some() {
            self.enter(step, "failed");
            let because = format!("it was attested, but this is not seen on the server: {}", self.achieved(step));
            return Err(Stop::at(Ending::Failed, step.step, because));
        }
        if restart {
            self.seen(step, seen, restart, before)?;
        }
        self.enter(step, "attested");
        self.done_here.push(step.index);
        Ok(Turn::Did)
    }

    /// The console steps that can be done before the next step on the server.
    fn checklist(whole: &Plan<'c>, index: usize) -> Vec<CheckDocument> {
        let from = whole.steps.iter().position(|step| step.index == index).unwrap_or(0);
        let wanted = |step: &&PlannedStep<'c>| !matches!(step.decision, Decision::Skip(_));
        let in_console = |step: &&PlannedStep<'c>| step.step.action.performed_by == Performer::Console;
        let steps = whole.steps[from..].iter().filter(wanted).take_while(in_console);
        steps
            .map(|step| CheckDocument {
                step: step.step.id.to_string(),
                title: step.step.action.title.to_string(),
                how: match step.step.action.run.as_slice() {
                    [Run { work: Work::ByHand(how), .. }] => how.to_string(),
                    _ => step.step.action.title.to_string(),
                },
            })
            .collect()
    }

    /// The restart: asked for where that is allowed and promises anything.
    fn restart(&mut self, planned: &Plan<'c>, step: &PlannedStep<'c>) -> Result<Turn, Halt> {
        // What asks for a restart may still be tidied up after the last one.
        if self.history.fruitless > 0 && self.settles(step.index) {
            self.enter(step, WhySkip::AlreadySo.name());
            return Ok(Turn::PassedOver);
        }
        if self.history.fruitless >= FRUITLESS {
            self.enter(step, "failed");
            let because = "two restarts in a row brought nothing about, so that no third one is asked for; \
                           see what still asks for one (cutover facts show reboot.reasons)";
            return Err(Stop::at(Ending::Failed, step.step, because));
        }
        let boot = self.host.boot();
        let flags = flags(planned, step);
        let task = task(planned, step, &flags);
        if !self.job.acts {
            self.host.left_to_others(&task);
            if self.host.boot() != boot {
                return self.came_back(planned, step);
            }
            self.enter(step, "waits_for_restart");
            let because = "it is left to whoever performs the steps on this server";
            return Err(Stop::at(Ending::Restart, step.step, because));
        }
        if !self.options.restart {
            self.enter(step, "waits_for_restart");
            return Err(Stop::at(Ending::Restart, step.step, "it was not allowed with --restart"));
        }
        self.record(Record::Restart { step: step.step.id.to_string(), boot: boot.clone() })?;
        if let Err(reason) = self.host.resume_at_start(Some(&self.options.at_start)) {
            self.enter(step, "failed");
            let because =
                format!("the resumption cannot be registered, and without it nothing is restarted: {}", harmless(&reason));
            return Err(Stop::at(Ending::Failed, step.step, because));
        }
        (self.tell)(&format!("{}: the server is restarted", step.step.id));
        if let Err(reason) = self.host.restart(&task) {
            self.enter(step, "failed");
            return Err(Stop::at(Ending::Failed, step.step, format!("the restart was refused: {}", harmless(&reason))));
        }
        if self.host.boot() == boot {
            self.enter(step, "restarting");
            return Err(Stop::at(Ending::Restarting, step.step, "the server restarts, and the run goes on by itself after that"));
        }
        self.came_back(planned, step)
    }

    /// The server has been restarted while the run went on, as a simulated one is.
    fn came_back(&mut self, planned: &Plan<'c>, step: &PlannedStep<'c>) -> Result<Turn, Halt> {
        self.host.look();
        let boot = self.host.boot();
        self.restarted(boot).map_err(Halt::Journal)?;
        self.seen_meanwhile()?;
        self.enter(step, "restarted");
        // Some servers need a second one.
        if self.settles(step.index) { Ok(Turn::Did) } else { self.restart(planned, step) }
    }

    /// Looks for a little while whether a step turns out to be done.
    fn settles(&mut self, index: usize) -> bool {
        let until = self.host.now() + GRACE;
        loop {
            self.host.look();
            if self.is_achieved(index, &start(self.job, self.host, &self.history)) == Truth::True {
                return true;
            }
            if self.host.now() >= until {
                return false;
            }
            self.host.wait(SOON);
        }
    }
}

/// The only step of a plan, where it is left out.
fn skipped<'p, 'c>(planned: &'p Plan<'c>) -> Option<(&'p PlannedStep<'c>, WhySkip)> {
    planned.steps.first().and_then(|step| match step.decision {
        Decision::Skip(why) => Some((step, why)),
        _ => None,
    })
}

/// The arguments of the action that are true.
fn flags<'c>(planned: &Plan<'c>, step: &PlannedStep<'_>) -> Vec<&'c str> {
    let given = step.with.iter().filter(|(_, truth)| *truth == Truth::True);
    given.map(|(name, _)| planned.catalog.parameter_names().name(*name)).collect()
}

fn task<'a>(planned: &'a Plan<'_>, step: &PlannedStep<'a>, flags: &'a [&'a str]) -> Task<'a> {
    Task {
        catalog: planned.catalog,
        step: step.step,
        index: step.index,
        flags,
        parameters: &planned.arguments,
        timeout: timeout(step.step.action.minutes),
    }
}

/// How a tool ended that failed in a way that no failure of the catalog tells.
fn ended(failed: &Failed) -> String {
    let tool = if failed.tool.is_empty() { "its tool".to_owned() } else { harmless(&failed.tool) };
    let how = failed.code.map_or_else(|| "failed".to_owned(), |code| format!("ended with {code}"));
    let says = failed.says.as_ref().map(|says| format!(": {}", harmless(says))).unwrap_or_default();
    format!("{tool} {how}{says}")
}
