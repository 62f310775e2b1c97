//! The servers that can be told apart: classes of values, parameters, and the vectors of them.

use super::evaluate::{Given, View, relation_holds, word};
use super::reading::{Reading, as_text, facts};
use cutover::catalog::{Catalog, Impossible, ParameterSpec, Scenario};
use cutover::condition::{Condition, Test};
use cutover::fact::{FactId, FactSpec, FactType, Value, Version, Word};
use std::collections::{BTreeMap, BTreeSet};

/// The class of each fact that is read, in the order of [`Space::facts`].
pub type Facts = Vec<usize>;

/// A text that no catalog names.
const NONE_OF_THEM: &str = "none of them";

/// What a proof tells apart.
pub struct Space<'c> {
    /// The catalog.
    pub catalog: &'c Catalog,
    /// The facts that are read.
    pub facts: Vec<FactId>,
    /// The classes of each of these facts, as the values that fall into them.
    pub classes: Vec<Vec<Vec<Value>>>,
    /// The tests of each of these facts.
    pub tests: Vec<Vec<Test>>,
    /// The class of each value that was looked at.
    class_of: Vec<BTreeMap<Value, usize>>,
    /// The position of each fact of the vocabulary among those that are read.
    slots: Vec<Option<usize>>,
    /// The impossible lines about them.
    pub lines: Vec<&'c Impossible>,
    /// Every choice of parameters.
    pub given: Vec<Given>,
}

impl<'c> Space<'c> {
    /// What these conditions and changes tell apart, with the parameters of the scenario.
    pub fn new(catalog: &'c Catalog, scenario: &Scenario, mut reading: Reading<'c>) -> Self {
        let lines = lines(catalog, &mut reading);
        let read = reading.facts();
        let given = given(catalog, scenario, &reading, &read);
        let mut classes = Vec::new();
        let tests: Vec<Vec<Test>> = read.iter().map(|fact| reading.tests(*fact)).collect();
        for (fact, tests) in read.iter().zip(&tests) {
            let values = samples(catalog.vocabulary().spec(*fact), &literals(&reading, *fact, &read, scenario, &given));
            classes.push(told_apart(tests, values, &given));
        }
        let class_of = classes.iter().map(|classes| class_of(classes)).collect();
        let mut slots = vec![None; catalog.vocabulary().len()];
        for (slot, fact) in read.iter().enumerate() {
            slots[fact.index()] = Some(slot);
        }
        Self { catalog, facts: read.into_iter().collect(), classes, tests, class_of, slots, lines, given }
    }

    /// The same with every value in a class of its own, so that nothing is forgotten of a server on its way.
    #[must_use]
    pub fn one_by_one(mut self) -> Self {
        for classes in &mut self.classes {
            *classes = classes.drain(..).flatten().map(|value| vec![value]).collect();
        }
        self.class_of = self.classes.iter().map(|classes| class_of(classes)).collect();
        self
    }

    /// The position of a fact among those that are read.
    pub fn slot(&self, fact: FactId) -> Option<usize> {
        self.slots[fact.index()]
    }

    /// The class of a value.
    pub fn class(&self, slot: usize, value: &Value) -> usize {
        let spec = self.catalog.vocabulary().spec(self.facts[slot]);
        let value = match (spec.kind(), value) {
            (FactType::Choice, Value::Text(text)) => &Value::Choice(text.as_str().into()),
            _ => value,
        };
        *self.class_of[slot].get(value).unwrap_or_else(|| panic!("{value} of {} was not looked at", spec.id()))
    }

    /// Whether a condition holds of a server.
    pub fn holds(&self, condition: &Condition, facts: &Facts, given: &Given) -> bool {
        self.look(facts, given, |view| view.holds(condition))
    }

    /// Looks at a server, as it is shown by one value of each class.
    pub fn look<T>(&self, facts: &Facts, given: &Given, at: impl FnOnce(&View<'_>) -> T) -> T {
        let value = |fact: FactId| {
            let slot = self.slot(fact).unwrap_or_else(|| panic!("{} is not read", self.catalog.vocabulary().name(fact)));
            &self.classes[slot][facts[slot]][0]
        };
        at(&View { value: &value, given })
    }

    /// Every vector of classes.
    pub fn vectors(&self) -> Vec<Facts> {
        let mut found = vec![Vec::new()];
        for classes in &self.classes {
            let longer = |facts: &Facts| (0..classes.len()).map(|class| [&facts[..], &[class]].concat()).collect::<Vec<_>>();
            found = found.iter().flat_map(longer).collect();
        }
        found
    }

    /// Whether a server meets an impossible line.
    pub fn contradicts(&self, facts: &Facts, given: &Given) -> bool {
        self.lines.iter().any(|line| self.holds(&line.when, facts, given))
    }

    /// Whether a parameter may be left out.
    pub fn leaves_out(&self) -> bool {
        let is = |at: usize, given: bool| self.given.iter().any(|one| one[at].is_some() == given);
        (0..self.given[0].len()).any(|at| is(at, true) && is(at, false))
    }

    /// The parameters that are told apart, in words. One that is no literal of the catalog is none of them, whatever it is.
    pub fn named(&self, given: &Given) -> Vec<String> {
        let told_apart = (0..given.len()).filter(|at| self.given.iter().any(|given| given[*at].is_some()));
        let name = |at: usize| match &given[at] {
            None => "left out".to_owned(),
            Some(value) if self.given.iter().any(|given| given[at].as_ref() == Some(value)) => value.to_string(),
            Some(_) => NONE_OF_THEM.to_owned(),
        };
        told_apart.map(name).collect()
    }

    /// A server in words.
    pub fn tell(&self, facts: &Facts, given: &Given) -> String {
        let fact = |(slot, class): (usize, &usize)| {
            format!("{}={}", self.catalog.vocabulary().name(self.facts[slot]), self.classes[slot][*class][0])
        };
        let parameter = |(at, value): (usize, &Option<Value>)| value.as_ref().map(|value| format!("${at}={value}"));
        let parameters = given.iter().enumerate().filter_map(parameter);
        facts.iter().enumerate().map(fact).chain(parameters).collect::<Vec<_>>().join(" ")
    }
}

/// The impossible lines about the facts that are read; each brings its other facts along.
fn lines<'c>(catalog: &'c Catalog, reading: &mut Reading<'c>) -> Vec<&'c Impossible> {
    let mut open: Vec<&Impossible> = catalog.impossible().iter().collect();
    let mut found = Vec::new();
    loop {
        let read = reading.facts();
        let (about, others): (Vec<_>, Vec<_>) = open.into_iter().partition(|line| !facts(&line.when).is_disjoint(&read));
        if about.is_empty() {
            return found;
        }
        reading.conditions.extend(about.iter().map(|line| &line.when));
        found.extend(about);
        open = others;
    }
}

/// Every choice of the parameters that are named.
fn given(catalog: &Catalog, scenario: &Scenario, reading: &Reading<'_>, read: &BTreeSet<FactId>) -> Vec<Given> {
    let mut found = vec![vec![None; catalog.parameter_names().len()]];
    for spec in scenario.parameters.iter().filter(|spec| reading.names(spec.parameter, read)) {
        let values = values(spec, reading, read);
        let with = |given: &Given, value: &Option<Value>| {
            let mut given = given.clone();
            given[spec.parameter.index()].clone_from(value);
            given
        };
        found = found.iter().flat_map(|given| values.iter().map(|value| with(given, value)).collect::<Vec<_>>()).collect();
    }
    found
}

/// What one parameter may be. The sentences of the page are taken as a cascade: a default is what a parameter has that is
/// neither a flag nor a choice. One with a default is never left out.
fn values(spec: &ParameterSpec, reading: &Reading<'_>, read: &BTreeSet<FactId>) -> Vec<Option<Value>> {
    let listed: Vec<Value> = match (spec.spec.kind(), &spec.default) {
        (FactType::Flag, _) => vec![Value::Flag(false), Value::Flag(true)],
        (FactType::Choice, _) => spec.spec.values().iter().map(|word| Value::Choice(word.clone())).collect(),
        (_, Some(default)) => vec![default.clone()],
        (kind, None) => {
            let compared = reading.compared(spec.parameter, read);
            let mut named: BTreeSet<Value> = compared.iter().flat_map(|fact| reading.literals(*fact)).collect();
            // The page speaks of the facts only; what the parameter itself is tested against counts as well.
            named.extend(reading.tested_against(spec.parameter));
            let mut named: BTreeSet<Value> = if kind == FactType::Text { named.iter().map(as_text).collect() } else { named };
            named.insert(none_of(kind, &named));
            named.into_iter().collect()
        }
    };
    let left_out = (spec.optional && spec.default.is_none()).then_some(None);
    listed.into_iter().map(Some).chain(left_out).collect()
}

/// A value that is none of these. Of a version it is one above them all, where the page leaves open which.
fn none_of(kind: FactType, named: &BTreeSet<Value>) -> Value {
    match (kind, named.last()) {
        (FactType::Version, Some(Value::Version(version))) => Value::Version(version.successor()),
        (FactType::Version, _) => Value::Version(Version::default()),
        _ => Value::Text(Word::from(NONE_OF_THEM)),
    }
}

/// Every literal that a fact may be compared with or changed to, what parameters may bring included.
fn literals(
    reading: &Reading<'_>,
    fact: FactId,
    read: &BTreeSet<FactId>,
    scenario: &Scenario,
    given: &[Given],
) -> BTreeSet<Value> {
    let mut found = reading.literals(fact);
    for spec in &scenario.parameters {
        if reading.compared(spec.parameter, read).contains(&fact) {
            found.extend(given.iter().filter_map(|given| given[spec.parameter.index()].clone()));
        }
    }
    found
}

/// Values of a fact, among them one of every kind that these literals can tell apart.
fn samples(spec: &FactSpec, literals: &BTreeSet<Value>) -> Vec<Value> {
    match spec.kind() {
        FactType::Flag => vec![Value::Flag(false), Value::Flag(true)],
        FactType::Choice => spec.values().iter().map(|word| Value::Choice(word.clone())).collect(),
        FactType::Version => {
            let next = |value: &Value| match value {
                Value::Version(version) => Value::Version(version.successor()),
                other => panic!("{other} is no version"),
            };
            let least = Value::Version(Version::default());
            let found: BTreeSet<Value> = literals.iter().cloned().chain(literals.iter().map(next)).chain([least]).collect();
            found.into_iter().collect()
        }
        FactType::Days => {
            let next = |value: &Value| match value {
                Value::Days(days) => Value::Days(days + 1),
                other => panic!("{other} is no number of days"),
            };
            let least = Value::Days(0);
            let found: BTreeSet<Value> = literals.iter().cloned().chain(literals.iter().map(next)).chain([least]).collect();
            found.into_iter().collect()
        }
        FactType::Text => literals.iter().map(as_text).chain([Value::Text(Word::from("another text"))]).collect(),
        FactType::Set => subsets(spec, literals),
    }
}

fn subsets(spec: &FactSpec, literals: &BTreeSet<Value>) -> Vec<Value> {
    let mut elements: BTreeSet<Word> = literals.iter().map(word).collect();
    if spec.values().is_empty() {
        elements.insert(Word::from("another element"));
    } else {
        elements.extend(spec.values().iter().map(|listed| Word::from(&**listed)));
    }
    let mut found = vec![BTreeSet::new()];
    for element in elements {
        let with: Vec<BTreeSet<Word>> = found.iter().map(|set| set.iter().chain([&element]).cloned().collect()).collect();
        found.extend(with);
    }
    found.into_iter().map(Value::Set).collect()
}

/// The values in classes: two are in one where every test comes out the same, whatever the parameters are.
fn told_apart(tests: &[Test], values: Vec<Value>, given: &[Given]) -> Vec<Vec<Value>> {
    let mut found: Vec<(Vec<bool>, Vec<Value>)> = Vec::new();
    for value in values {
        let of = |test: &Test| given.iter().map(|given| relation_holds(&test.relation, &value, given)).collect::<Vec<_>>();
        let signs: Vec<bool> = tests.iter().flat_map(of).collect();
        match found.iter_mut().find(|(known, _)| *known == signs) {
            Some((_, class)) => class.push(value),
            None => found.push((signs, vec![value])),
        }
    }
    found.into_iter().map(|(_, class)| class).collect()
}

fn class_of(classes: &[Vec<Value>]) -> BTreeMap<Value, usize> {
    classes.iter().enumerate().flat_map(|(at, values)| values.iter().map(move |value| (value.clone(), at))).collect()
}
