//! What a run finds that an earlier one has left under way: tools that are still at work, and steps that were begun and turn out
//! to be done.

use super::ending::{Ending, Halt, Stop};
use super::journal::Record;
use super::runner::{Runner, start};
use super::step::{GRACE, SOON, timeout};
use crate::catalog::Work;
use crate::condition::Truth;
use jiff::Timestamp;
use serde_json::Map;

impl Runner<'_, '_> {
    /// Waits for what an earlier run has left under way when it was killed: a tool that goes on without it, and what shows only
    /// some time after the tool has ended. Until then one would take a step for undone and do it twice.
    pub(super) fn left_at_work(&mut self) -> Result<(), Halt> {
        let scenario = self.job.scenario;
        for step in self.history.open.clone().iter().filter_map(|id| scenario.step(id)).map(|index| &scenario.steps[index]) {
            if !self.host.is_at_work(step) {
                continue;
            }
            let patience = timeout(step.action.minutes);
            let minutes = patience.as_mins();
            (self.tell)(&format!("{}: a tool of an earlier run is still at work, waited for at most {minutes} minutes", step.id));
            let until = self.host.now() + patience;
            while self.host.is_at_work(step) {
                if self.host.now() >= until {
                    let because = "a tool that an earlier run started for this step has not ended; see what it waits for";
                    return Err(Stop::at(Ending::Failed, step, because));
                }
                self.host.wait(SOON);
            }
            self.host.look();
        }
        let Some((id, since)) = self.history.running.clone() else { return Ok(()) };
        let Some(index) = scenario.step(&id) else { return Ok(()) };
        let action = &scenario.steps[index].action;
        let goes_on = action.run.iter().any(|run| matches!(&run.work, Work::Process(process) if process.goes_on));
        let (now, patience) = (self.host.now(), timeout(action.minutes));
        let until = match self.history.said.as_deref() {
            Some("success" | "still_running") => since
                .parse()
                .ok()
                .and_then(|since: Timestamp| since.checked_add(patience).ok())
                .map_or(now, |end| end.min(now + patience)),
            // Nobody knows whether it was started.
            None if goes_on => now + GRACE,
            _ => return Ok(()),
        };
        if action.achieved_when.is_some() {
            self.shows(index, until);
        }
        Ok(())
    }

    /// Looks until then whether a step that was begun turns out to be done; no longer where a restart comes first.
    fn shows(&mut self, index: usize, until: Timestamp) {
        for looks in 0.. {
            let now = start(self.job, self.host, &self.history);
            let is_over = self.host.now() >= until || self.is_pending(&now);
            if is_over || self.is_achieved(index, &now) == Truth::True {
                return;
            }
            if looks == 0 {
                (self.tell)(&format!("{}: waited for until it shows", self.job.scenario.steps[index].id));
            }
            self.host.wait(SOON);
            self.host.look();
        }
    }

    /// Notes steps that were begun and not seen done before, and turn out to be done now.
    pub(super) fn seen_meanwhile(&mut self) -> Result<(), Halt> {
        for id in self.history.open.clone() {
            let Some(index) = self.job.scenario.step(&id) else { continue };
            let now = start(self.job, self.host, &self.history);
            if self.is_achieved(index, &now) == Truth::True {
                let waited = self.history.done.iter().any(|done| done.step == id && done.how == "awaits_restart");
                let facts = if waited { Map::new() } else { self.brought(index, &now, false).0 };
                let seen = "achieved".to_owned();
                self.record(Record::Seen { step: id, seen, restart: false, facts, after_restart: Map::new() })?;
            }
        }
        Ok(())
    }
}
