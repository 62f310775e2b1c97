//! A second, naive reading of the semantics, for servers of which everything is known.
//!
//! It evaluates conditions in two values and performs steps one by one on plain values, with the outcomes that a test
//! chooses. Nothing of the planner is used: of the catalog it reads only what the files say.

#![allow(dead_code)]

use cutover::catalog::{Catalog, Change, Effect, InvariantKind, Leaves, NewValue, Reboot, Scenario, Step};
use cutover::condition::{Comparison, Condition, Operand, ParameterId, Relation, Subject, Test};
use cutover::fact::{Bound, FactId, Value, Word};
use std::collections::BTreeSet;
use std::sync::Arc;

/// A small generator of numbers, so that a seed gives the same choices again.
#[derive(Clone, Debug)]
pub struct Dice(u64);

impl Dice {
    /// Dice that fall as the seed says.
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// A number below `sides`.
    pub fn roll(&mut self, sides: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((mixed ^ (mixed >> 31)) % sides as u64).expect("a small number")
    }

    /// Heads or tails.
    pub fn coin(&mut self) -> bool {
        self.roll(2) == 1
    }

    /// One of these.
    pub fn pick<'a, T>(&mut self, from: &'a [T]) -> &'a T {
        &from[self.roll(from.len())]
    }
}

/// How a performed step that may need a restart turns out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Restarts {
    /// None needs one.
    Never,
    /// Every one needs one.
    Always,
    /// As the dice fall.
    Dice,
}

/// What the oracle knows besides the server.
pub struct World<'c> {
    /// The catalog.
    pub catalog: &'c Catalog,
    /// The scenario.
    pub scenario: &'c Scenario,
    /// The parameters by position; nothing where an optional one was not given.
    pub parameters: Vec<Option<Value>>,
    /// Values that a fact may take where an effect does not say which.
    pub values: &'c dyn Fn(FactId) -> Vec<Value>,
}

impl<'c> World<'c> {
    /// The world of a scenario with these parameters given.
    pub fn new(
        catalog: &'c Catalog,
        scenario: &'c Scenario,
        given: &[(Arc<str>, Value)],
        values: &'c dyn Fn(FactId) -> Vec<Value>,
    ) -> Self {
        let mut parameters = vec![None; catalog.parameter_names().len()];
        for spec in &scenario.parameters {
            let value = given.iter().find(|(name, _)| *name == spec.name).map(|(_, value)| value.clone());
            parameters[spec.parameter.index()] = value.or_else(|| spec.default.clone());
        }
        Self { catalog, scenario, parameters, values }
    }

    fn parameter(&self, parameter: ParameterId) -> Option<&Value> {
        self.parameters.get(parameter.index()).and_then(Option::as_ref)
    }

    fn operand<'a>(&'a self, operand: &'a Operand) -> Option<&'a Value> {
        match operand {
            Operand::Literal(value) => Some(value),
            Operand::Parameter(parameter) => self.parameter(*parameter),
        }
    }

    fn element(&self, operand: &Operand) -> Option<Word> {
        self.operand(operand).map(|value| match value {
            Value::Text(word) => word.clone(),
            other => Word::from(other.to_string().as_str()),
        })
    }

    /// Whether a condition holds of the facts.
    pub fn holds(&self, condition: &Condition, facts: &[Value]) -> bool {
        match condition {
            Condition::All(parts) => parts.iter().all(|part| self.holds(part, facts)),
            Condition::Any(parts) => parts.iter().any(|part| self.holds(part, facts)),
            Condition::Not(part) => !self.holds(part, facts),
            Condition::Test(test) => self.test(test, facts),
        }
    }

    /// Whether a test holds of the facts; one that uses a parameter that was not given does.
    pub fn test(&self, test: &Test, facts: &[Value]) -> bool {
        let subject = match test.subject {
            Subject::Fact(fact) => &facts[fact.index()],
            Subject::Parameter(parameter) => match self.parameter(parameter) {
                Some(value) => value,
                None => return true,
            },
        };
        match &test.relation {
            Relation::Is(operand) => self.operand(operand).is_none_or(|value| same(subject, value)),
            Relation::OneOf(operands) => {
                operands.iter().any(|operand| self.operand(operand).is_none_or(|value| same(subject, value)))
            }
            Relation::Compare(comparison, operand) => self.operand(operand).is_none_or(|value| match comparison {
                Comparison::AtLeast => subject >= value,
                Comparison::AtMost => subject <= value,
                Comparison::Above => subject > value,
                Comparison::Below => subject < value,
            }),
            Relation::Contains(operand) => self.element(operand).is_none_or(|word| set(subject).contains(&word)),
            Relation::Lacks(operand) => self.element(operand).is_none_or(|word| !set(subject).contains(&word)),
            Relation::Empty(empty) => set(subject).is_empty() == *empty,
        }
    }

    /// How many impossible lines the facts meet.
    pub fn contradictions(&self, facts: &[Value]) -> usize {
        self.catalog.impossible().iter().filter(|line| self.holds(&line.when, facts)).count()
    }
}

fn same(known: &Value, value: &Value) -> bool {
    match (known, value) {
        (Value::Choice(a), Value::Text(b)) | (Value::Text(b), Value::Choice(a)) => **a == *b.as_str(),
        _ => known == value,
    }
}

fn set(value: &Value) -> &BTreeSet<Word> {
    match value {
        Value::Set(words) => words,
        other => panic!("{other} is no set"),
    }
}

/// A server between two steps.
#[derive(Clone, Debug)]
pub struct Machine<'c> {
    /// The facts as they are.
    pub facts: Vec<Value>,
    /// What comes true with the next restart.
    pub outstanding: Vec<&'c Effect>,
}

impl<'c> Machine<'c> {
    /// A server with nothing outstanding.
    pub fn new(facts: Vec<Value>) -> Self {
        Self { facts, outstanding: Vec::new() }
    }

    fn change(&mut self, world: &World<'_>, dice: &mut Dice, change: &Change) {
        let slot = change.fact.index();
        let before = self.facts[slot].clone();
        match &change.to {
            NewValue::Set(operand) => match world.operand(operand) {
                Some(value) => self.facts[slot] = value.clone(),
                None => self.anything(world, dice, change.fact, &|_| true),
            },
            NewValue::Bounded(bound, operand) => {
                let Some(limit) = world.operand(operand).cloned() else { return };
                let inside = |value: &Value| match bound {
                    Bound::AtLeast => *value >= limit,
                    Bound::AtMost => *value <= limit,
                };
                if !inside(&before) {
                    self.facts[slot] = limit.clone();
                    self.anything(world, dice, change.fact, &inside);
                }
            }
            NewValue::Unknown(_) => self.anything(world, dice, change.fact, &|_| true),
            NewValue::Add(elements) => {
                let mut words = set(&before).clone();
                words.extend(elements.iter().filter_map(|element| world.element(element)));
                self.facts[slot] = Value::Set(words);
            }
            NewValue::Remove(elements) => {
                let gone: Vec<Word> = elements.iter().filter_map(|element| world.element(element)).collect();
                self.facts[slot] = Value::Set(set(&before).iter().filter(|word| !gone.contains(word)).cloned().collect());
            }
            NewValue::Only(kept) => {
                self.facts[slot] = Value::Set(set(&before).intersection(kept).cloned().collect());
            }
        }
    }

    /// Gives a fact some value that is allowed and can be true together with the rest.
    fn anything(&mut self, world: &World<'_>, dice: &mut Dice, fact: FactId, allowed: &dyn Fn(&Value) -> bool) {
        let slot = fact.index();
        let before = world.contradictions(&self.facts);
        let mut open: Vec<Value> = (world.values)(fact).into_iter().filter(|value| allowed(value)).collect();
        open.push(self.facts[slot].clone());
        open.retain(|value| allowed(value));
        let now = self.facts.clone();
        open.retain(|value| {
            let mut with = now.clone();
            with[slot] = value.clone();
            world.contradictions(&with) <= before
        });
        if !open.is_empty() {
            self.facts[slot] = dice.pick(&open).clone();
        }
    }

    fn effects(&mut self, world: &World<'_>, dice: &mut Dice, effects: &[Effect]) {
        for effect in effects {
            if world.holds(&effect.when, &self.facts) {
                for change in &effect.changes {
                    self.change(world, dice, change);
                }
            }
        }
    }

    /// Success of a step.
    pub fn perform(&mut self, world: &World<'c>, dice: &mut Dice, step: &'c Step, restarts: Restarts) {
        let action = &step.action;
        if action.reboot == Reboot::Restart {
            self.restart(world, dice);
            self.effects(world, dice, &action.effects);
            return;
        }
        self.effects(world, dice, &action.effects);
        let needs_restart = match action.reboot {
            Reboot::Always => true,
            Reboot::Possible => match restarts {
                Restarts::Never => false,
                Restarts::Always => true,
                Restarts::Dice => dice.coin(),
            },
            Reboot::Never | Reboot::Restart => false,
        };
        if !needs_restart {
            self.effects(world, dice, &action.after_restart);
            return;
        }
        self.outstanding.extend(&action.after_restart);
        if let Some(pending) = world.catalog.restart_pending() {
            self.facts[pending.index()] = Value::Flag(true);
        }
    }

    /// What a failure of a step leaves.
    pub fn fail(&mut self, world: &World<'c>, dice: &mut Dice, step: &'c Step, leaves: &Leaves) {
        if leaves.effects {
            self.perform(world, dice, step, Restarts::Dice);
        }
        for change in &leaves.changes {
            self.change(world, dice, change);
        }
    }

    /// Takes what is outstanding.
    pub fn restart(&mut self, world: &World<'_>, dice: &mut Dice) {
        for effect in std::mem::take(&mut self.outstanding) {
            self.effects(world, dice, std::slice::from_ref(effect));
        }
    }

    /// The server once every outstanding restart is taken.
    pub fn at_rest(&self, world: &World<'_>, dice: &mut Dice) -> Vec<Value> {
        let mut rested = self.clone();
        rested.restart(world, dice);
        rested.facts
    }
}

/// A run over all steps. A refusal is noted, and the run goes on as if it had been remedied.
#[derive(Clone, Debug)]
pub struct Run<'c> {
    /// The steps that were performed, by their positions in the list of steps.
    pub performed: Vec<usize>,
    /// Steps that were passed over because they do not apply.
    pub not_applying: Vec<usize>,
    /// Steps whose requirement did not hold.
    pub refused: Vec<usize>,
    /// Steps that newly made a forbidden invariant true; for the end, nothing.
    pub broken: Vec<(Option<usize>, Arc<str>)>,
    /// Whether the goal holds at the end.
    pub goal: bool,
    /// The server before the first step and after each.
    pub states: Vec<Machine<'c>>,
    /// The facts at the end, once every outstanding restart is taken.
    pub rested: Vec<Value>,
}

impl Run<'_> {
    /// True where nothing went wrong.
    pub fn is_good(&self) -> bool {
        self.refused.is_empty() && self.broken.is_empty() && self.goal
    }
}

/// Walks these steps of the scenario on a server, from the server as it is.
pub fn resume<'c>(world: &World<'c>, steps: &[usize], mut machine: Machine<'c>, dice: &mut Dice, restarts: Restarts) -> Run<'c> {
    let mut run = Run {
        performed: Vec::new(),
        not_applying: Vec::new(),
        refused: Vec::new(),
        broken: Vec::new(),
        goal: false,
        states: vec![machine.clone()],
        rested: Vec::new(),
    };
    let forbidden = |kind| world.catalog.invariants().iter().filter(move |invariant| invariant.kind == kind);
    let scenario = world.scenario;
    for (index, step) in steps.iter().map(|at| &scenario.steps[*at]).enumerate() {
        let achieved = step.action.achieved_when.as_ref().is_some_and(|achieved| world.holds(achieved, &machine.facts));
        if !world.holds(&step.when, &machine.facts) {
            run.not_applying.push(index);
        } else if !achieved {
            if !world.holds(&step.action.requires, &machine.facts) {
                run.refused.push(index);
            }
            let before = machine.facts.clone();
            machine.perform(world, dice, step, restarts);
            run.performed.push(index);
            for invariant in forbidden(InvariantKind::Forbidden) {
                if !world.holds(&invariant.when, &before) && world.holds(&invariant.when, &machine.facts) {
                    run.broken.push((Some(index), Arc::clone(&invariant.id)));
                }
            }
        }
        run.states.push(machine.clone());
    }
    run.goal = world.holds(&scenario.goal, &machine.facts);
    run.rested = machine.at_rest(world, dice);
    for invariant in forbidden(InvariantKind::ForbiddenAtRest) {
        if !world.holds(&invariant.when, &run.states[0].facts) && world.holds(&invariant.when, &run.rested) {
            run.broken.push((None, Arc::clone(&invariant.id)));
        }
    }
    run
}
