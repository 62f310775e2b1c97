//! What steps do to a server: every result that they can have.

use super::back::BackStep;
use super::evaluate::{Given, element, operand, words};
use super::reading::facts;
use super::space::{Facts, Space};
use cutover::catalog::{Action, Change, Effect, Failure, NewValue, Reboot, Scenario};
use cutover::condition::Condition;
use cutover::fact::{Bound, Value, Word};
use std::collections::BTreeSet;

/// A server between two steps.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Server {
    /// The class of each fact.
    pub facts: Facts,
    /// The steps whose effects come with the next restart.
    pub outstanding: BTreeSet<usize>,
}

/// What becomes of a step whose turn came.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Turn {
    /// It does not apply, or is so already.
    PassedOver,
    /// Its requirement does not hold.
    Refused,
    /// It is performed.
    Performed,
}

/// How a performed step turned out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Outcome {
    /// It succeeded, and needs no restart.
    Success,
    /// It succeeded, and needs a restart.
    RestartNeeded,
    /// It failed in one of the ways that its action lists.
    Failure(usize),
    /// It was broken off before the effects.
    InterruptedBefore,
    /// It was broken off after the effects.
    InterruptedAfter,
}

/// A scenario with one choice of parameters.
#[derive(Clone)]
pub struct Course<'c> {
    /// What is told apart.
    pub space: &'c Space<'c>,
    /// The scenario.
    pub scenario: &'c Scenario,
    /// Its steps, by their positions, in documented order; those that are left out are not among them.
    pub steps: Vec<usize>,
    /// The parameters.
    pub given: Given,
    /// The steps of the way back, where it is looked at. Their positions follow those of all steps of the scenario.
    pub back: &'c [BackStep],
}

impl<'c> Course<'c> {
    /// A step of the way back; nothing for one of the scenario.
    pub fn back_step(&self, step: usize) -> Option<&'c BackStep> {
        self.back.get(step.checked_sub(self.scenario.steps.len())?)
    }

    /// The action of a step.
    pub fn action(&self, step: usize) -> &'c Action {
        self.back_step(step).map_or_else(|| &*self.scenario.steps[step].action, |back| &back.action)
    }

    /// Where a step applies.
    pub fn when(&self, step: usize) -> &'c Condition {
        self.back_step(step).map_or_else(|| &self.scenario.steps[step].when, |back| &back.when)
    }

    /// Whether a condition holds of a server.
    pub fn holds(&self, condition: &Condition, facts: &Facts) -> bool {
        self.space.holds(condition, facts, &self.given)
    }

    /// Whether an action finds itself done already.
    pub fn is_achieved(&self, action: &Action, facts: &Facts) -> bool {
        action.achieved_when.as_ref().is_some_and(|achieved| self.holds(achieved, facts))
    }

    /// What becomes of a step whose turn came.
    pub fn turn(&self, step: usize, facts: &Facts) -> Turn {
        let action = self.action(step);
        if !self.holds(self.when(step), facts) || self.is_achieved(action, facts) {
            Turn::PassedOver
        } else if self.holds(&action.requires, facts) {
            Turn::Performed
        } else {
            Turn::Refused
        }
    }

    /// Every outcome of a step that is performed, with every server that it can leave.
    pub fn outcomes(&self, step: usize, server: &Server) -> Vec<(Outcome, BTreeSet<Server>)> {
        let successes = self.successes(step, server);
        let after = successes.iter().flat_map(|(_, servers)| servers.clone()).collect();
        let mut found = successes;
        for (at, failure) in self.action(step).failures.iter().enumerate() {
            found.push((Outcome::Failure(at), self.failed(failure, server, &after)));
        }
        found.push((Outcome::InterruptedBefore, [server.clone()].into()));
        found.push((Outcome::InterruptedAfter, after));
        found
    }

    /// One of the things that can become of a step whose turn came, the server after it, and whether the step is done; nothing where it is
    /// refused.
    pub fn happens(&self, step: usize, server: &Server, number: usize) -> Option<(Server, bool)> {
        match self.turn(step, &server.facts) {
            Turn::PassedOver => Some((server.clone(), true)),
            Turn::Refused => None,
            Turn::Performed => {
                let outcomes = self.outcomes(step, server).into_iter();
                let all: Vec<(Server, bool)> = outcomes
                    .flat_map(|(outcome, servers)| {
                        let succeeds = matches!(outcome, Outcome::Success | Outcome::RestartNeeded);
                        servers.into_iter().map(move |server| (server, succeeds))
                    })
                    .collect();
                Some(all[number % all.len()].clone())
            }
        }
    }

    /// The successes of a step.
    pub fn successes(&self, step: usize, server: &Server) -> Vec<(Outcome, BTreeSet<Server>)> {
        let action = self.action(step);
        let mut found = Vec::new();
        if action.reboot != Reboot::Always {
            found.push((Outcome::Success, self.success(action, server)));
        }
        if matches!(action.reboot, Reboot::Possible | Reboot::Always) {
            found.push((Outcome::RestartNeeded, self.restart_needed(action, Some(step), server)));
        }
        found
    }

    /// Every server that some success of a step leaves.
    pub fn succeeded(&self, step: usize, server: &Server) -> BTreeSet<Server> {
        self.successes(step, server).into_iter().flat_map(|(_, servers)| servers).collect()
    }

    /// Every server that some success of an action leaves, wherever it stands.
    pub fn succeeded_action(&self, action: &Action, server: &Server) -> BTreeSet<Server> {
        let mut found = BTreeSet::new();
        if action.reboot != Reboot::Always {
            found.extend(self.success(action, server));
        }
        if matches!(action.reboot, Reboot::Possible | Reboot::Always) {
            found.extend(self.restart_needed(action, None, server));
        }
        found
    }

    /// Success that needs no restart, or is one.
    fn success(&self, action: &Action, server: &Server) -> BTreeSet<Server> {
        if action.reboot == Reboot::Restart {
            let rested = self.effects(self.rested(server), &action.effects);
            return rested.into_iter().map(|facts| Server { facts, outstanding: BTreeSet::new() }).collect();
        }
        let at_once = self.effects([server.facts.clone()].into(), &action.effects);
        let all = self.effects(at_once, &action.after_restart);
        all.into_iter().map(|facts| Server { facts, outstanding: server.outstanding.clone() }).collect()
    }

    /// Success with effects that come only with a restart. What was outstanding before stays so.
    fn restart_needed(&self, action: &Action, step: Option<usize>, server: &Server) -> BTreeSet<Server> {
        let mut outstanding = server.outstanding.clone();
        let counts = |effect: &Effect| effect.changes.iter().any(|change| self.space.slot(change.fact).is_some());
        outstanding.extend(step.filter(|_| action.after_restart.iter().any(counts)));
        let pending = |mut facts: Facts| {
            if let Some(slot) = self.space.catalog.restart_pending().and_then(|pending| self.space.slot(pending)) {
                facts[slot] = self.space.class(slot, &Value::Flag(true));
            }
            Server { facts, outstanding: outstanding.clone() }
        };
        self.effects([server.facts.clone()].into(), &action.effects).into_iter().map(pending).collect()
    }

    /// What a failure leaves.
    fn failed(&self, failure: &Failure, server: &Server, succeeded: &BTreeSet<Server>) -> BTreeSet<Server> {
        let mut left = if failure.leaves.effects { succeeded.clone() } else { [server.clone()].into() };
        for change in &failure.leaves.changes {
            let changed = |server: &Server| {
                let to = |facts| Server { facts, outstanding: server.outstanding.clone() };
                self.change(&server.facts, change).into_iter().map(to).collect::<Vec<_>>()
            };
            left = left.iter().flat_map(changed).collect();
        }
        left
    }

    /// The facts once every outstanding restart is taken. Nothing but the outstanding effects comes with it here: that the
    /// restart is no longer pending is an effect of the step that restarts.
    pub fn rested(&self, server: &Server) -> BTreeSet<Facts> {
        let mut facts: BTreeSet<Facts> = [server.facts.clone()].into();
        for step in &server.outstanding {
            facts = self.effects(facts, &self.action(*step).after_restart);
        }
        facts
    }

    fn effects(&self, mut all: BTreeSet<Facts>, effects: &[Effect]) -> BTreeSet<Facts> {
        for effect in effects {
            let mut after = BTreeSet::new();
            for facts in all {
                if !self.holds(&effect.when, &facts) {
                    after.insert(facts);
                    continue;
                }
                let mut changed: BTreeSet<Facts> = [facts].into();
                for change in &effect.changes {
                    changed = changed.iter().flat_map(|facts| self.change(facts, change)).collect();
                }
                after.extend(changed);
            }
            all = after;
        }
        all
    }

    /// Every server to which a change leads.
    fn change(&self, before: &Facts, change: &Change) -> Vec<Facts> {
        let Some(slot) = self.space.slot(change.fact) else { return vec![before.clone()] };
        let with = |class: usize| {
            let mut facts = before.clone();
            facts[slot] = class;
            facts
        };
        let leads_to: Vec<Facts> = self.leads_to(slot, before[slot], &change.to).into_iter().map(with).collect();
        if leads_to.len() < 2 {
            return leads_to;
        }
        let about = || self.space.lines.iter().filter(|line| facts(&line.when).contains(&change.fact));
        let can_be = |facts: &&Facts| !about().any(|line| self.holds(&line.when, facts));
        let possible: Vec<Facts> = leads_to.iter().filter(can_be).cloned().collect();
        if possible.is_empty() { leads_to } else { possible }
    }

    /// The classes to which a change leads from a class, before anything is impossible.
    fn leads_to(&self, slot: usize, class: usize, to: &NewValue) -> BTreeSet<usize> {
        let classes = &self.space.classes[slot];
        let anything = || (0..classes.len()).collect();
        let from_each = |result: &dyn Fn(&Value) -> Value| -> BTreeSet<usize> {
            classes[class].iter().map(|value| self.space.class(slot, &result(value))).collect()
        };
        let elements = |of: &[cutover::condition::Operand]| -> BTreeSet<Word> {
            of.iter().filter_map(|one| element(one, &self.given)).collect()
        };
        match to {
            NewValue::Set(value) => match operand(value, &self.given) {
                Some(value) => [self.space.class(slot, value)].into(),
                None => anything(),
            },
            NewValue::Bounded(bound, limit) => match operand(limit, &self.given) {
                Some(limit) => {
                    let inside = |value: &&Value| match bound {
                        Bound::AtLeast => *value >= limit,
                        Bound::AtMost => *value <= limit,
                    };
                    let mut found = BTreeSet::new();
                    if classes[class].iter().any(|value| inside(&value)) {
                        found.insert(class);
                    }
                    if !classes[class].iter().all(|value| inside(&value)) {
                        found.extend((0..classes.len()).filter(|other| classes[*other].iter().any(|value| inside(&value))));
                    }
                    found
                }
                None => anything(),
            },
            NewValue::Unknown(_) => anything(),
            NewValue::Add(more) => {
                let more = elements(more);
                from_each(&|value| Value::Set(words(value).union(&more).cloned().collect()))
            }
            NewValue::Remove(gone) => {
                let gone = elements(gone);
                from_each(&|value| Value::Set(words(value).difference(&gone).cloned().collect()))
            }
            NewValue::Only(kept) => from_each(&|value| Value::Set(words(value).intersection(kept).cloned().collect())),
        }
    }
}
