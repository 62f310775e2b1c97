//! What every check of a scenario's way stands on: the values that its conditions tell apart, and what its steps do to them.
//!
//! For each fact the values are kept that some server may have at that point of the documented order, fact by fact. That is
//! wider than the truth, so what is not possible here is not possible at all.

use crate::catalog::{Action, Catalog, Change, Effect, NewValue, Reboot, Scenario, Step};
use crate::condition::{Argument, Classes, Condition, Operand, Space};
use crate::fact::{FactId, FactType, Value, Word};
use std::collections::BTreeSet;

/// A scenario with the values that matter to it.
pub(super) struct Ground<'c> {
    pub(super) catalog: &'c Catalog,
    pub(super) scenario: &'c Scenario,
    space: Space<'c>,
    impossible: Vec<&'c Condition>,
}

impl<'c> Ground<'c> {
    pub(super) fn new(catalog: &'c Catalog, scenario: &'c Scenario) -> Self {
        let mut space = Space::new(catalog.vocabulary(), arguments(catalog, scenario));
        scenario.conditions().for_each(|condition| space.read(condition));
        for step in &scenario.steps {
            step.conditions().for_each(|condition| space.read(condition));
            let changes = step.action.all_effects().flat_map(|effect| &effect.changes);
            changes.for_each(|change| change.tell_apart(&mut space));
            let left = step.action.failures.iter().flat_map(|failure| &failure.leaves.changes);
            left.for_each(|change| change.tell_apart(&mut space));
        }
        let impossible: Vec<&Condition> = catalog.impossible().iter().map(|line| &line.when).collect();
        for line in &impossible {
            space.read(line);
        }
        Self { catalog, scenario, space, impossible }
    }

    /// The values that supported servers may have before the first step.
    pub(super) fn supported(&self) -> Classes<'_> {
        let all = self.space.classes();
        let mut supported = all.clone();
        self.scenario.supports.facts(&mut |fact| supported.set(fact, all.allowed(fact, &self.scenario.supports)));
        supported
    }

    /// The values before each step of the documented order and, last, at the end, from these values.
    pub(super) fn way<'s>(&self, start: Classes<'s>) -> Vec<Classes<'s>> {
        let mut way = vec![start];
        for step in &self.scenario.steps {
            let next = self.after(&way[way.len() - 1], step);
            way.push(next);
        }
        way
    }

    /// The values after a step: as it was passed over, as it was found achieved, and as it was performed.
    fn after<'s>(&self, before: &Classes<'s>, step: &Step) -> Classes<'s> {
        let mut performed = before.clone();
        self.perform(&mut performed, &step.action);
        let skipped = self.possible(before, &[], &[&step.when]);
        let mut after = before.clone();
        for fact in self.catalog.vocabulary().ids() {
            let Some(values) = before.values(fact) else { continue };
            let mut reached: BTreeSet<Value> = performed.values(fact).unwrap_or_default().iter().cloned().collect();
            if skipped {
                reached.extend(values.iter().cloned());
            } else if let Some(achieved) = &step.action.achieved_when {
                let found = if achieved.reads(fact) { before.allowed(fact, achieved) } else { values.to_vec() };
                reached.extend(found);
            }
            after.set(fact, reached.into_iter().collect());
        }
        after
    }

    /// Adds what the action's success may leave.
    pub(super) fn perform(&self, classes: &mut Classes<'_>, action: &Action) {
        let waits = matches!(action.reboot, Reboot::Possible | Reboot::Always);
        for effect in &action.effects {
            self.effect(classes, effect, !effect.when.is_always());
        }
        for effect in &action.after_restart {
            self.effect(classes, effect, waits || !effect.when.is_always());
        }
        if waits && let Some(pending) = self.catalog.restart_pending() {
            classes.set(pending, vec![Value::Flag(false), Value::Flag(true)]);
        }
    }

    fn effect(&self, classes: &mut Classes<'_>, effect: &Effect, may_not_happen: bool) {
        for change in &effect.changes {
            let mut values = self.values_after(classes, change);
            if may_not_happen {
                values.extend(classes.values(change.fact).unwrap_or_default().iter().cloned());
            }
            classes.set(change.fact, values.into_iter().collect());
        }
    }

    /// The values that a fact may have after a change.
    pub(super) fn values_after(&self, before: &Classes<'_>, change: &Change) -> BTreeSet<Value> {
        let now = before.values(change.fact).unwrap_or_default().iter().cloned();
        let all = || self.space.classes().values(change.fact).unwrap_or_default().iter().cloned().collect();
        match &change.to {
            NewValue::Set(operand) => match self.operand(operand) {
                Some(values) => values.into_iter().collect(),
                None => all(),
            },
            NewValue::Unknown(_) => all(),
            NewValue::Bounded(bound, operand) => {
                let Some(limits) = self.operand(operand) else { return all() };
                let inside = |value: &Value| limits.iter().any(|limit| bound.holds(limit, value));
                let every: BTreeSet<Value> = all();
                every.into_iter().filter(inside).collect()
            }
            NewValue::Add(elements) => self.each_set(now, elements, |set, word| {
                set.insert(word);
            }),
            NewValue::Remove(elements) => self.each_set(now, elements, |set, word| {
                set.remove(&word);
            }),
            NewValue::Only(words) => now.map(|value| with_words(value, |set| set.retain(|word| words.contains(word)))).collect(),
        }
    }

    fn each_set(
        &self,
        now: impl Iterator<Item = Value>,
        elements: &[Operand],
        change: impl Fn(&mut BTreeSet<Word>, Word),
    ) -> BTreeSet<Value> {
        let words: Vec<Word> =
            elements.iter().filter_map(|element| self.operand(element)).flatten().map(|value| value.word()).collect();
        now.map(|value| with_words(value, |set| words.iter().for_each(|word| change(set, word.clone())))).collect()
    }

    /// The values of an operand; nothing where it may be anything.
    fn operand(&self, operand: &Operand) -> Option<Vec<Value>> {
        match operand {
            Operand::Literal(value) => Some(vec![value.clone()]),
            Operand::Parameter(parameter) => {
                let spec = self.scenario.parameters.iter().find(|spec| spec.parameter == *parameter);
                let given: Vec<Value> = self.space.given(*parameter).cloned().collect();
                (!given.is_empty() && spec.is_some_and(|spec| !spec.optional)).then_some(given)
            }
        }
    }

    /// True where a server may be such that all of these hold and none of those does.
    pub(super) fn possible(&self, classes: &Classes<'_>, hold: &[&Condition], fail: &[&Condition]) -> bool {
        let fail: Vec<&Condition> = fail.iter().chain(&self.impossible).copied().collect();
        classes.can_hold(hold, &fail)
    }

    /// True where the action may leave a restart pending.
    pub(super) fn may_set_pending(&self, action: &Action) -> bool {
        let pending = self.catalog.restart_pending();
        let leaves =
            |change: &Change| Some(change.fact) == pending && change.to != NewValue::Set(Operand::Literal(Value::Flag(false)));
        matches!(action.reboot, Reboot::Possible | Reboot::Always)
            || action.all_effects().flat_map(|effect| &effect.changes).any(leaves)
    }
}

fn with_words(value: Value, change: impl FnOnce(&mut BTreeSet<Word>)) -> Value {
    match value {
        Value::Set(mut words) => {
            change(&mut words);
            Value::Set(words)
        }
        other => other,
    }
}

/// What each parameter may be: its default, every word or flag, or a value that stands for all others.
fn arguments(catalog: &Catalog, scenario: &Scenario) -> Vec<Vec<Argument>> {
    let mut arguments = vec![vec![Argument::Omitted]; catalog.parameter_names().len()];
    for spec in &scenario.parameters {
        let given: Vec<Value> = match (spec.spec.kind(), &spec.default) {
            (FactType::Flag, _) => vec![Value::Flag(false), Value::Flag(true)],
            (FactType::Choice, _) => spec.spec.values().iter().map(|word| Value::Choice(word.clone())).collect(),
            (_, Some(default)) => vec![default.clone()],
            (FactType::Version, None) => vec![Value::Version("1.0".parse().unwrap_or_default())],
            _ => vec![Value::Text(Word::from(&*format!("the given {}", spec.name)))],
        };
        let listed = &mut arguments[spec.parameter.index()];
        *listed = given.into_iter().map(Argument::Given).collect();
        if spec.optional {
            listed.push(Argument::Omitted);
        }
    }
    arguments
}

/// The facts that a condition reads, each once.
pub(super) fn facts_of(condition: &Condition) -> Vec<FactId> {
    let mut facts = Vec::new();
    condition.facts(&mut |fact| {
        if !facts.contains(&fact) {
            facts.push(fact);
        }
    });
    facts
}
