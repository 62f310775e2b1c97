//! What a scenario reads: its conditions and changes, and the literals in them.

use super::evaluate::word;
use cutover::catalog::{Action, Catalog, Change, Effect, NewValue, Reboot, Scenario, Undo};
use cutover::condition::{Condition, Operand, ParameterId, Subject, Test};
use cutover::fact::{FactId, Value};
use std::collections::BTreeSet;

/// Every condition and every change that is looked at.
#[derive(Default)]
pub struct Reading<'c> {
    /// The conditions.
    pub conditions: Vec<&'c Condition>,
    /// The changes.
    pub changes: Vec<&'c Change>,
}

impl<'c> Reading<'c> {
    /// What a scenario of these steps reads.
    ///
    /// The page does not say whether a supplement that is left out is read; here it is not.
    pub fn of(catalog: &'c Catalog, scenario: &'c Scenario, steps: &[usize]) -> Self {
        let mut reading = Self::default();
        reading.scenario(scenario, steps);
        reading.conditions.extend(catalog.invariants().iter().map(|invariant| &invariant.when));
        reading
    }

    /// Reads also whatever may be chosen instead, and every action.
    pub fn all(&mut self, catalog: &'c Catalog, scenario: &Scenario) {
        for other in catalog.scenarios().iter().filter(|other| other.id != scenario.id) {
            let steps: Vec<usize> = (0..other.steps.len()).collect();
            if other.on_request {
                other.steps.iter().for_each(|step| self.action(&step.action));
            } else {
                self.scenario(other, &steps);
            }
        }
        catalog.actions().iter().for_each(|action| self.action(action));
        // An action that only a supplement uses that is left out is filled in there.
        let own = catalog.scenarios().iter().find(|own| own.id == scenario.id);
        own.into_iter().flat_map(|own| &own.steps).for_each(|step| self.action(&step.action));
    }

    /// Reads also what the steps of the way back read.
    pub fn back(&mut self, catalog: &'c Catalog, scenario: &'c Scenario, steps: &[usize]) {
        for step in steps {
            let Undo::Steps(ids, by_hand) = &scenario.steps[*step].action.undo else { continue };
            ids.iter().filter_map(|id| catalog.action(id)).for_each(|action| self.action(action));
            if let Some(by_hand) = by_hand {
                self.conditions.push(&by_hand.when);
                self.effects(&by_hand.effects);
            }
        }
        let restart = catalog.actions().iter().find(|action| action.reboot == Reboot::Restart);
        if let Some(action) = restart {
            self.action(action);
        }
    }

    fn scenario(&mut self, scenario: &'c Scenario, steps: &[usize]) {
        self.conditions.extend([&scenario.supports, &scenario.applies_when, &scenario.goal]);
        for step in steps.iter().map(|at| &scenario.steps[*at]) {
            self.conditions.push(&step.when);
            self.conditions.extend(step.with.iter().map(|(_, given)| given));
            self.action(&step.action);
        }
    }

    fn action(&mut self, action: &'c Action) {
        self.conditions.push(&action.requires);
        self.conditions.extend(&action.achieved_when);
        self.effects(&action.effects);
        self.effects(&action.after_restart);
        self.changes.extend(action.failures.iter().flat_map(|failure| &failure.leaves.changes));
    }

    fn effects(&mut self, effects: &'c [Effect]) {
        for effect in effects {
            self.conditions.push(&effect.when);
            self.changes.extend(&effect.changes);
        }
    }

    /// The facts that the conditions read.
    pub fn facts(&self) -> BTreeSet<FactId> {
        self.conditions.iter().flat_map(|condition| facts(condition)).collect()
    }

    /// The tests of a fact.
    pub fn tests(&self, fact: FactId) -> Vec<Test> {
        let about = |test: &Test| test.subject == Subject::Fact(fact);
        self.conditions.iter().flat_map(|condition| tests(condition)).filter(about).collect()
    }

    /// The literals that tests and changes of a fact name; of a set its elements.
    pub fn literals(&self, fact: FactId) -> BTreeSet<Value> {
        let mut found = BTreeSet::new();
        let mut literal = |operand: &Operand| {
            if let Operand::Literal(value) = operand {
                found.extend(parts(value));
            }
        };
        self.tests(fact).iter().for_each(|test| test.relation.operands(&mut literal));
        for change in self.changes.iter().filter(|change| change.fact == fact) {
            operands(change).into_iter().for_each(&mut literal);
            if let NewValue::Only(words) = &change.to {
                literal(&Operand::Literal(Value::Set(words.clone())));
            }
        }
        found
    }

    /// The facts that a parameter is compared with, or that take its value.
    pub fn compared(&self, parameter: ParameterId, read: &BTreeSet<FactId>) -> BTreeSet<FactId> {
        let wanted = Operand::Parameter(parameter);
        let mut found = BTreeSet::new();
        for test in self.conditions.iter().flat_map(|condition| tests(condition)) {
            let mut names = false;
            test.relation.operands(&mut |operand| names |= *operand == wanted);
            if let (true, Subject::Fact(fact)) = (names, test.subject) {
                found.insert(fact);
            }
        }
        let changes = self.changes.iter().filter(|change| read.contains(&change.fact));
        found.extend(changes.filter(|change| operands(change).contains(&&wanted)).map(|change| change.fact));
        found
    }

    /// Whether a condition or a change of a fact that is read names the parameter.
    pub fn names(&self, parameter: ParameterId, read: &BTreeSet<FactId>) -> bool {
        let mut named = !self.compared(parameter, read).is_empty();
        for condition in &self.conditions {
            condition.parameters(&mut |found| named |= found == parameter);
        }
        named
    }

    /// The literals that the parameter itself is tested against.
    pub fn tested_against(&self, parameter: ParameterId) -> BTreeSet<Value> {
        let mut found = BTreeSet::new();
        for test in self.conditions.iter().flat_map(|condition| tests(condition)) {
            if test.subject == Subject::Parameter(parameter) {
                test.relation.operands(&mut |operand| {
                    if let Operand::Literal(value) = operand {
                        found.extend(parts(value));
                    }
                });
            }
        }
        found
    }
}

/// The facts that a condition reads.
pub fn facts(condition: &Condition) -> BTreeSet<FactId> {
    let mut found = BTreeSet::new();
    condition.facts(&mut |fact| {
        found.insert(fact);
    });
    found
}

fn tests(condition: &Condition) -> Vec<Test> {
    let mut found = Vec::new();
    condition.visit(&mut |test| found.push(test.clone()));
    found
}

/// The operands of a change.
fn operands(change: &Change) -> Vec<&Operand> {
    match &change.to {
        NewValue::Set(operand) | NewValue::Bounded(_, operand) => vec![operand],
        NewValue::Add(elements) | NewValue::Remove(elements) => elements.iter().collect(),
        NewValue::Unknown(_) | NewValue::Only(_) => Vec::new(),
    }
}

fn parts(value: &Value) -> Vec<Value> {
    match value {
        Value::Set(words) => words.iter().map(|one| Value::Text(one.clone())).collect(),
        other => vec![other.clone()],
    }
}

/// A value as a text, where a parameter of free text can have it.
pub fn as_text(value: &Value) -> Value {
    Value::Text(word(value))
}
