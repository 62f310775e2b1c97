//! The values of facts that conditions can tell apart, and whether conditions can hold together.
//!
//! Every fact falls into classes of values that none of the given conditions distinguishes; one value stands for each class.
//! So questions about all servers become questions about finitely many.

use super::{Argument, Condition, Operand, ParameterId, Scope, Subject, Truth, unknown_leaves};
use crate::fact::{Abstract, FactId, FactSpec, FactType, Facts, Marks, Value, Version, Vocabulary, Word};
use std::collections::BTreeSet;

/// For each fact that conditions read one value of each class, and for each parameter what it may be.
#[derive(Clone, Debug)]
pub struct Space<'v> {
    vocabulary: &'v Vocabulary,
    read: Vec<bool>,
    constants: Vec<BTreeSet<Value>>,
    elements: Vec<BTreeSet<Word>>,
    arguments: Vec<Vec<Argument>>,
}

/// The classes of a [`Space`], or a part of them.
#[derive(Clone, Debug)]
pub struct Classes<'s> {
    arguments: &'s [Vec<Argument>],
    values: Vec<Option<Vec<Value>>>,
}

/// A server for which conditions hold: the facts that decide it.
pub type Witness = Vec<(FactId, Value)>;

/// Sets of which more elements than this are told apart are left open; what hangs on them counts as possible.
const MOST_ELEMENTS: usize = 12;

impl<'v> Space<'v> {
    /// A space of facts of which nothing is read yet. `arguments` holds what each parameter may be, by parameter.
    pub fn new(vocabulary: &'v Vocabulary, arguments: Vec<Vec<Argument>>) -> Self {
        let facts = vocabulary.len();
        Self {
            vocabulary,
            read: vec![false; facts],
            constants: vec![BTreeSet::new(); facts],
            elements: vec![BTreeSet::new(); facts],
            arguments,
        }
    }

    /// Tells apart what a condition does.
    pub fn read(&mut self, condition: &Condition) {
        condition.visit(&mut |test| {
            let Subject::Fact(fact) = test.subject else { return };
            self.read[fact.index()] = true;
            test.relation.operands(&mut |operand| self.operand(fact, operand));
        });
    }

    /// Tells a value of a fact apart from all others; of a set, its elements.
    pub fn operand(&mut self, fact: FactId, operand: &Operand) {
        match operand {
            Operand::Literal(value) => self.value(fact, value),
            Operand::Parameter(parameter) => {
                let given: Vec<Value> = self.given(*parameter).cloned().collect();
                for value in &given {
                    self.value(fact, value);
                }
            }
        }
    }

    /// Tells a value of a fact apart from all others; of a set, its elements.
    pub fn value(&mut self, fact: FactId, value: &Value) {
        self.read[fact.index()] = true;
        match (self.vocabulary.spec(fact).kind(), value) {
            (FactType::Set, Value::Set(words)) => self.elements[fact.index()].extend(words.iter().cloned()),
            (FactType::Set, element) => {
                self.elements[fact.index()].insert(element.word());
            }
            _ => {
                self.constants[fact.index()].insert(value.clone());
            }
        }
    }

    /// The values that a parameter may have where it is given.
    pub fn given(&self, parameter: ParameterId) -> impl Iterator<Item = &Value> {
        let listed = self.arguments.get(parameter.index()).map_or(&[][..], Vec::as_slice);
        listed.iter().filter_map(|argument| match argument {
            Argument::Given(value) => Some(value),
            Argument::Omitted | Argument::Missing => None,
        })
    }

    /// Where each fact's values are told apart, to find the class of any value.
    pub fn marks(&self) -> Marks {
        let told = |fact: FactId| {
            let slot = fact.index();
            self.read[slot].then(|| (self.constants[slot].clone(), self.elements[slot].clone()))
        };
        Marks::new(self.vocabulary, told)
    }

    /// One value of each class of each fact.
    pub fn classes(&self) -> Classes<'_> {
        let values = self.vocabulary.ids().map(|fact| {
            let slot = fact.index();
            let few = self.elements[slot].len() <= MOST_ELEMENTS;
            (self.read[slot] && few)
                .then(|| representatives(self.vocabulary.spec(fact), &self.constants[slot], &self.elements[slot]))
        });
        Classes { arguments: &self.arguments, values: values.collect() }
    }
}

fn representatives(spec: &FactSpec, constants: &BTreeSet<Value>, elements: &BTreeSet<Word>) -> Vec<Value> {
    match spec.kind() {
        FactType::Flag => vec![Value::Flag(false), Value::Flag(true)],
        FactType::Choice => spec.values().iter().map(|word| Value::Choice(word.clone())).collect(),
        FactType::Version | FactType::Days => between(spec.kind(), constants),
        FactType::Text => {
            let mut values: Vec<Value> = constants.iter().cloned().collect();
            values.push(Value::Text(Word::from("another text")));
            values
        }
        FactType::Set => subsets(spec, elements),
    }
}

/// Each constant, and a value in every gap before, between and after them.
fn between(kind: FactType, constants: &BTreeSet<Value>) -> Vec<Value> {
    let mut values = BTreeSet::new();
    values.insert(match kind {
        FactType::Days => Value::Days(0),
        _ => Value::Version(Version::default()),
    });
    for constant in constants {
        values.insert(constant.clone());
        values.insert(match constant {
            Value::Days(days) => Value::Days(days.saturating_add(1)),
            Value::Version(version) => Value::Version(version.successor()),
            other => other.clone(),
        });
    }
    values.into_iter().collect()
}

/// Every set of the elements that are told apart, and each of them with another element besides.
fn subsets(spec: &FactSpec, elements: &BTreeSet<Word>) -> Vec<Value> {
    let other = match spec.values() {
        [] => Some(Word::from("another")),
        listed => listed.iter().map(|word| Word::from(&**word)).find(|word| !elements.contains(word)),
    };
    let all: Vec<&Word> = elements.iter().chain(&other).collect();
    (0..1_usize << all.len())
        .map(|bits| {
            let chosen = all.iter().enumerate().filter(|(at, _)| bits >> at & 1 == 1);
            Value::Set(chosen.map(|(_, word)| (*word).clone()).collect())
        })
        .collect()
}

impl Classes<'_> {
    /// The values that a fact may have; nothing where no condition reads it.
    pub fn values(&self, fact: FactId) -> Option<&[Value]> {
        self.values[fact.index()].as_deref()
    }

    /// Leaves a fact only these values.
    pub fn set(&mut self, fact: FactId, values: Vec<Value>) {
        if let Some(listed) = &mut self.values[fact.index()] {
            *listed = values;
        }
    }

    /// The same where a fact has this value.
    #[must_use]
    pub fn with(&self, fact: FactId, value: &Value) -> Self {
        let mut narrowed = self.clone();
        narrowed.set(fact, vec![value.clone()]);
        narrowed
    }

    /// The values of a fact with which a condition can hold.
    pub fn allowed(&self, fact: FactId, condition: &Condition) -> Vec<Value> {
        let all = self.values(fact).unwrap_or_default();
        all.iter().filter(|value| self.with(fact, value).can_hold(&[condition], &[])).cloned().collect()
    }

    /// True where a server can be such that all of these hold and none of those does.
    pub fn can_hold(&self, hold: &[&Condition], fail: &[&Condition]) -> bool {
        self.witness(hold, fail).is_some()
    }

    /// A server for which all of these hold and none of those does.
    pub fn witness(&self, hold: &[&Condition], fail: &[&Condition]) -> Option<Witness> {
        let fixed = |values: &Option<Vec<Value>>| match values.as_deref() {
            Some([only]) => Abstract::exactly(only.clone()),
            _ => Abstract::Unknown,
        };
        if self.values.iter().any(|values| values.as_ref().is_some_and(Vec::is_empty)) {
            return None;
        }
        let mut search = Search {
            classes: self,
            facts: self.values.iter().map(fixed).collect(),
            // A parameter that was not given yet is one that is not known.
            arguments: vec![Argument::Missing; self.arguments.len()],
            decided: Vec::new(),
            hold,
            fail,
        };
        search.found().then_some(search.decided)
    }
}

struct Search<'a> {
    classes: &'a Classes<'a>,
    facts: Facts,
    arguments: Vec<Argument>,
    decided: Witness,
    hold: &'a [&'a Condition],
    fail: &'a [&'a Condition],
}

enum Open {
    Fact(FactId),
    Parameter(ParameterId),
}

impl Search<'_> {
    fn found(&mut self) -> bool {
        let scope = Scope { facts: &self.facts, parameters: &self.arguments };
        let wrong = |condition: &Condition, unwanted| scope.evaluate(condition) == unwanted;
        if self.hold.iter().any(|condition| wrong(condition, Truth::False))
            || self.fail.iter().any(|condition| wrong(condition, Truth::True))
        {
            return false;
        }
        match self.open() {
            None => true,
            Some(Open::Fact(fact)) => {
                let values = self.classes.values(fact).unwrap_or_default();
                for value in values {
                    self.facts[fact.index()] = Abstract::exactly(value.clone());
                    self.decided.push((fact, value.clone()));
                    if self.found() {
                        return true;
                    }
                    self.decided.pop();
                }
                self.facts[fact.index()] = Abstract::Unknown;
                false
            }
            Some(Open::Parameter(parameter)) => {
                for argument in &self.classes.arguments[parameter.index()] {
                    self.arguments[parameter.index()] = argument.clone();
                    if self.found() {
                        return true;
                    }
                }
                self.arguments[parameter.index()] = Argument::Missing;
                false
            }
        }
    }

    /// What has to be decided next; nothing where every condition is decided or hangs on what nobody tells apart.
    fn open(&self) -> Option<Open> {
        let scope = Scope { facts: &self.facts, parameters: &self.arguments };
        for condition in self.hold.iter().chain(self.fail) {
            if scope.evaluate(condition) != Truth::Unknown {
                continue;
            }
            for leaf in unknown_leaves(condition, &scope) {
                let mut open = None;
                let mut parameter = |parameter: ParameterId| {
                    let listed = self.classes.arguments.get(parameter.index()).is_some_and(|listed| !listed.is_empty());
                    if listed && *scope.parameter(parameter) == Argument::Missing {
                        open = Some(Open::Parameter(parameter));
                    }
                };
                if let Subject::Parameter(subject) = leaf.test.subject {
                    parameter(subject);
                }
                leaf.test.relation.operands(&mut |operand| {
                    if let Operand::Parameter(operand) = operand {
                        parameter(*operand);
                    }
                });
                if let (None, Subject::Fact(fact)) = (&open, leaf.test.subject)
                    && self.classes.values(fact).is_some()
                    && !scope.fact(fact).is_exact()
                {
                    open = Some(Open::Fact(fact));
                }
                if open.is_some() {
                    return open;
                }
            }
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::Catalog;

    fn texts(values: &[Value]) -> Vec<String> {
        values.iter().map(ToString::to_string).collect()
    }

    fn values_of(fact: &str, constants: &[&str]) -> Option<Vec<Value>> {
        let catalog = Catalog::built_in().expect("the built-in catalog");
        let fact = catalog.vocabulary().find(fact).expect("a fact");
        let mut space = Space::new(catalog.vocabulary(), Vec::new());
        for text in constants {
            space.value(fact, &Value::parse(catalog.vocabulary().spec(fact), text).expect("a value"));
        }
        space.classes().values(fact).map(<[Value]>::to_vec)
    }

    fn classes_of(fact: &str, constants: &[&str]) -> Vec<String> {
        texts(&values_of(fact, constants).expect("it is read"))
    }

    #[test]
    fn between_the_constants_of_an_ordered_fact_lies_one_class_each() {
        let days = |number: std::ops::Range<u32>| number.map(Value::Days).collect::<Vec<_>>();
        assert_eq!(values_of("defender.signature_age", &["1", "3"]), Some(days(0..5)));
        assert_eq!(classes_of("update.tdh", &["6.3"]), ["0", "6.3", "6.3.0.1"]);
    }

    #[test]
    fn a_set_may_hold_any_of_the_elements_and_another_besides() {
        let found = classes_of("mma.management_groups", &["a"]);
        assert_eq!(found, ["empty", "a", "another", "a, another"]);
        assert_eq!(classes_of("mma.management_groups", &["a, b"]).len(), 8, "a, b and another");
        // In a closed list the other element is one of the list.
        assert_eq!(classes_of("reboot.reasons", &["cbs"]), ["empty", "cbs", "windows_update", "cbs, windows_update"]);
    }

    #[test]
    fn what_no_condition_reads_and_sets_of_too_many_elements_are_left_open() {
        assert_eq!(values_of("mma.management_groups", &[]), None);
        let words: Vec<String> = (0..=MOST_ELEMENTS).map(|number| format!("w{number}")).collect();
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        assert_eq!(values_of("mma.management_groups", &words), None);
        assert!(values_of("mma.management_groups", &words[1..]).is_some());
    }
}
