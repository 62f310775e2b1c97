//! The simulated server: what is known of each fact now, and what will be known once an outstanding restart is taken.

use crate::catalog::{Change, Effect, Leaves, NewValue, Reboot, Step};
use crate::condition::{Argument, Operand, Scope, Truth, implied};
use crate::fact::{Abstract, FactId, Value, Word};
use std::sync::Arc;

/// A simulated server between two steps.
///
/// Outstanding effects are not kept as a list: `settled` is the whole server as it will be once every outstanding restart is
/// taken. It equals `now` where nothing is outstanding. What both ways of a step agree on is then simply joined, and a step's
/// promises hold after the next restart whichever way it went.
#[derive(Clone, Debug)]
pub struct State {
    /// What is known of each fact now, in the order of the vocabulary.
    pub now: Vec<Abstract>,
    /// What is known of each fact once every outstanding restart is taken.
    pub settled: Vec<Abstract>,
    /// For each fact, what the steps so far did to it, if they may have changed it.
    pub touched: Vec<Option<Touch>>,
}

/// The last step that may have changed a fact.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Touch {
    /// The step's position in its scenario.
    pub step: usize,
    /// Why the fact is not known afterwards, where the catalog says so.
    pub why: Option<Arc<str>>,
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
    pub fn new(facts: Vec<Abstract>) -> Self {
        Self { touched: vec![None; facts.len()], settled: facts.clone(), now: facts }
    }

    /// What conditions see of the server as it is.
    pub fn scope<'a>(&'a self, world: &World<'a>) -> Scope<'a> {
        Scope { facts: &self.now, parameters: world.parameters }
    }

    /// What conditions see of the server once every outstanding restart is taken.
    pub fn settled_scope<'a>(&'a self, world: &World<'a>) -> Scope<'a> {
        Scope { facts: &self.settled, parameters: world.parameters }
    }

    /// Success of a step: its effects, and its promises where a restart may be needed.
    pub fn perform(&mut self, world: &World<'_>, index: usize, step: &Step) {
        let action = &step.action;
        if action.reboot == Reboot::Restart {
            self.settle(index);
            apply_all(&action.effects, &mut self.now, world, &mut self.touched, index);
            self.settled.clone_from(&self.now);
            return;
        }
        apply_all(&action.effects, &mut self.now, world, &mut self.touched, index);
        apply_quietly(&action.effects, &mut self.settled, world);
        match action.reboot {
            Reboot::Never | Reboot::Restart => {
                apply_all(&action.after_restart, &mut self.now, world, &mut self.touched, index);
            }
            Reboot::Possible => self.promise(world, index, &action.after_restart),
            Reboot::Always => self.set_pending(world, index, Abstract::Exactly(Value::Flag(true))),
        }
        apply_quietly(&action.after_restart, &mut self.settled, world);
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
            if self.settled[slot] == self.now[slot] {
                self.settled[slot] = value.clone();
            }
            self.now[slot] = value;
        }
    }

    /// What both ways agree on.
    #[must_use]
    pub fn join(&self, other: &Self) -> Self {
        let both = |a: &[Abstract], b: &[Abstract]| a.iter().zip(b).map(|(a, b)| a.join(b)).collect();
        let touched = self.touched.iter().zip(&other.touched).map(|(a, b)| b.clone().or_else(|| a.clone())).collect();
        Self { now: both(&self.now, &other.now), settled: both(&self.settled, &other.settled), touched }
    }

    /// What a failure leaves behind.
    pub fn fail(&mut self, world: &World<'_>, index: usize, step: &Step, leaves: &Leaves) {
        if leaves.effects {
            self.perform(world, index, step);
        }
        for change in &leaves.changes {
            apply(change, Truth::True, &mut self.now, world, Some((&mut self.touched, index)));
            apply(change, Truth::True, &mut self.settled, world, None);
        }
    }

    /// The facts that differ from those of an earlier state.
    pub fn changed_since<'s>(&'s self, earlier: &'s Self) -> impl Iterator<Item = usize> + 's {
        (0..self.now.len()).filter(|slot| self.now[*slot] != earlier.now[*slot])
    }

    /// Takes the outstanding restart.
    fn settle(&mut self, index: usize) {
        for slot in 0..self.now.len() {
            if self.now[slot] != self.settled[slot] {
                self.now[slot] = self.settled[slot].clone();
                self.touched[slot] = Some(Touch { step: index, why: None });
            }
        }
    }

    /// Effects that come after a restart, where one may be needed: until then the facts are not known, unless they have
    /// that value already.
    fn promise(&mut self, world: &World<'_>, index: usize, effects: &[Effect]) {
        let mut come = self.now.clone();
        apply_quietly(effects, &mut come, world);
        let facts = effects.iter().flat_map(|effect| effect.changes.iter().map(|change| change.fact.index()));
        for slot in facts {
            if come[slot] != self.now[slot] {
                self.now[slot] = Abstract::Unknown;
                self.touched[slot] = Some(Touch { step: index, why: None });
            }
        }
        if let Some(pending) = world.restart_pending
            && self.now[pending.index()] == Abstract::Exactly(Value::Flag(false))
        {
            self.set_pending(world, index, Abstract::Unknown);
        }
    }

    fn set_pending(&mut self, world: &World<'_>, index: usize, value: Abstract) {
        if let Some(pending) = world.restart_pending {
            self.now[pending.index()] = value;
            self.touched[pending.index()] = Some(Touch { step: index, why: None });
        }
    }
}

fn apply_all(effects: &[Effect], facts: &mut [Abstract], world: &World<'_>, touched: &mut [Option<Touch>], index: usize) {
    for effect in effects {
        let truth = Scope { facts, parameters: world.parameters }.evaluate(&effect.when);
        for change in &effect.changes {
            apply(change, truth, facts, world, Some((touched, index)));
        }
    }
}

fn apply_quietly(effects: &[Effect], facts: &mut [Abstract], world: &World<'_>) {
    for effect in effects {
        let truth = Scope { facts, parameters: world.parameters }.evaluate(&effect.when);
        for change in &effect.changes {
            apply(change, truth, facts, world, None);
        }
    }
}

/// Applies one change under a condition of this truth.
fn apply(
    change: &Change,
    when: Truth,
    facts: &mut [Abstract],
    world: &World<'_>,
    touched: Option<(&mut [Option<Touch>], usize)>,
) {
    if when == Truth::False {
        return;
    }
    let slot = change.fact.index();
    let before = &facts[slot];
    let (mut after, why) = changed(before, &change.to, world);
    let stays = after == *before && (before.is_exact() || !matches!(change.to, NewValue::Set(_) | NewValue::Unknown(_)));
    if stays {
        return;
    }
    if when == Truth::Unknown {
        after = match change.to {
            NewValue::Add(_) | NewValue::Remove(_) | NewValue::Only(_) => before.join(&after),
            NewValue::Set(_) | NewValue::Bounded(..) | NewValue::Unknown(_) => Abstract::Unknown,
        };
    }
    facts[slot] = after;
    if let Some((touched, step)) = touched {
        touched[slot] = Some(Touch { step, why });
    }
}

fn changed(before: &Abstract, to: &NewValue, world: &World<'_>) -> (Abstract, Option<Arc<str>>) {
    let scope = Scope { facts: &[], parameters: world.parameters };
    let after = match to {
        NewValue::Set(operand) => match scope.operand(operand) {
            Ok(value) => Abstract::exactly(value.clone()),
            Err(_) => Abstract::Unknown,
        },
        NewValue::Bounded(bound, operand) => match scope.operand(operand) {
            Ok(value) => before.bounded(*bound, value),
            Err(_) => Abstract::Unknown,
        },
        NewValue::Unknown(why) => return (Abstract::Unknown, Some(Arc::clone(why))),
        NewValue::Add(elements) => {
            let mut bounds = before.as_set();
            for element in elements {
                match word(&scope, element) {
                    Ok(added) => bounds.add(&added),
                    Err(Argument::Missing) => bounds.forget_absent(),
                    Err(_) => {}
                }
            }
            bounds.into()
        }
        NewValue::Remove(elements) => {
            let mut bounds = before.as_set();
            for element in elements {
                match word(&scope, element) {
                    Ok(removed) => bounds.remove(&removed),
                    Err(Argument::Missing) => bounds.forget_certain(),
                    Err(_) => {}
                }
            }
            bounds.into()
        }
        NewValue::Only(words) => {
            let mut bounds = before.as_set();
            bounds.keep(words);
            bounds.into()
        }
    };
    (after, None)
}

fn word(scope: &Scope<'_>, element: &Operand) -> Result<Word, Argument> {
    match scope.operand(element) {
        Ok(Value::Text(word)) => Ok(word.clone()),
        Ok(other) => Ok(Word::from(other.to_string().as_str())),
        Err(absent) => Err(absent.clone()),
    }
}
