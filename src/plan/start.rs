//! What is known of a server before the first step: observed, assumed, or derived.

use super::state::State;
use crate::catalog::Catalog;
use crate::condition::{Argument, Condition, Relation, Scope, Subject, Test, Truth};
use crate::fact::{Abstract, FactId, FactType, Facts, HostFacts, Observation, Value};
use std::sync::Arc;

/// What is known of a server before the first step.
#[derive(Clone, Debug)]
pub struct Start {
    /// What is known of each fact, in the order of the vocabulary.
    pub facts: Facts,
    /// The value that a source or an assumption gave, as it was given.
    pub given: Vec<Option<Value>>,
    /// Where each known fact comes from.
    pub origins: Vec<Origin>,
    /// For each fact, whether it is assumed or follows from one that is.
    pub on_assumptions: Vec<bool>,
}

/// Where knowledge of a fact comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Origin {
    /// A source observed it.
    Observed,
    /// It was assumed for the whole estate.
    Assumed,
    /// It follows from other facts.
    Derived,
    /// It is unknown, for this reason.
    Unknown(Arc<str>),
}

/// Something taken to be true where no source says otherwise.
#[derive(Clone, Debug, PartialEq)]
pub struct Assumption {
    /// The fact.
    pub fact: FactId,
    /// Its value.
    pub value: Value,
}

/// An assumption that a source contradicts.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[error("`{fact}` is assumed to be {assumed}, but a source says {observed}")]
pub struct Contradiction {
    /// The fact's name.
    pub fact: String,
    /// What was assumed.
    pub assumed: Value,
    /// What the source says.
    pub observed: Value,
}

impl Assumption {
    /// What a source says against the assumption, if it does.
    pub fn contradicted(&self, catalog: &Catalog, host: &dyn HostFacts) -> Option<Contradiction> {
        let Observation::Known(observed) = host.observe(self.fact) else { return None };
        let spec = catalog.vocabulary().spec(self.fact);
        if Abstract::observed(spec, observed).agrees(&Abstract::observed(spec, &self.value)) {
            return None;
        }
        let fact = spec.id().to_owned();
        Some(Contradiction { fact, assumed: self.value.clone(), observed: observed.clone() })
    }
}

impl Start {
    /// Observes every fact of the catalog, fills in what is assumed, and derives what follows.
    ///
    /// # Errors
    ///
    /// Where a source contradicts an assumption.
    pub fn observe(catalog: &Catalog, host: &dyn HostFacts, assumptions: &[Assumption]) -> Result<Self, Contradiction> {
        let vocabulary = catalog.vocabulary();
        let mut start = Self::observed(catalog, host);
        for assumption in assumptions {
            if let Some(contradiction) = assumption.contradicted(catalog, host) {
                return Err(contradiction);
            }
            // What a source left open is filled, be it only the end of a version.
            let slot = assumption.fact.index();
            if !start.facts[slot].is_exact() {
                start.facts[slot] = Abstract::observed(vocabulary.spec(assumption.fact), &assumption.value);
                start.given[slot] = Some(assumption.value.clone());
                start.origins[slot] = Origin::Assumed;
                start.on_assumptions[slot] = true;
            }
        }
        start.derive(catalog, &[]);
        Ok(start)
    }

    /// Observes every fact of the catalog, and derives what follows.
    pub fn known(catalog: &Catalog, host: &dyn HostFacts) -> Self {
        let mut start = Self::observed(catalog, host);
        start.derive(catalog, &[]);
        start
    }

    fn observed(catalog: &Catalog, host: &dyn HostFacts) -> Self {
        let vocabulary = catalog.vocabulary();
        let mut facts = Vec::with_capacity(vocabulary.len());
        let mut given = Vec::with_capacity(vocabulary.len());
        let mut origins = Vec::with_capacity(vocabulary.len());
        let mut last: Option<Arc<str>> = None;
        for fact in vocabulary.ids() {
            match host.observe(fact) {
                Observation::Known(value) => {
                    facts.push(Abstract::observed(vocabulary.spec(fact), value));
                    given.push(Some(value.clone()));
                    origins.push(Origin::Observed);
                }
                Observation::Unknown(reason) => {
                    facts.push(Abstract::Unknown);
                    given.push(None);
                    // Mostly it is the same reason for many facts.
                    let why = last.filter(|last| **last == *reason).unwrap_or_else(|| Arc::from(reason));
                    origins.push(Origin::Unknown(Arc::clone(&why)));
                    last = Some(why);
                }
            }
        }
        Self { facts: facts.into(), given, origins, on_assumptions: vec![false; vocabulary.len()] }
    }

    /// The same server where some facts have other values and some are not known, with what follows from that.
    ///
    /// Nothing is derived for a fact that is left open.
    #[must_use]
    pub fn changed(&self, catalog: &Catalog, changes: &[(FactId, Value)], open: &[FactId]) -> Self {
        let vocabulary = catalog.vocabulary();
        let mut start = self.clone();
        for fact in vocabulary.ids() {
            let slot = fact.index();
            let change = changes.iter().find(|(changed, _)| *changed == fact).map(|(_, value)| value);
            if change.is_some() || open.contains(&fact) {
                start.given[slot] = change.cloned();
                start.origins[slot] = change.map_or_else(|| Origin::Unknown(Arc::from("left open")), |_| Origin::Observed);
                start.on_assumptions[slot] = false;
            } else if start.origins[slot] == Origin::Derived {
                start.origins[slot] = Origin::Unknown(Arc::from("nothing follows"));
                start.on_assumptions[slot] = false;
            } else {
                continue;
            }
            let given = start.given[slot].as_ref();
            start.facts[slot] = given.map_or(Abstract::Unknown, |value| Abstract::observed(vocabulary.spec(fact), value));
        }
        start.derive(catalog, open);
        start
    }

    /// What is known of a fact as documents write it: as it was given, where it was; null for nothing.
    pub fn shown(&self, fact: FactId) -> serde_json::Value {
        match &self.given[fact.index()] {
            Some(value) => value.to_json(),
            None => self.facts[fact.index()].to_json(),
        }
    }

    /// True where the facts meet a line that no server can meet.
    pub fn is_impossible(&self, catalog: &Catalog) -> bool {
        catalog.impossible().iter().any(|line| self.truth(&line.when) == Truth::True)
    }

    /// The server as a simulation left it, for planning again. What a step left open is not derived from facts that are as
    /// old as the server: nobody looked again.
    pub fn simulated(catalog: &Catalog, state: &State, reason: &str) -> Self {
        let count = state.now.len();
        let reason: Arc<str> = Arc::from(reason);
        let mut start = Self {
            facts: state.now.clone(),
            given: vec![None; count],
            origins: vec![Origin::Observed; count],
            on_assumptions: vec![false; count],
        };
        (0..count).for_each(|slot| start.leave(slot, &state.now[slot], &reason));
        let touched = |fact: &FactId| state.touched[fact.index()].is_some();
        let open: Vec<FactId> = catalog.vocabulary().ids().filter(touched).collect();
        start.derive(catalog, &open);
        start
    }

    /// The server as a simulation left it, for undoing what was done. What no step touched is known as it was.
    pub(super) fn after(&self, state: &State, reason: &str) -> Self {
        let reason: Arc<str> = Arc::from(reason);
        let mut start = self.clone();
        for slot in (0..state.now.len()).filter(|slot| state.touched[*slot].is_some()) {
            start.leave(slot, &state.now[slot], &reason);
        }
        start
    }

    /// Takes a fact as a simulation left it.
    fn leave(&mut self, slot: usize, known: &Abstract, reason: &Arc<str>) {
        self.facts[slot] = known.clone();
        self.given[slot] = known.single();
        self.origins[slot] = if known.is_exact() { Origin::Observed } else { Origin::Unknown(Arc::clone(reason)) };
        self.on_assumptions[slot] = false;
    }

    /// Derives what follows until nothing more does; not for facts that are left open.
    fn derive(&mut self, catalog: &Catalog, open: &[FactId]) {
        loop {
            let mut learnt = false;
            for rule in catalog.derived().iter().filter(|rule| !open.contains(&rule.fact)) {
                let slot = rule.fact.index();
                if self.facts[slot] == Abstract::Unknown && self.truth(&rule.when) == Truth::True {
                    self.facts[slot] = Abstract::exactly(rule.is.clone());
                    self.origins[slot] = Origin::Derived;
                    self.on_assumptions[slot] = self.rests_on_assumptions(&rule.when, rule.fact);
                    learnt = true;
                }
            }
            for fact in catalog.vocabulary().ids().filter(|fact| !open.contains(fact)) {
                if self.facts[fact.index()] == Abstract::Unknown
                    && let Some(value) = self.only_value_left(catalog, fact)
                {
                    self.facts[fact.index()] = Abstract::exactly(value);
                    self.origins[fact.index()] = Origin::Derived;
                    let mut lines = catalog.impossible_about(fact);
                    self.on_assumptions[fact.index()] = lines.any(|line| self.rests_on_assumptions(&line.when, fact));
                    learnt = true;
                }
            }
            if !learnt {
                return;
            }
        }
    }

    /// True where a condition that says something of a fact reads another one that is assumed, or follows from one that is.
    fn rests_on_assumptions(&self, condition: &Condition, about: FactId) -> bool {
        let mut rests = false;
        condition.facts(&mut |fact| rests |= fact != about && self.on_assumptions[fact.index()]);
        rests
    }

    pub(super) fn truth(&self, condition: &Condition) -> Truth {
        Scope { facts: &self.facts, parameters: &[] }.evaluate(condition)
    }

    /// The one value of an unknown fact that no impossible line excludes, where there is exactly one.
    fn only_value_left(&mut self, catalog: &Catalog, fact: FactId) -> Option<Value> {
        let spec = catalog.vocabulary().spec(fact);
        if !matches!(spec.kind(), FactType::Flag | FactType::Choice | FactType::Set) {
            return None;
        }
        // A line that hangs on other facts too excludes no value of this one.
        let lines = catalog.impossible_about(fact).map(|line| &line.when);
        let lines: Vec<&Condition> = lines.filter(|line| self.may_decide(line, fact, Truth::True)).collect();
        if lines.is_empty() {
            return None;
        }
        let candidates: Vec<Value> = match spec.kind() {
            FactType::Flag => vec![Value::Flag(false), Value::Flag(true)],
            FactType::Choice => spec.values().iter().map(|word| Value::Choice(Arc::clone(word))).collect(),
            // Of a set that cannot be other than empty, emptiness is what is left.
            FactType::Set => {
                let excluded = lines.iter().any(|line| self.truth_where_not_empty(line, fact) == Truth::True);
                return excluded.then(|| Value::Set([].into()));
            }
            FactType::Version | FactType::Days | FactType::Text => return None,
        };
        let mut left = None;
        for candidate in candidates {
            self.facts[fact.index()] = Abstract::exactly(candidate.clone());
            let excluded = lines.iter().any(|line| self.truth(line) == Truth::True);
            if !excluded && left.replace(candidate).is_some() {
                left = None;
                break;
            }
        }
        self.facts[fact.index()] = Abstract::Unknown;
        left
    }

    /// True where a condition may come out so by what this fact is alone; false only where it certainly cannot.
    fn may_decide(&self, condition: &Condition, by: FactId, wanted: Truth) -> bool {
        match condition {
            Condition::All(parts) if wanted == Truth::True => parts.iter().all(|part| self.may_decide(part, by, wanted)),
            Condition::All(parts) => parts.iter().any(|part| self.may_decide(part, by, wanted)),
            Condition::Any(parts) if wanted == Truth::True => parts.iter().any(|part| self.may_decide(part, by, wanted)),
            Condition::Any(parts) => parts.iter().all(|part| self.may_decide(part, by, wanted)),
            Condition::Not(part) => self.may_decide(part, by, wanted.negated()),
            Condition::Test(test) => test.subject == Subject::Fact(by) || self.truth(condition) == wanted,
        }
    }

    /// The truth of a condition where the set has some element, whichever it is.
    fn truth_where_not_empty(&self, condition: &Condition, set: FactId) -> Truth {
        match condition {
            Condition::All(parts) => parts.iter().map(|part| self.truth_where_not_empty(part, set)).min().unwrap_or(Truth::True),
            Condition::Any(parts) => parts.iter().map(|part| self.truth_where_not_empty(part, set)).max().unwrap_or(Truth::False),
            Condition::Not(part) => self.truth_where_not_empty(part, set).negated(),
            Condition::Test(test) => match **test {
                Test { subject: Subject::Fact(fact), relation: Relation::Empty(empty), .. } if fact == set => {
                    if empty {
                        Truth::False
                    } else {
                        Truth::True
                    }
                }
                _ => self.truth(condition),
            },
        }
    }
}

/// What a plan's parameters are, in the order of the catalog.
pub(crate) fn arguments(catalog: &Catalog, scenario: &crate::catalog::Scenario, given: &[(Arc<str>, Value)]) -> Vec<Argument> {
    let mut arguments = vec![Argument::Omitted; catalog.parameter_names().len()];
    for spec in &scenario.parameters {
        let value = given.iter().find(|(name, _)| *name == spec.name).map(|(_, value)| value);
        arguments[spec.parameter.index()] = match value.or(spec.default.as_ref()) {
            Some(value) => Argument::Given(value.clone()),
            None if spec.optional => Argument::Omitted,
            None => Argument::Missing,
        };
    }
    arguments
}
