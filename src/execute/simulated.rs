//! A simulated server as a host: the planner's simulated state with a clock, restarts, and outcomes that a test chooses.

use super::host::{Failed, Host, Outcome, Task};
use super::job::Job;
use super::journal::{Entry, Record};
use crate::catalog::{Catalog, FailureSign, Leaves, Reboot};
use crate::condition::{Scope, Truth};
use crate::fact::{Abstract, FactId, FactType, HostFacts, Observation, Value};
use crate::plan::{Start, State, World, plan};
use jiff::{SignedDuration, Timestamp};
use std::sync::Arc;

/// How an action turns out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Turn {
    /// It succeeds; where it may need a restart, it does or does not.
    Success {
        /// Whether it needs one.
        restart: bool,
    },
    /// It fails in this way of the catalog's list, and leaves what that says.
    Failure(String),
    /// It is not begun, for this reason.
    Refused(String),
    /// Nothing happens, although the tool says that it is done.
    Nothing,
}

/// What decides how actions turn out.
type Turns<'c> = Box<dyn FnMut(&Task<'_>) -> Turn + 'c>;
/// What decides which of so many values a fact takes that an effect leaves open.
type Pick<'c> = Box<dyn FnMut(usize) -> usize + 'c>;

/// A server that exists only in memory.
pub struct Simulated<'c> {
    catalog: &'c Catalog,
    name: String,
    state: State,
    /// What a source said of facts that no step has touched, as it was said.
    given: Vec<Option<Value>>,
    blind: Vec<bool>,
    observed: Vec<Option<Value>>,
    clock: Timestamp,
    starts: u32,
    turns: Turns<'c>,
    pick: Pick<'c>,
    registered: Option<Vec<String>>,
    performed: Vec<String>,
}

impl std::fmt::Debug for Simulated<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Simulated").field("name", &self.name).field("starts", &self.starts).finish_non_exhaustive()
    }
}

impl<'c> Simulated<'c> {
    /// A server of that name of which this is known. What is not known of it no probe sees until a step makes it known. Every action succeeds, and
    /// every one that may need a restart needs one.
    pub fn new(catalog: &'c Catalog, name: &str, facts: &dyn HostFacts, clock: Timestamp) -> Self {
        let start = Start::known(catalog, facts);
        let mut simulated = Self {
            catalog,
            name: name.to_owned(),
            blind: vec![false; start.facts.len()],
            given: start.given.clone(),
            observed: vec![None; start.facts.len()],
            state: State::new(start.facts),
            clock,
            starts: 1,
            turns: Box::new(|_| Turn::Success { restart: true }),
            pick: Box::new(|_| 0),
            registered: None,
            performed: Vec::new(),
        };
        simulated.look();
        simulated
    }

    /// The same server on which actions turn out as this says.
    #[must_use]
    pub fn with_turns(mut self, turns: impl FnMut(&Task<'_>) -> Turn + 'c) -> Self {
        self.turns = Box::new(turns);
        self
    }

    /// The same server on which a fact that an effect leaves open takes the value that this picks.
    #[must_use]
    pub fn with_pick(mut self, pick: impl FnMut(usize) -> usize + 'c) -> Self {
        self.pick = Box::new(pick);
        self
    }

    /// The same server without a probe for a fact.
    #[must_use]
    pub fn blind(mut self, fact: FactId) -> Self {
        self.blind[fact.index()] = true;
        self
    }

    /// What is so on the server, whether or not a probe sees it; nothing for a fact of which nobody said anything.
    pub fn truth(&self, fact: FactId) -> Option<Value> {
        let slot = fact.index();
        let given = self.given[slot].clone().filter(|_| self.state.touched[slot].is_none());
        given.or_else(|| self.state.now[slot].single())
    }

    /// Makes a fact so, as if somebody had changed it.
    pub fn set(&mut self, fact: FactId, value: Value) {
        let slot = fact.index();
        let known = Abstract::observed(self.catalog.vocabulary().spec(fact), &value);
        (self.state.now[slot], self.state.settled[slot]) = (known.clone(), known);
        self.state.touched[slot] = None;
        self.given[slot] = Some(value);
    }

    /// The steps whose actions were carried out here, in order, restarts included.
    pub fn performed(&self) -> &[String] {
        &self.performed
    }

    /// The command that is registered to run at the next start.
    pub fn registered(&self) -> Option<&[String]> {
        self.registered.as_deref()
    }

    /// Restarts the server, as if somebody had.
    pub fn restart_by_hand(&mut self, job: &Job<'_>) {
        let scenario = job.scenario;
        let Some(index) = scenario.steps.iter().position(|step| step.action.reboot == Reboot::Restart) else { return };
        let planned = plan(self.catalog, Start::simulated(self.catalog, &self.state, ""), job.listed(vec![index]));
        let world = World { parameters: &planned.arguments, restart_pending: self.catalog.restart_pending() };
        let before = self.state.clone();
        self.state.perform(&world, index, &scenario.steps[index]);
        self.settle(&before);
        self.starts += 1;
    }

    /// Makes so what a journal says was done: a rehearsal goes on where it stopped.
    pub fn replay(&mut self, job: &Job<'_>, entries: &[Entry]) {
        let planned = plan(self.catalog, Start::simulated(self.catalog, &self.state, ""), job.again());
        let world = World { parameters: &planned.arguments, restart_pending: self.catalog.restart_pending() };
        for entry in entries {
            if let Ok(at) = entry.at.parse() {
                self.clock = at;
            }
            let (step, restart) = match &entry.record {
                Record::Seen { step, seen, restart, .. } if seen != "not_achieved" => (step, *restart),
                Record::Attested { step, .. } => (step, false),
                Record::Restarted { .. } => {
                    self.restart_by_hand(job);
                    continue;
                }
                _ => continue,
            };
            let Some(index) = job.scenario.step(step) else { continue };
            let before = self.state.clone();
            self.state.perform_with(&world, index, &job.scenario.steps[index], restart);
            self.settle(&before);
        }
        self.look();
    }

    /// Carries out an action as it turns out; what the tool says of it.
    fn carry_out(&mut self, task: &Task<'_>) -> Outcome {
        let world = World { parameters: task.parameters, restart_pending: self.catalog.restart_pending() };
        let before = self.state.clone();
        let outcome = match (self.turns)(task) {
            Turn::Success { restart } => {
                let restart = match task.action().reboot {
                    Reboot::Possible => restart,
                    Reboot::Always => true,
                    Reboot::Never | Reboot::Restart => false,
                };
                self.state.perform_with(&world, task.index, task.step, restart);
                if restart { Outcome::NeedsRestart } else { Outcome::Success }
            }
            Turn::Failure(id) => self.fail(&world, task, &id),
            Turn::Refused(reason) => Outcome::Refused(reason),
            Turn::Nothing => Outcome::Success,
        };
        self.settle(&before);
        outcome
    }

    fn take_restart(&mut self, task: &Task<'_>) {
        let world = World { parameters: task.parameters, restart_pending: self.catalog.restart_pending() };
        let before = self.state.clone();
        self.state.perform(&world, task.index, task.step);
        self.settle(&before);
        self.starts += 1;
        self.wait(SignedDuration::from_mins(i64::from(task.action().minutes)));
    }

    fn fail(&mut self, world: &World<'_>, task: &Task<'_>, id: &str) -> Outcome {
        let Some(failure) = task.action().failure(id) else {
            return Outcome::Refused(format!("the action has no failure `{}`", crate::suggest::excerpt(id)));
        };
        if failure.leaves.effects {
            self.state.perform_with(world, task.index, task.step, true);
        }
        let leaves = Leaves { effects: false, ..failure.leaves.clone() };
        self.state.fail(world, task.index, task.step, &leaves);
        let tool = match &failure.on {
            FailureSign::Exit { tool, .. } => tool.to_string(),
            FailureSign::Observed(_) => String::new(),
        };
        Outcome::Failed(Failed { tool, failure: Some(id.to_owned()), ..Failed::default() })
    }

    /// Gives every fact that was left open a value that it may have.
    fn settle(&mut self, before: &State) {
        for fact in self.catalog.vocabulary().ids() {
            let slot = fact.index();
            if self.state.now[slot].is_exact() || self.state.touched[slot].is_none() {
                continue;
            }
            let open = self.state.now[slot].clone();
            let mut values = self.candidates(fact, &open, before.now[slot].single());
            values.retain(|value| self.is_possible(fact, value));
            if values.is_empty() {
                continue;
            }
            let picked = (self.pick)(values.len()).min(values.len() - 1);
            let value = Abstract::exactly(values.swap_remove(picked));
            if self.state.settled[slot] == open {
                self.state.settled[slot] = value.clone();
            }
            self.state.now[slot] = value;
        }
    }

    /// Values that a fact may have of which this is known.
    fn candidates(&self, fact: FactId, open: &Abstract, before: Option<Value>) -> Vec<Value> {
        let spec = self.catalog.vocabulary().spec(fact);
        match open {
            Abstract::Exactly(value) => vec![value.clone()],
            Abstract::Between { least, most } => least.iter().chain(most).cloned().collect(),
            Abstract::Set(bounds) => vec![Value::Set(bounds.must.clone())],
            Abstract::Unknown => {
                let mut values: Vec<Value> = spec.usual().to_vec();
                values.extend(before);
                match spec.kind() {
                    FactType::Flag => values.extend([Value::Flag(false), Value::Flag(true)]),
                    FactType::Choice => values.extend(spec.values().iter().map(|word| Value::Choice(Arc::clone(word)))),
                    FactType::Set => values.push(Value::Set([].into())),
                    FactType::Version | FactType::Days | FactType::Text => {}
                }
                values
            }
        }
    }

    /// Whether the server can be with this value of a fact.
    fn is_possible(&self, fact: FactId, value: &Value) -> bool {
        let mut facts = self.state.now.clone();
        facts[fact.index()] = Abstract::exactly(value.clone());
        let scope = Scope { facts: &facts, parameters: &[] };
        self.catalog.impossible().iter().all(|line| scope.evaluate(&line.when) != Truth::True)
    }
}

impl HostFacts for Simulated<'_> {
    fn observe(&self, fact: FactId) -> Observation<'_> {
        match &self.observed[fact.index()] {
            Some(value) if !self.blind[fact.index()] => Observation::Known(value),
            Some(_) => Observation::Unknown("no probe of this server sees it"),
            None => Observation::Unknown("not known of this server"),
        }
    }
}

impl Host for Simulated<'_> {
    fn name(&self) -> &str {
        &self.name
    }

    fn sees(&self, fact: FactId) -> bool {
        !self.blind[fact.index()] && self.observed[fact.index()].is_some()
    }

    fn look(&mut self) {
        self.observed = self.catalog.vocabulary().ids().map(|fact| self.truth(fact)).collect();
    }

    fn perform(&mut self, task: &Task<'_>) -> Outcome {
        self.performed.push(task.step.id.to_string());
        self.wait(SignedDuration::from_mins(i64::from(task.action().minutes)));
        self.carry_out(task)
    }

    fn left_to_others(&mut self, task: &Task<'_>) {
        if task.action().reboot == Reboot::Restart {
            self.take_restart(task);
        } else {
            self.carry_out(task);
        }
    }

    fn now(&self) -> Timestamp {
        self.clock
    }

    fn wait(&mut self, time: SignedDuration) {
        self.clock = self.clock.checked_add(time).unwrap_or(self.clock);
    }

    fn boot(&self) -> String {
        self.starts.to_string()
    }

    fn resume_at_start(&mut self, command: Option<&[String]>) -> Result<(), String> {
        self.registered = command.map(<[String]>::to_vec);
        Ok(())
    }

    fn restart(&mut self, task: &Task<'_>) -> Result<(), String> {
        self.performed.push(task.step.id.to_string());
        self.take_restart(task);
        Ok(())
    }
}
