//! What a journal comes to, record by record: the runner keeps it while it writes, and reads it when it goes on.

use super::record::{Begun, Entry, Record};
use serde_json::Value as Json;
use std::collections::{BTreeMap, BTreeSet};

/// What happened so far.
#[derive(Clone, Debug, Default)]
pub struct History {
    /// What the run is.
    pub begun: Option<Begun>,
    /// What is taken to be so of facts that no probe sees; null for not known.
    pub believed: BTreeMap<String, Json>,
    /// The same from the next restart on.
    later: BTreeMap<String, Json>,
    /// The start of the server that was last seen.
    pub boot: String,
    /// The step that needs a restart since then.
    pub awaiting: Option<String>,
    /// True where a restart was asked for since then.
    pub asked: bool,
    /// How many restarts in a row brought nothing about.
    pub fruitless: u32,
    /// Steps that were begun and of which it was not seen that they are done.
    pub open: BTreeSet<String>,
    /// The step that was begun last, where nothing was written of its end: it runs, or was interrupted.
    pub running: Option<(String, String)>,
    /// What its tool said, where that is written and what was seen afterwards is not.
    pub said: Option<String>,
    /// The steps that were done, in order, each with how and when.
    pub done: Vec<Done>,
    /// How the run ended, where it did: its status, the step, and when.
    pub ended: Option<(String, Option<String>, String)>,
}

/// A step that was done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Done {
    /// The step.
    pub step: String,
    /// `done`, `awaits_restart`, `attested`, `restarted` or `failed`.
    pub how: &'static str,
    /// When, as the journal has it.
    pub at: String,
}

impl History {
    /// What these records come to.
    pub fn of(entries: &[Entry]) -> Self {
        let mut history = Self::default();
        for entry in entries {
            history.add(entry);
        }
        history
    }

    /// Takes one more record in.
    pub fn add(&mut self, entry: &Entry) {
        let at = &entry.at;
        let done = |step: &str, how| Done { step: step.to_owned(), how, at: at.clone() };
        self.ended = None;
        match &entry.record {
            Record::Begun(begun) => {
                self.boot.clone_from(&begun.boot);
                self.begun = Some(begun.clone());
            }
            Record::Resumed { .. } => {}
            Record::Outcome { step, outcome, .. } => {
                if outcome == "needs_restart" {
                    self.awaiting = Some(step.clone());
                }
                self.said = Some(outcome.clone());
            }
            Record::Intent { step, .. } => {
                self.said = None;
                self.open.insert(step.clone());
                self.running = Some((step.clone(), at.clone()));
            }
            Record::Seen { step, seen, restart, facts, after_restart } => {
                (self.running, self.said) = (None, None);
                if *restart {
                    self.awaiting = Some(step.clone());
                }
                if seen == "not_achieved" {
                    self.done.push(done(step, "failed"));
                    return;
                }
                self.believed.extend(facts.clone());
                self.later.extend(after_restart.clone());
                // A step that waits for a restart for the second time has got no further by the first one.
                let waits_again = self.done.iter().any(|one| one.step == *step && one.how == "awaits_restart");
                if seen == "achieved" || !waits_again {
                    self.fruitless = 0;
                }
                if seen == "achieved" {
                    self.open.remove(step);
                }
                self.done.retain(|one| one.step != *step);
                self.done.push(done(step, if seen == "achieved" { "done" } else { "awaits_restart" }));
            }
            Record::Attested { step, facts, .. } => {
                self.fruitless = 0;
                self.believed.extend(facts.clone());
                self.done.push(done(step, "attested"));
            }
            Record::Restart { step, .. } => {
                self.asked = true;
                self.done.push(done(step, "restarted"));
            }
            Record::Restarted { boot, awaited, facts } => {
                self.boot.clone_from(boot);
                self.fruitless += u32::from(*awaited);
                self.believed.append(&mut self.later);
                self.believed.extend(facts.clone());
                (self.awaiting, self.asked, self.said) = (None, false, None);
            }
            Record::Ended { status, step } => {
                (self.running, self.said) = (None, None);
                self.ended = Some((status.clone(), step.clone(), at.clone()));
            }
        }
    }
}
