//! The simulated server: what is known of each fact now, and what will be known once an outstanding restart is taken.

use super::effect::{Altered, altered};
use super::walk::Decision;
use crate::catalog::{Action, Change, Effect, Leaves, Reboot, Step};
use crate::condition::{Argument, Scope, Truth, implied};
use crate::fact::{Abstract, FactId, Facts, PerFact, Value};
use std::sync::Arc;

/// A simulated server between two steps.
///
/// `settled` is the whole server as it will be once every outstanding restart is taken. It equals `now` where nothing may be
/// outstanding. What both ways of a step agree on is then simply joined, and a step's promises hold after the next restart
/// whichever way it went. Effects that may be outstanding are kept too, since they overrule what comes before their restart.
#[derive(Clone, Debug)]
pub struct State {
    /// What is known of each fact now, in the order of the vocabulary.
    pub now: Facts,
    /// What is known of each fact once every outstanding restart is taken.
    pub settled: Facts,
    /// For each fact, what the steps so far did to it, if they may have changed it.
    pub touched: PerFact<Option<Touch>>,
    /// The actions whose effects may wait for a restart, in the order of the scenario's steps, in which the restart brings them.
    outstanding: Vec<Outstanding>,
}

/// A step that may have changed a fact.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Touch {
    /// The step that explains why no more is known of the fact, by its position in the scenario.
    pub step: usize,
    /// The last step that may have changed the fact.
    pub last: usize,
    /// Why the fact is not known afterwards, where the catalog says so.
    pub why: Option<Arc<str>>,
}

#[derive(Clone, Debug)]
struct Outstanding {
    step: usize,
    action: Arc<Action>,
}

/// What the catalog and the plan give to a simulation.
#[derive(Clone, Copy, Debug)]
pub struct World<'a> {
    /// The parameters.
    pub parameters: &'a [Argument],
    /// The fact that says that a restart is pending.
    pub restart_pending: Option<FactId>,
}

impl State {
    /// The server before the first step, with nothing outstanding.
    pub fn new(facts: Facts) -> Self {
        Self { touched: vec![None; facts.len()].into(), settled: facts.clone(), now: facts, outstanding: Vec::new() }
    }

    /// What conditions see of the server as it is.
    pub fn scope<'a>(&'a self, world: &World<'a>) -> Scope<'a> {
        Scope { facts: &self.now, parameters: world.parameters }
    }

    /// True where a step between an earlier state and this one may have changed the fact. Two values that are not known
    /// look the same and may not be.
    pub fn may_differ(&self, earlier: &Self, fact: FactId) -> bool {
        self.touched[fact.index()] != earlier.touched[fact.index()]
    }

    /// Success of a step: its effects, and its promises where a restart may be needed.
    pub fn perform(&mut self, world: &World<'_>, index: usize, step: &Step) {
        self.succeed(world, index, step, step.action.reboot);
    }

    /// Success of a step that may need a restart, where that is known: as of a step that always or never does.
    pub fn perform_with(&mut self, world: &World<'_>, index: usize, step: &Step, restart_needed: bool) {
        self.succeed(world, index, step, if restart_needed { Reboot::Always } else { Reboot::Never });
    }

    fn succeed(&mut self, world: &World<'_>, index: usize, step: &Step, reboot: Reboot) {
        let action = &step.action;
        match reboot {
            Reboot::Restart => {
                self.settle(index);
                self.at_once(world, index, &action.effects);
            }
            Reboot::Never => {
                self.at_once(world, index, &action.effects);
                self.at_once(world, index, &action.after_restart);
            }
            Reboot::Possible => {
                self.at_once(world, index, &action.effects);
                self.promise(world, index, action);
                if let Some(pending) = world.restart_pending
                    && self.now[pending.index()] != Abstract::Exactly(Value::Flag(true))
                {
                    self.set_pending(world, pending, index, Abstract::Unknown);
                }
            }
            Reboot::Always => {
                self.at_once(world, index, &action.effects);
                self.postpone(world, index, action);
                if let Some(pending) = world.restart_pending {
                    self.set_pending(world, pending, index, Abstract::Exactly(Value::Flag(true)));
                }
            }
        }
    }

    /// A step that turned out to be so already: nothing happens, but what its test implies is known. Before a restart that
    /// is not needed, whatever was promised has come at once.
    pub fn found_achieved(&mut self, world: &World<'_>, index: usize, step: &Step) {
        if step.action.reboot == Reboot::Restart {
            self.settle(index);
        }
        let Some(achieved) = &step.action.achieved_when else { return };
        for (fact, value) in implied(achieved, &self.scope(world)) {
            let slot = fact.index();
            if !self.waits(fact) {
                self.settled[slot] = value.clone();
            }
            self.now[slot] = value;
        }
    }

    /// What both ways agree on. Both began as copies of the same state.
    fn join(mut self, other: &Self) -> Self {
        // Of what neither wrote both say the same.
        let both = |all: &mut Facts, others: &Facts| {
            for slot in all.written().chain(others.written()).collect::<Vec<_>>() {
                if all[slot] != others[slot] {
                    all[slot] = all[slot].join(&others[slot]);
                }
            }
        };
        both(&mut self.now, &other.now);
        both(&mut self.settled, &other.settled);
        for slot in self.touched.written().chain(other.touched.written()).collect::<Vec<_>>() {
            if other.touched[slot].is_some() {
                self.touched[slot].clone_from(&other.touched[slot]);
            }
        }
        for more in &other.outstanding {
            if !self.outstanding.iter().any(|known| known.step == more.step) {
                self.outstanding.push(more.clone());
            }
        }
        self
    }

    /// The server after a step of which it is open whether it was done: what this one, on which it was, and the one before the
    /// step, of which it began as a copy, agree on; this is known of the latter if the step was not done. What the step may have
    /// changed stays touched.
    fn or(mut self, before: &Self, learnt: &[(FactId, Abstract)]) -> Self {
        let agree = |all: &mut Facts, others: &Facts, learnt: &[&(FactId, Abstract)]| {
            let mut slots: Vec<usize> = all.written().chain(learnt.iter().map(|(fact, _)| fact.index())).collect();
            slots.sort_unstable();
            slots.dedup();
            for slot in slots {
                let known = learnt.iter().find(|(fact, _)| fact.index() == slot);
                let other = known.map_or(&others[slot], |(_, value)| value);
                if *other != all[slot] {
                    all[slot] = other.join(&all[slot]);
                }
            }
        };
        agree(&mut self.now, &before.now, &learnt.iter().collect::<Vec<_>>());
        let at_once: Vec<_> = learnt.iter().filter(|(fact, _)| !before.waits(*fact)).collect();
        agree(&mut self.settled, &before.settled, &at_once);
        let done = std::mem::replace(&mut self.outstanding, before.outstanding.clone());
        for more in done {
            if !self.outstanding.iter().any(|known| known.step == more.step) {
                self.outstanding.push(more);
            }
        }
        self
    }

    /// The server after a step with which this was decided. A step that is left out changes nothing, and the state is shared.
    pub(super) fn after(before: &Arc<Self>, world: &World<'_>, index: usize, step: &Step, decision: Decision) -> Arc<Self> {
        if matches!(decision, Decision::Skip(_)) {
            return Arc::clone(before);
        }
        let mut performed = Self::clone(before);
        performed.perform(world, index, step);
        Arc::new(match decision {
            Decision::Perform | Decision::Skip(_) => performed,
            // That a restart is not needed settles what was promised.
            Decision::CheckFirst if step.action.reboot == Reboot::Restart => {
                let mut achieved = Self::clone(before);
                achieved.found_achieved(world, index, step);
                achieved.join(&performed)
            }
            Decision::CheckFirst => {
                let achieved = step.action.achieved_when.as_ref();
                performed.or(before, &achieved.map_or_else(Vec::new, |achieved| implied(achieved, &before.scope(world))))
            }
            Decision::DecideLater => performed.or(before, &[]),
        })
    }

    /// True where nothing that follows can tell the two apart.
    pub(super) fn is_alike(&self, other: &Self) -> bool {
        let outstanding = |state: &Self| state.outstanding.iter().map(|one| one.step).collect::<Vec<_>>();
        self.now == other.now && self.settled == other.settled && outstanding(self) == outstanding(other)
    }

    /// What a failure leaves behind.
    pub fn fail(&mut self, world: &World<'_>, index: usize, step: &Step, leaves: &Leaves) {
        if leaves.effects {
            self.perform(world, index, step);
        }
        for change in &leaves.changes {
            self.change(world, index, change, Truth::True);
        }
    }

    /// The server once every outstanding restart is taken.
    #[must_use]
    pub fn at_rest(&self) -> Self {
        let mut rested = self.clone();
        for slot in self.waiting() {
            let waiting = self.outstanding.iter().rev().find(|one| one.changes_slot(slot));
            if let Some(one) = waiting {
                rested.touched[slot] = Some(Touch { step: one.step, last: one.step, why: None });
            }
        }
        rested.now.clone_from(&rested.settled);
        rested.outstanding.clear();
        rested
    }

    /// True where an effect on the fact may wait for a restart.
    fn waits(&self, fact: FactId) -> bool {
        self.outstanding.iter().any(|one| one.changes_slot(fact.index()))
    }

    /// The facts that outstanding effects change, as often as they do.
    fn waiting(&self) -> impl Iterator<Item = usize> {
        let effects = self.outstanding.iter().flat_map(|one| &one.action.after_restart);
        effects.flat_map(|effect| &effect.changes).map(|change| change.fact.index())
    }

    /// Takes the outstanding restart.
    fn settle(&mut self, index: usize) {
        let mut slots: Vec<usize> = self.now.differing(&self.settled).chain(self.waiting()).collect();
        slots.sort_unstable();
        slots.dedup();
        for slot in slots {
            let alike = self.now[slot] == self.settled[slot];
            if !alike {
                self.now[slot] = self.settled[slot].clone();
            }
            match &mut self.touched[slot] {
                // What is known did not change, and the step that left it open still explains why.
                Some(touch) if alike => touch.last = index,
                touched => *touched = Some(Touch { step: index, last: index, why: None }),
            }
        }
        self.outstanding.clear();
    }

    fn at_once(&mut self, world: &World<'_>, index: usize, effects: &[Effect]) {
        for effect in effects {
            let truth = self.scope(world).evaluate(&effect.when);
            for change in &effect.changes {
                self.change(world, index, change, truth);
            }
        }
    }

    /// A change that happens now. An outstanding effect on the same fact still comes after it.
    fn change(&mut self, world: &World<'_>, index: usize, change: &Change, truth: Truth) {
        let slot = change.fact.index();
        let Some(Altered { to, why }) = altered(&self.now[slot], change, truth, world) else {
            self.settled_by(world, change, truth);
            return;
        };
        self.now[slot] = to;
        self.touched[slot] = Some(Touch { step: index, last: index, why });
        self.settled_by(world, change, truth);
        self.reconsider(world, change.fact);
    }

    /// What a change that was made now does to the settled server.
    fn settled_by(&mut self, world: &World<'_>, change: &Change, truth: Truth) {
        let slot = change.fact.index();
        let waits = self.waits(change.fact);
        let settled = &mut self.settled[slot];
        if let Some(Altered { to, .. }) = altered(settled, change, truth, world) {
            *settled = to;
        }
        if waits {
            let replayed = self.replayed(world, change.fact);
            self.settled[slot] = self.settled[slot].join(&replayed);
        }
    }

    /// The fact once the outstanding effects have come over what it is now.
    fn replayed(&self, world: &World<'_>, fact: FactId) -> Abstract {
        let mut value = self.now[fact.index()].clone();
        for effect in self.outstanding.iter().flat_map(|one| &one.action.after_restart) {
            let truth = self.truth_in_both(world, effect);
            for change in effect.changes.iter().filter(|change| change.fact == fact) {
                if let Some(Altered { to, .. }) = altered(&value, change, truth, world) {
                    value = to;
                }
            }
        }
        value
    }

    /// Where an outstanding effect reads a fact that a later step changed, what it brings is open again.
    fn reconsider(&mut self, world: &World<'_>, read: FactId) {
        for at in 0..self.outstanding.len() {
            let action = Arc::clone(&self.outstanding[at].action);
            for effect in action.after_restart.iter().filter(|effect| effect.when.reads(read)) {
                for change in &effect.changes {
                    let slot = change.fact.index();
                    let now = &self.now[slot];
                    let mut open = self.settled[slot].join(now);
                    if let Some(Altered { to, .. }) = altered(now, change, Truth::True, world) {
                        open = open.join(&to);
                    }
                    // Other outstanding effects may read this fact in turn.
                    if open != self.settled[slot] {
                        self.settled[slot] = open;
                        self.reconsider(world, change.fact);
                    }
                }
            }
        }
    }

    /// Whether an effect happens, now as well as with the restart.
    fn truth_in_both(&self, world: &World<'_>, effect: &Effect) -> Truth {
        let now = self.scope(world).evaluate(&effect.when);
        let settled = Scope { facts: &self.settled, parameters: world.parameters }.evaluate(&effect.when);
        if now == settled { now } else { Truth::Unknown }
    }

    /// Effects that come at once where no restart is needed, and with it otherwise: until then the facts are not known,
    /// unless they have that value already.
    fn promise(&mut self, world: &World<'_>, index: usize, action: &Arc<Action>) {
        let mut promised = Vec::new();
        for effect in &action.after_restart {
            let here = self.scope(world).evaluate(&effect.when);
            let either = self.truth_in_both(world, effect);
            for change in &effect.changes {
                let slot = change.fact.index();
                let come = altered(&self.now[slot], change, here, world);
                let changed = come.is_some();
                if let Some(Altered { to, .. }) = come {
                    self.now[slot] = to;
                    self.touched[slot] = Some(Touch { step: index, last: index, why: None });
                    promised.push(slot);
                }
                self.settled_by(world, change, either);
                if changed {
                    self.reconsider(world, change.fact);
                }
            }
        }
        for slot in promised {
            self.now[slot] = Abstract::Unknown;
        }
        self.remember(index, action);
    }

    /// Effects that come with the restart and not before.
    fn postpone(&mut self, world: &World<'_>, index: usize, action: &Arc<Action>) {
        for effect in &action.after_restart {
            let truth = Scope { facts: &self.settled, parameters: world.parameters }.evaluate(&effect.when);
            for change in &effect.changes {
                let settled = &mut self.settled[change.fact.index()];
                if let Some(Altered { to, .. }) = altered(settled, change, truth, world) {
                    *settled = to;
                }
            }
        }
        self.remember(index, action);
    }

    fn remember(&mut self, step: usize, action: &Arc<Action>) {
        if !action.after_restart.is_empty() && !self.outstanding.iter().any(|one| one.step == step) {
            let at = self.outstanding.iter().take_while(|one| one.step < step).count();
            self.outstanding.insert(at, Outstanding { step, action: Arc::clone(action) });
        }
    }

    fn set_pending(&mut self, world: &World<'_>, pending: FactId, index: usize, value: Abstract) {
        let slot = pending.index();
        // Where an earlier step left it open already, that one still explains why it is not known.
        let cause = self.touched[slot].as_ref().filter(|_| self.now[slot] == value).map_or(index, |touch| touch.step);
        self.now[slot] = value;
        self.touched[slot] = Some(Touch { step: cause, last: index, why: None });
        self.reconsider(world, pending);
    }
}

impl Outstanding {
    fn changes_slot(&self, slot: usize) -> bool {
        self.action.after_restart.iter().any(|effect| effect.changes.iter().any(|change| change.fact.index() == slot))
    }
}
