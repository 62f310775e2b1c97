//! What undoes the steps of the catalogs made at random: nothing, actions, a person, or both.
//!
//! It is thrown with dice of its own, so that the rest of a catalog does not depend on it.

use super::at_random::{Fact, failure, one_in, test};
use super::parts::{Change, Made, SpareRestart, Step, all, list};
use crate::common::Tiny;
use crate::oracle::Dice;
use std::fmt::Write as _;

/// What undoes a step. Where it is nothing at all, the step is irreversible.
#[derive(Clone, Debug, Default)]
pub(super) struct Undo {
    /// Actions of its own, in their order.
    pub(super) actions: Vec<Step>,
    /// What a person does after them.
    pub(super) by_hand: Option<ByHand>,
}

#[derive(Clone, Debug, Default)]
pub(super) struct ByHand {
    pub(super) when: Vec<String>,
    pub(super) effects: Vec<String>,
}

/// The id of an action that undoes a step.
pub(super) fn back_id(step: &str, number: usize) -> String {
    format!("back-{number}-from-{step}")
}

impl Undo {
    /// What the action of the step says of it.
    pub(super) fn yaml(&self, step: &str) -> String {
        if self.actions.is_empty() && self.by_hand.is_none() {
            return "undo: { irreversible: no }".to_owned();
        }
        let mut parts = Vec::new();
        if !self.actions.is_empty() {
            let ids: Vec<String> = (0..self.actions.len()).map(|number| back_id(step, number)).collect();
            parts.push(format!("action: [{}]", ids.join(", ")));
        }
        if let Some(by_hand) = &self.by_hand {
            let mut text = format!("by_hand: Undo it., effects: {}", list(&by_hand.effects));
            if !by_hand.when.is_empty() {
                write!(text, ", when: {}", all(&by_hand.when)).unwrap();
            }
            parts.push(text);
        }
        format!("undo: {{ {} }}", parts.join(", "))
    }

    /// The catalog with its actions, which no scenario uses.
    pub(super) fn actions(&self, made: Tiny, step: &str) -> Tiny {
        let actions = self.actions.iter().enumerate();
        actions.fold(made, |made, (number, action)| made.action(&back_id(step, number), &action.action()))
    }
}

/// Adds the ways back.
pub(super) fn ways_back(made: &mut Made, facts: &[&Fact]) {
    let dice = &mut Dice::new(!made.seed);
    for step in &mut made.steps {
        step.undo = undo(step, facts, dice);
    }
    for invariant in made.invariants.iter_mut().filter(|one| one.kind == "exposure") {
        invariant.milder = dice.coin();
    }
    let restarts = made.steps.iter().any(|step| step.restart);
    if one_in(dice, if restarts { 8 } else { 2 }) {
        let mut spare = SpareRestart { first: restarts || dice.coin(), ..SpareRestart::default() };
        if one_in(dice, 3) {
            spare.requires.push(test(facts, dice));
        }
        if one_in(dice, 3) {
            let mut fails = Step::default();
            failure(&mut fails, facts, dice);
            spare.failures = fails.failures;
        }
        made.spare_restart = Some(spare);
    }
}

fn undo(step: &Step, facts: &[&Fact], dice: &mut Dice) -> Undo {
    let mut undo = Undo::default();
    let kind = if step.restart && !one_in(dice, 6) { 0 } else { dice.roll(12) };
    let actions = match kind {
        0..2 => return undo,
        2..6 | 10 => 1,
        6 | 11 => 2,
        _ => 0,
    };
    for number in 0..actions {
        // The second is there to do something else.
        let (fact, brought) = if number == 0 { target(step, facts, dice) } else { (*dice.pick(facts), None) };
        undo.actions.push(action(fact, brought, facts, dice));
    }
    if kind >= 7 {
        let (fact, brought) = target(step, facts, dice);
        let mut by_hand = ByHand { effects: vec![restores(fact, brought, dice).0.to_owned()], ..ByHand::default() };
        if one_in(dice, 3) {
            by_hand.effects.push(other(facts, dice));
        }
        if one_in(dice, 2) {
            by_hand.when.push(needs(brought, facts, dice));
        }
        undo.by_hand = Some(by_hand);
    }
    undo
}

/// What the step brought about first, or just any fact.
fn target<'a>(step: &Step, facts: &[&'a Fact], dice: &mut Dice) -> (&'a Fact, Option<Change>) {
    let first = step.effects.iter().chain(&step.after_restart).next();
    for fact in facts {
        let brought = fact.changes.iter().find(|(change, _)| first.is_some_and(|first| first == change));
        if brought.is_some() {
            return (fact, brought.copied());
        }
    }
    (*dice.pick(facts), None)
}

/// A change of the fact to something else than was brought about.
fn restores(fact: &Fact, brought: Option<Change>, dice: &mut Dice) -> Change {
    let others: Vec<Change> = fact.changes.iter().filter(|change| Some(**change) != brought).copied().collect();
    *dice.pick(&others)
}

/// What was brought about still to be so, or anything.
fn needs(brought: Option<Change>, facts: &[&Fact], dice: &mut Dice) -> String {
    match brought {
        Some((_, test)) if dice.coin() => test.to_owned(),
        _ => test(facts, dice),
    }
}

fn other(facts: &[&Fact], dice: &mut Dice) -> String {
    let change = dice.pick(facts).changes(dice);
    if one_in(dice, 3) { format!("{change}, when: {{ {} }}", test(facts, dice)) } else { change.to_owned() }
}

fn action(fact: &Fact, brought: Option<Change>, facts: &[&Fact], dice: &mut Dice) -> Step {
    let reboot = *dice.pick(&["never", "never", "never", "possible", "always"]);
    let mut action = Step { reboot, minutes: 5, ..Step::default() };
    let (change, test) = restores(fact, brought, dice);
    let waits = reboot != "never" && dice.coin();
    let list = if waits { &mut action.after_restart } else { &mut action.effects };
    list.push(change.to_owned());
    if !one_in(dice, 4) {
        action.achieved_when = Some(vec![test.to_owned()]);
    }
    if one_in(dice, 3) {
        action.requires.push(needs(brought, facts, dice));
    }
    if one_in(dice, 6) {
        action.effects.push(other(facts, dice));
    }
    if one_in(dice, 3) {
        failure(&mut action, facts, dice);
    }
    action
}
