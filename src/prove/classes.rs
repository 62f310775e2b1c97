//! The servers that can be told apart: for each fact the classes of values that no test distinguishes.

use super::Limit;
use crate::catalog::{Action, Catalog, Change, NewValue, ParameterSpec, Scenario, Step};
use crate::condition::{Argument, Condition, Operand, ParameterId, Relation, Scope, Space, Subject, Test, Truth};
use crate::fact::{Abstract, FactId, FactType, Facts, Value, Version, Word};
use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

/// A fact and its classes.
pub(super) struct FactClasses {
    pub(super) fact: FactId,
    /// The values of each class that were looked at; the first one shows it.
    pub(super) classes: Vec<Vec<Value>>,
}

/// A parameter and what it may be.
pub(super) struct ParameterClasses {
    pub(super) parameter: ParameterId,
    pub(super) arguments: Vec<Argument>,
}

/// Parameters by their positions among those that are read, with the positions of what they are; and all arguments.
pub(super) type Combination = (Vec<(usize, usize)>, Vec<Argument>);

/// All of which a server consists.
pub(super) struct Classes {
    pub(super) facts: Vec<FactClasses>,
    pub(super) parameters: Vec<ParameterClasses>,
    of_fact: Vec<Option<usize>>,
    arguments: Vec<Argument>,
}

/// What tells servers apart.
pub(super) struct Reading<'c> {
    conditions: Vec<&'c Condition>,
    changes: Vec<&'c Change>,
}

impl<'c> Reading<'c> {
    /// What a scenario reads, these of its steps.
    pub(super) fn scenario(catalog: &'c Catalog, scenario: &'c Scenario, steps: &[&'c Step]) -> Self {
        let mut reading = Self { conditions: Vec::new(), changes: Vec::new() };
        reading.conditions.extend(scenario.conditions());
        for step in steps {
            reading.conditions.push(&step.when);
            reading.conditions.extend(step.with.iter().map(|(_, given)| given));
            reading.action(&step.action);
        }
        reading.conditions.extend(catalog.invariants().iter().map(|invariant| &invariant.when));
        reading
    }

    /// What another scenario reads besides.
    pub(super) fn add(&mut self, catalog: &'c Catalog, scenario: &'c Scenario) {
        let steps: Vec<&Step> = scenario.steps.iter().collect();
        let other = Self::scenario(catalog, scenario, &steps);
        self.conditions.extend(other.conditions);
        self.changes.extend(other.changes);
    }

    /// What an action reads and changes.
    pub(super) fn action(&mut self, action: &'c Action) {
        self.conditions.extend(action.conditions());
        self.changes.extend(action.all_effects().flat_map(|effect| &effect.changes));
        self.changes.extend(action.failures.iter().flat_map(|failure| &failure.leaves.changes));
    }

    /// The facts that are read, those of `impossible:` lines about them included.
    fn facts(&mut self, catalog: &'c Catalog) -> Vec<bool> {
        let mut read = vec![false; catalog.vocabulary().len()];
        let note = |condition: &Condition, read: &mut Vec<bool>| condition.facts(&mut |fact| read[fact.index()] = true);
        for condition in &self.conditions {
            note(condition, &mut read);
        }
        let mut lines: Vec<&Condition> = catalog.impossible().iter().map(|line| &line.when).collect();
        loop {
            let (about, others): (Vec<_>, Vec<_>) = lines.into_iter().partition(|line| {
                let mut shares = false;
                line.facts(&mut |fact| shares |= read[fact.index()]);
                shares
            });
            if about.is_empty() {
                return read;
            }
            for line in about {
                note(line, &mut read);
                self.conditions.push(line);
            }
            lines = others;
        }
    }
}

impl Classes {
    /// The classes of what is read.
    pub(super) fn new<'c>(
        catalog: &'c Catalog,
        parameters: &[&'c ParameterSpec],
        mut reading: Reading<'c>,
    ) -> Result<Self, Limit> {
        let read = reading.facts(catalog);
        reading.changes.retain(|change| read[change.fact.index()]);
        let parameters = given(catalog, parameters, &reading);
        let mut listed = vec![Vec::new(); catalog.parameter_names().len()];
        for one in &parameters {
            listed[one.parameter.index()].clone_from(&one.arguments);
        }
        let mut space = Space::new(catalog.vocabulary(), listed.clone());
        reading.conditions.iter().for_each(|condition| space.read(condition));
        reading.changes.iter().for_each(|change| change.tell_apart(&mut space));
        // What an example shows of a fact is one of the values that are looked at; no class comes of that.
        for fact in catalog.vocabulary().ids().filter(|fact| read[fact.index()]) {
            let spec = catalog.vocabulary().spec(fact);
            if spec.kind() != FactType::Set {
                spec.usual().iter().for_each(|value| space.value(fact, value));
            }
        }
        let told = space.classes();
        let tests = tests(&reading.conditions);
        let mut facts = Vec::new();
        let mut of_fact = vec![None; read.len()];
        for fact in catalog.vocabulary().ids().filter(|fact| read[fact.index()]) {
            let Some(values) = told.values(fact) else {
                return Err(Limit::Elements(Arc::from(catalog.vocabulary().name(fact))));
            };
            of_fact[fact.index()] = Some(facts.len());
            let about = tests.get(&fact).map_or(&[][..], Vec::as_slice);
            facts.push(FactClasses { fact, classes: alike(fact, values, about, &listed, read.len()) });
        }
        let arguments = vec![Argument::Omitted; listed.len()];
        Ok(Self { facts, parameters, of_fact, arguments })
    }

    /// The position of a fact among those that are read.
    pub(super) fn position(&self, fact: FactId) -> Option<usize> {
        self.of_fact[fact.index()]
    }

    /// How many facts the catalog has.
    pub(super) fn vocabulary(&self) -> usize {
        self.of_fact.len()
    }

    /// The position of a parameter among those that are read.
    pub(super) fn parameter(&self, parameter: ParameterId) -> Option<usize> {
        self.parameters.iter().position(|one| one.parameter == parameter)
    }

    /// The class of a value that was looked at.
    pub(super) fn class_of(&self, at: usize, value: &Value) -> Option<usize> {
        self.facts[at].classes.iter().position(|members| members.contains(value))
    }

    /// Every combination of what the parameters of a list may be: their positions among those that are read with the
    /// positions of their arguments, and all arguments.
    pub(super) fn combinations(&self, of: &BTreeSet<ParameterId>) -> Vec<Combination> {
        let mut found = vec![(Vec::new(), self.arguments.clone())];
        for at in of.iter().filter_map(|parameter| self.parameter(*parameter)) {
            let one = &self.parameters[at];
            let longer = found.iter().flat_map(|(chosen, arguments)| {
                one.arguments.iter().enumerate().map(move |(which, argument)| {
                    let mut arguments = arguments.clone();
                    arguments[one.parameter.index()] = argument.clone();
                    ([&chosen[..], &[(at, which)]].concat(), arguments)
                })
            });
            found = longer.collect();
        }
        found
    }

    /// The classes that each class can lead to where a fact changes, under these arguments.
    pub(super) fn targets(&self, at: usize, to: &NewValue, arguments: &[Argument]) -> Vec<BTreeSet<usize>> {
        let classes = &self.facts[at].classes;
        let everywhere: BTreeSet<usize> = (0..classes.len()).collect();
        let lead = |value: &Value| -> BTreeSet<usize> {
            match to {
                NewValue::Set(operand) => match operand.value(arguments) {
                    Ok(value) => self.class_of(at, &normal(value, &classes[0][0])).into_iter().collect(),
                    Err(_) => everywhere.clone(),
                },
                NewValue::Unknown(_) => everywhere.clone(),
                NewValue::Bounded(bound, operand) => match operand.value(arguments) {
                    Ok(limit) if bound.holds(limit, value) => self.class_of(at, value).into_iter().collect(),
                    Ok(limit) => {
                        let some = |members: &Vec<Value>| members.iter().any(|value| bound.holds(limit, value));
                        everywhere.iter().copied().filter(|class| some(&classes[*class])).collect()
                    }
                    Err(_) => everywhere.clone(),
                },
                NewValue::Add(_) | NewValue::Remove(_) | NewValue::Only(_) => {
                    self.class_of(at, &changed_set(value, to, arguments)).into_iter().collect()
                }
            }
        };
        classes.iter().map(|members| members.iter().flat_map(lead).collect()).collect()
    }
}

/// A value as facts of this type have it: a parameter is free text where a fact may be a word of a list.
fn normal(value: &Value, like: &Value) -> Value {
    match (value, like) {
        (Value::Text(word), Value::Choice(_)) => Value::Choice(Arc::from(word.as_str())),
        (Value::Choice(word), Value::Text(_)) => Value::Text(Word::from(&**word)),
        _ => value.clone(),
    }
}

fn changed_set(value: &Value, to: &NewValue, arguments: &[Argument]) -> Value {
    let Value::Set(words) = value else { return value.clone() };
    let mut words = words.clone();
    let given = |elements: &[Operand]| -> Vec<Word> {
        elements.iter().filter_map(|element| element.value(arguments).ok()).map(Value::word).collect()
    };
    match to {
        NewValue::Add(elements) => words.extend(given(elements)),
        NewValue::Remove(elements) => {
            let gone = given(elements);
            words.retain(|word| !gone.contains(word));
        }
        NewValue::Only(kept) => words.retain(|word| kept.contains(word)),
        NewValue::Set(_) | NewValue::Bounded(..) | NewValue::Unknown(_) => {}
    }
    Value::Set(words)
}

/// The tests of each fact, each once.
fn tests(conditions: &[&Condition]) -> HashMap<FactId, Vec<Arc<Test>>> {
    let mut found: HashMap<FactId, Vec<Arc<Test>>> = HashMap::new();
    for condition in conditions {
        condition.visit_shared(&mut |test| {
            if let Subject::Fact(fact) = test.subject {
                let known = found.entry(fact).or_default();
                if !known.contains(test) {
                    known.push(Arc::clone(test));
                }
            }
        });
    }
    found
}

/// Groups the values for which every test comes out the same, whatever the parameters are.
fn alike(fact: FactId, values: &[Value], tests: &[Arc<Test>], listed: &[Vec<Argument>], facts: usize) -> Vec<Vec<Value>> {
    let mut classes: Vec<(Vec<bool>, Vec<Value>)> = Vec::new();
    let mut server = Facts::from(vec![Abstract::Unknown; facts]);
    for value in values {
        server[fact.index()] = Abstract::exactly(value.clone());
        let outcomes: Vec<bool> = tests.iter().flat_map(|test| outcomes(test, &server, listed)).collect();
        match classes.iter_mut().find(|(known, _)| *known == outcomes) {
            Some((_, members)) => members.push(value.clone()),
            None => classes.push((outcomes, vec![value.clone()])),
        }
    }
    classes.into_iter().map(|(_, members)| members).collect()
}

fn outcomes(test: &Test, server: &Facts, listed: &[Vec<Argument>]) -> Vec<bool> {
    let mut arguments = vec![vec![Argument::Omitted; listed.len()]];
    test.relation.operands(&mut |operand| {
        if let Operand::Parameter(parameter) = operand {
            let slot = parameter.index();
            let with = |arguments: &Vec<Argument>, argument: &Argument| {
                let mut arguments = arguments.clone();
                arguments[slot] = argument.clone();
                arguments
            };
            arguments = arguments.iter().flat_map(|one| listed[slot].iter().map(move |argument| with(one, argument))).collect();
        }
    });
    arguments.iter().map(|parameters| Scope { facts: server, parameters }.test(test) == Truth::True).collect()
}

/// What each parameter that is read may be.
fn given(catalog: &Catalog, parameters: &[&ParameterSpec], reading: &Reading<'_>) -> Vec<ParameterClasses> {
    let mut used = vec![false; catalog.parameter_names().len()];
    for condition in &reading.conditions {
        condition.parameters(&mut |parameter| used[parameter.index()] = true);
    }
    let mut compared = Compared::new(reading);
    for (_, operand) in &compared.operands {
        if let Operand::Parameter(parameter) = operand {
            used[parameter.index()] = true;
        }
    }
    let mut found: Vec<ParameterClasses> = Vec::new();
    for spec in parameters.iter().filter(|spec| used[spec.parameter.index()]) {
        if found.iter().any(|one| one.parameter == spec.parameter) {
            continue;
        }
        let values = match (spec.spec.kind(), &spec.default) {
            (FactType::Flag, _) => vec![Value::Flag(false), Value::Flag(true)],
            (FactType::Choice, _) => spec.spec.values().iter().map(|word| Value::Choice(word.clone())).collect(),
            (_, Some(default)) => vec![default.clone()],
            (kind, None) => {
                let mut values = compared.with(spec.parameter, kind);
                values.extend(another(spec, &values, found.len()));
                values
            }
        };
        compared.fix(spec.parameter, &values);
        let mut arguments: Vec<Argument> = values.into_iter().map(Argument::Given).collect();
        if spec.optional {
            arguments.push(Argument::Omitted);
        }
        found.push(ParameterClasses { parameter: spec.parameter, arguments });
    }
    found
}

/// What each fact and each parameter is compared with.
struct Compared {
    operands: Vec<(Subject, Operand)>,
}

impl Compared {
    fn new(reading: &Reading<'_>) -> Self {
        let mut operands = Vec::new();
        for condition in &reading.conditions {
            condition.visit(&mut |test| {
                test.relation.operands(&mut |operand| {
                    if let (Relation::Is(_) | Relation::OneOf(_), Operand::Literal(Value::Set(words))) = (&test.relation, operand)
                    {
                        let each = words.iter().map(|word| Operand::Literal(Value::Text(word.clone())));
                        operands.extend(each.map(|word| (test.subject, word)));
                    } else {
                        operands.push((test.subject, operand.clone()));
                    }
                });
            });
        }
        for change in &reading.changes {
            let subject = Subject::Fact(change.fact);
            match &change.to {
                NewValue::Set(Operand::Literal(Value::Set(words))) => {
                    operands.extend(words.iter().map(|word| (subject, Operand::Literal(Value::Text(word.clone())))));
                }
                NewValue::Set(operand) | NewValue::Bounded(_, operand) => operands.push((subject, operand.clone())),
                NewValue::Add(elements) | NewValue::Remove(elements) => {
                    operands.extend(elements.iter().map(|element| (subject, element.clone())));
                }
                NewValue::Only(words) => {
                    operands.extend(words.iter().map(|word| (subject, Operand::Literal(Value::Text(word.clone())))));
                }
                NewValue::Unknown(_) => {}
            }
        }
        Self { operands }
    }

    /// The literals that a parameter meets where it is compared, as values of its type.
    fn with(&self, parameter: ParameterId, kind: FactType) -> Vec<Value> {
        let is = |operand: &Operand| *operand == Operand::Parameter(parameter);
        let meets = |subject: &Subject| {
            *subject == Subject::Parameter(parameter)
                || self.operands.iter().any(|(other, operand)| other == subject && is(operand))
        };
        let literals = self.operands.iter().filter(|(subject, _)| meets(subject)).filter_map(|(_, operand)| match operand {
            Operand::Literal(Value::Choice(word)) if kind == FactType::Text => Some(Value::Text(Word::from(&**word))),
            Operand::Literal(value) => Some(value.clone()),
            Operand::Parameter(_) => None,
        });
        literals.collect::<BTreeSet<Value>>().into_iter().collect()
    }

    /// From now on a parameter counts as the literals that it may be, so that a later one may equal it or not.
    fn fix(&mut self, parameter: ParameterId, values: &[Value]) {
        let meets: Vec<Subject> =
            self.operands.iter().filter(|(_, operand)| *operand == Operand::Parameter(parameter)).map(|(one, _)| *one).collect();
        for subject in meets {
            self.operands.extend(values.iter().map(|value| (subject, Operand::Literal(value.clone()))));
        }
    }
}

/// Values of the parameter that are none of these; of an ordered type one in each gap.
fn another(spec: &ParameterSpec, values: &[Value], number: usize) -> Vec<Value> {
    match spec.spec.kind() {
        FactType::Version if values.is_empty() => vec![Value::Version("1.0".parse().unwrap_or_default())],
        FactType::Version | FactType::Days => {
            let above = values.iter().map(|value| match value {
                Value::Days(days) => Value::Days(days.saturating_add(1)),
                Value::Version(version) => Value::Version(version.successor()),
                other => other.clone(),
            });
            let least = if spec.spec.kind() == FactType::Days { Value::Days(0) } else { Value::Version(Version::default()) };
            let new = above.chain([least]).filter(|value| !values.contains(value));
            new.collect::<BTreeSet<Value>>().into_iter().collect()
        }
        _ if spec.guid => vec![Value::Text(Word::from(&*format!("11111111-0000-4000-8000-{number:012}")))],
        _ => vec![Value::Text(Word::from(&*format!("the given {}", spec.name)))],
    }
}
