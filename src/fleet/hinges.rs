//! What an answer hangs on.
//!
//! A plan looks at some facts only, of those mostly at how a test of them comes out, and of the tests some decide nothing: where
//! one part of an `all` is false, the others may be as they like. Servers on which the tests that decide come out alike get the
//! same answer, whatever else is known of them.

use crate::catalog::{Catalog, Change, FindingRule, Invariant, InvariantKind, NewValue, Reboot, Scenario};
use crate::condition::{Condition, Leaf, Operand, Relation, Scope, Subject, Test, Truth, false_leaves, true_leaves};
use crate::fact::{FactId, FactType, Value};
use crate::plan::{Assumption, Decision, Order, Plan, PlannedStep, Request, Start, State, World};
use std::sync::Arc;

/// What an answer hangs on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Hinge {
    /// All that rules can tell apart of a fact.
    Fact(FactId),
    /// How a test comes out, by its place among all of them.
    Test(usize),
}

/// Finds what answers hang on.
#[derive(Clone, Debug)]
pub(super) struct Hinges<'c> {
    catalog: &'c Catalog,
    /// The tests of facts in the rules of the catalog that no parameter decides, each once.
    tests: Vec<(FactId, Arc<Test>)>,
    /// Where each test of a rule is among them, and whether a change changes nothing, in the order of the addresses of either.
    places: Vec<(usize, usize)>,
    /// Where among them is whether a restart is pending.
    pending: Option<usize>,
    /// For each fact the tests of other facts from which it may be derived where no source says it.
    behind: Vec<Vec<Arc<Test>>>,
    /// The facts that something is assumed of, which a source may contradict.
    assumed: Vec<FactId>,
}

impl<'c> Hinges<'c> {
    pub(super) fn new(catalog: &'c Catalog, assumptions: &[Assumption]) -> Self {
        let vocabulary = catalog.vocabulary();
        let behind = |fact: FactId| {
            let rules = catalog.derived().iter().filter(|rule| rule.fact == fact).map(|rule| &rule.when);
            let limited = matches!(vocabulary.spec(fact).kind(), FactType::Flag | FactType::Choice | FactType::Set);
            let lines = catalog.impossible().iter().map(|line| &line.when).filter(|line| limited && line.reads(fact));
            let mut behind = Vec::new();
            rules.chain(lines).for_each(|condition| condition.visit_shared(&mut |test| behind.push(Arc::clone(test))));
            behind.retain(|test| test.subject != Subject::Fact(fact));
            behind
        };
        let assumed = assumptions.iter().map(|assumption| assumption.fact).collect();
        let behind = vocabulary.ids().map(behind).collect();
        let mut hinges = Self { catalog, tests: Vec::new(), places: Vec::new(), pending: None, behind, assumed };
        catalog.conditions().for_each(|condition| {
            condition.visit_shared(&mut |test| {
                if let Some(place) = hinges.enter(test) {
                    hinges.places.push((Arc::as_ptr(test).addr(), place));
                }
            });
        });
        for change in catalog.changes() {
            if let Some(place) = becomes(change).and_then(|test| hinges.enter(&Arc::new(test))) {
                hinges.places.push((std::ptr::from_ref(change).addr(), place));
            }
        }
        hinges.places.sort_unstable();
        hinges.places.dedup();
        hinges.pending = catalog.restart_pending().and_then(|fact| hinges.enter(&Arc::new(is(fact, Value::Flag(true)))));
        hinges
    }

    fn enter(&mut self, test: &Arc<Test>) -> Option<usize> {
        let Subject::Fact(fact) = test.subject else { return None };
        let mut parameters = false;
        test.parameters(&mut |_| parameters = true);
        if parameters {
            return None;
        }
        let known = self.tests.iter().position(|(_, known)| **known == **test);
        Some(known.unwrap_or_else(|| {
            self.tests.push((fact, Arc::clone(test)));
            self.tests.len() - 1
        }))
    }

    /// Where the test of a rule is, or whether a change changes nothing.
    fn place(&self, address: usize) -> Option<usize> {
        let at = self.places.binary_search_by_key(&address, |(known, _)| *known).ok()?;
        Some(self.places[at].1)
    }

    /// The tests, each with its fact.
    pub(super) fn tests(&self) -> &[(FactId, Arc<Test>)] {
        &self.tests
    }

    /// What decided on the way of a plan and on what stands in it, each once, in the order of looking. Nothing else that is known
    /// of a server can change them; the reasons that a plan gives are left aside.
    pub(super) fn of_way(&self, plan: &Plan<'_>) -> Vec<Hinge> {
        let ([first, ..], [.., last]) = (plan.states.as_slice(), plan.states.as_slice()) else { return self.all() };
        if plan.request.order != Order::Documented {
            // Orders are searched among all states.
            return self.all();
        }
        let mut found = self.chosen(plan.scenario, &plan.start, &plan.request);
        let Some(scenario) = plan.scenario else { return found.hinges };
        let world = plan.world();
        found.judged(&scenario.applies_when, first, &Scope { facts: &plan.start.facts, parameters: &[] });
        found.judged(&scenario.supports, first, &first.scope(&world));
        for (planned, states) in plan.steps.iter().zip(plan.states.windows(2)) {
            found.step(planned, &states[0], &states[1], &world);
        }
        found.judged(&scenario.goal, last, &last.scope(&world));
        let rested = last.at_rest();
        for invariant in self.catalog.invariants() {
            match invariant.kind {
                InvariantKind::Forbidden => {}
                InvariantKind::ForbiddenAtRest => found.turned(invariant, first, &rested, &world),
                InvariantKind::Exposure => {
                    let mut before: Option<&Arc<State>> = None;
                    for state in &plan.states {
                        if before.is_none_or(|before| !Arc::ptr_eq(before, state)) {
                            found.truth(&invariant.when, state, &state.scope(&world));
                        }
                        before = Some(state);
                    }
                }
            }
        }
        found.hinges
    }

    /// What decided on what there is to say about a server itself.
    pub(super) fn of_findings(&self, scenario: Option<&Scenario>, start: &Start, request: &Request) -> Vec<Hinge> {
        let mut found = self.chosen(scenario, start, request);
        let arguments =
            scenario.map_or_else(Vec::new, |scenario| crate::plan::arguments(self.catalog, scenario, &request.parameters));
        let scope = Scope { facts: &start.facts, parameters: &arguments };
        let concerned = |rule: &&FindingRule| {
            rule.scenarios.is_empty() || scenario.is_some_and(|scenario| rule.scenarios.contains(&scenario.id))
        };
        let invariants = self.catalog.invariants().iter().map(|invariant| &invariant.when);
        let rules = self.catalog.finding_rules().iter().filter(concerned).filter_map(|rule| rule.when.as_ref());
        let lines = self.catalog.impossible().iter().map(|line| &line.when);
        let named = scenario.filter(|_| request.scenario.is_some()).map(|scenario| &scenario.applies_when);
        let first = State::new(start.facts.clone());
        invariants.chain(rules).chain(lines).chain(named).for_each(|condition| found.truth(condition, &first, &scope));
        found.hinges
    }

    fn all(&self) -> Vec<Hinge> {
        self.catalog.vocabulary().ids().map(Hinge::Fact).collect()
    }

    /// What decides on the scenario, and on whether an assumption holds.
    fn chosen<'f>(&'f self, scenario: Option<&Scenario>, start: &'f Start, request: &Request) -> Found<'f> {
        let facts = vec![false; self.behind.len()];
        let mut found = Found { of: self, start, facts, tests: vec![false; self.tests.len()], hinges: Vec::new() };
        self.assumed.iter().for_each(|fact| found.fact(*fact));
        if request.scenario.as_deref().is_some_and(|name| self.catalog.scenario(name).is_some()) {
            return found;
        }
        let first = State::new(start.facts.clone());
        let scope = Scope { facts: &start.facts, parameters: &[] };
        for one in self.catalog.scenarios().iter().filter(|one| !one.on_request) {
            match scenario {
                Some(_) => found.truth(&one.applies_when, &first, &scope),
                // What speaks for and against each is told.
                None => found.all(&one.applies_when, &first),
            }
        }
        found
    }
}

/// The test whether a fact of which no value is in part another has the value that a change gives it.
fn becomes(change: &Change) -> Option<Test> {
    match &change.to {
        NewValue::Set(Operand::Literal(value @ (Value::Flag(_) | Value::Choice(_) | Value::Text(_)))) => {
            Some(is(change.fact, value.clone()))
        }
        _ => None,
    }
}

fn is(fact: FactId, value: Value) -> Test {
    Test { subject: Subject::Fact(fact), relation: Relation::Is(Operand::Literal(value)), place: None }
}

/// What was found to decide.
struct Found<'f> {
    of: &'f Hinges<'f>,
    start: &'f Start,
    facts: Vec<bool>,
    tests: Vec<bool>,
    hinges: Vec<Hinge>,
}

impl Found<'_> {
    /// A fact, and what it may have been derived from.
    fn fact(&mut self, fact: FactId) {
        if std::mem::replace(&mut self.facts[fact.index()], true) {
            return;
        }
        self.hinges.push(Hinge::Fact(fact));
        if self.start.given[fact.index()].is_none() {
            let of = self.of;
            of.behind[fact.index()].iter().for_each(|test| self.at_start(test));
        }
    }

    /// How a test comes out before the first step.
    fn at_start(&mut self, test: &Arc<Test>) {
        let Subject::Fact(fact) = test.subject else { return };
        // Who hangs on the fact hangs on each of its tests.
        if !self.facts[fact.index()] {
            self.placed(fact, self.of.place(Arc::as_ptr(test).addr()));
        }
    }

    fn placed(&mut self, fact: FactId, place: Option<usize>) {
        match place.filter(|_| self.start.given[fact.index()].is_some()) {
            Some(place) if !self.facts[fact.index()] && !std::mem::replace(&mut self.tests[place], true) => {
                self.hinges.push(Hinge::Test(place));
            }
            Some(_) => {}
            None => self.fact(fact),
        }
    }

    /// True where a fact is as it was before the first step. What a step may have changed hangs on what that step looked at.
    fn is_untouched(&mut self, fact: FactId, state: &State) -> bool {
        if state.touched[fact.index()].is_some() {
            return false;
        }
        if state.now[fact.index()] != self.start.facts[fact.index()] {
            self.fact(fact);
        }
        true
    }

    fn test(&mut self, test: &Arc<Test>, state: &State) {
        if let Subject::Fact(fact) = test.subject
            && self.is_untouched(fact, state)
        {
            self.at_start(test);
        }
    }

    /// Every test of a condition.
    fn all(&mut self, condition: &Condition, state: &State) {
        condition.visit_shared(&mut |test| self.test(test, state));
    }

    /// What was seen is told too, of facts with a list of words.
    fn told(&mut self, leaves: &[Leaf], state: &State) {
        for leaf in leaves {
            if let Subject::Fact(fact) = leaf.test.subject
                && self.kind(fact) == FactType::Choice
                && self.is_untouched(fact, state)
            {
                self.fact(fact);
            }
        }
    }

    fn kind(&self, fact: FactId) -> FactType {
        self.of.catalog.vocabulary().spec(fact).kind()
    }

    /// What makes a condition come out as it does.
    fn truth(&mut self, condition: &Condition, state: &State, scope: &Scope<'_>) {
        let (parts, decides) = match condition {
            Condition::All(parts) => (parts, Truth::False),
            Condition::Any(parts) => (parts, Truth::True),
            Condition::Not(part) => return self.truth(part, state, scope),
            Condition::Test(test) => return self.test(test, state),
        };
        match parts.iter().find(|part| scope.evaluate(part) == decides) {
            Some(part) => self.truth(part, state, scope),
            None => parts.iter().for_each(|part| self.truth(part, state, scope)),
        }
    }

    /// What makes a condition true; where it is not, all of it, since each part that fails or is open is told.
    fn judged(&mut self, condition: &Condition, state: &State, scope: &Scope<'_>) {
        match scope.evaluate(condition) {
            Truth::True => self.truth(condition, state, scope),
            Truth::Unknown => self.all(condition, state),
            Truth::False => {
                self.all(condition, state);
                self.told(&false_leaves(condition, scope), state);
            }
        }
    }

    /// What makes an invariant come out as it does where it is judged by whether it became true.
    fn turned(&mut self, invariant: &Invariant, before: &State, after: &State, world: &World<'_>) {
        let (was, is) = (before.scope(world), after.scope(world));
        match (was.evaluate(&invariant.when), is.evaluate(&invariant.when)) {
            (Truth::True, _) => self.truth(&invariant.when, before, &was),
            (_, Truth::False) => self.truth(&invariant.when, after, &is),
            _ => {
                self.all(&invariant.when, before);
                self.all(&invariant.when, after);
                self.told(&true_leaves(&invariant.when, &is), after);
            }
        }
    }

    fn step(&mut self, planned: &PlannedStep<'_>, before: &State, after: &State, world: &World<'_>) {
        let scope = before.scope(world);
        let (step, action) = (planned.step, &planned.step.action);
        let always = Condition::always();
        let achieved = action.achieved_when.as_ref().unwrap_or(&always);
        match planned.decision {
            // Which of the two leaves it out is one of the reasons.
            Decision::Skip(_) if scope.evaluate(&step.when) == Truth::False => return self.truth(&step.when, before, &scope),
            Decision::Skip(_) => return self.truth(achieved, before, &scope),
            Decision::Perform => {
                self.truth(&step.when, before, &scope);
                self.truth(achieved, before, &scope);
                self.judged(&action.requires, before, &scope);
            }
            Decision::CheckFirst => {
                self.truth(&step.when, before, &scope);
                // What it implies becomes known of what is not known exactly.
                self.all(achieved, before);
                achieved.facts(&mut |fact| self.in_part(fact, before));
                self.judged(&action.requires, before, &scope);
            }
            Decision::DecideLater => {
                self.all(&step.when, before);
                self.truth(achieved, before, &scope);
            }
        }
        for effect in action.all_effects() {
            self.all(&effect.when, before);
            effect.changes.iter().for_each(|change| self.change(change, before));
        }
        if let Some(pending) = world.restart_pending.filter(|_| action.reboot != Reboot::Never) {
            self.value(pending, self.of.pending, before);
        }
        for invariant in self.of.catalog.invariants().iter().filter(|invariant| invariant.kind == InvariantKind::Forbidden) {
            let mut changed = false;
            invariant.when.facts(&mut |fact| changed |= after.may_differ(before, fact));
            if changed {
                self.turned(invariant, before, after, world);
            }
        }
    }

    /// A fact of which a part may be known.
    fn in_part(&mut self, fact: FactId, state: &State) {
        let in_part = !matches!(self.kind(fact), FactType::Flag | FactType::Choice | FactType::Text);
        if in_part && self.is_untouched(fact, state) {
            self.fact(fact);
        }
    }

    /// What a change leaves of a fact: of what becomes unknown nothing, and of a value that is one of many only whether it was
    /// that one already, since two that differ have nothing in common.
    fn change(&mut self, change: &Change, before: &State) {
        if !matches!(change.to, NewValue::Unknown(_)) {
            self.value(change.fact, self.of.place(std::ptr::from_ref(change).addr()), before);
        }
    }

    /// A fact of which a test decides, or all of it where there is none.
    fn value(&mut self, fact: FactId, test: Option<usize>, before: &State) {
        if self.is_untouched(fact, before) {
            self.placed(fact, test);
        }
    }
}
