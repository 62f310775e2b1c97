//! The facts that an answer hangs on.
//!
//! A plan looks at some facts only, and of those some decide nothing: where one part of an `all` is false, the others may be as
//! they like. Servers of which the same is known of the facts that decide get the same answer, whatever else is known of them.

use crate::catalog::{Catalog, FindingRule, InvariantKind, Reboot, Scenario};
use crate::condition::{Condition, Scope, Subject, Truth};
use crate::fact::{FactId, FactType};
use crate::plan::{Assumption, Decision, Order, Plan, PlannedStep, Request, Start, State, World};
use std::sync::Arc;

/// Finds the facts that answers hang on.
#[derive(Clone, Debug)]
pub(super) struct Hinges<'c> {
    catalog: &'c Catalog,
    /// For each fact those from which it may be derived where no source says it.
    behind: Vec<Vec<FactId>>,
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
            rules.chain(lines).for_each(|condition| condition.facts(&mut |fact| behind.push(fact)));
            behind.sort_unstable();
            behind.dedup();
            behind
        };
        let assumed = assumptions.iter().map(|assumption| assumption.fact).collect();
        Self { catalog, behind: vocabulary.ids().map(behind).collect(), assumed }
    }

    /// The facts that decided on the way of a plan and on what stands in it, each once, in the order of looking. Nothing else that
    /// is known of a server can change them; the reasons that a plan gives are left aside.
    pub(super) fn of_way(&self, plan: &Plan<'_>) -> Vec<FactId> {
        let ([first, ..], [.., last]) = (plan.states.as_slice(), plan.states.as_slice()) else { return self.all() };
        if plan.request.order != Order::Documented {
            // Orders are searched among all states.
            return self.all();
        }
        let mut found = self.chosen(plan.scenario, &plan.start, &plan.request);
        let Some(scenario) = plan.scenario else { return found.facts };
        let world = plan.world();
        found.judged(&scenario.applies_when, &Scope { facts: &plan.start.facts, parameters: &[] });
        found.judged(&scenario.supports, &first.scope(&world));
        for (planned, states) in plan.steps.iter().zip(plan.states.windows(2)) {
            found.step(planned, &states[0], &states[1], &world);
        }
        found.judged(&scenario.goal, &last.scope(&world));
        for invariant in self.catalog.invariants() {
            match invariant.kind {
                InvariantKind::Forbidden => {}
                InvariantKind::ForbiddenAtRest => found.all(&invariant.when),
                InvariantKind::Exposure => {
                    let mut before: Option<&Arc<State>> = None;
                    for state in &plan.states {
                        if before.is_none_or(|before| !Arc::ptr_eq(before, state)) {
                            found.truth(&invariant.when, &state.scope(&world));
                        }
                        before = Some(state);
                    }
                }
            }
        }
        found.facts
    }

    /// The facts that decided on what there is to say about a server itself.
    pub(super) fn of_findings(&self, scenario: Option<&Scenario>, start: &Start, request: &Request) -> Vec<FactId> {
        let mut found = self.chosen(scenario, start, request);
        let arguments =
            scenario.map_or_else(Vec::new, |scenario| crate::plan::arguments(self.catalog, scenario, &request.parameters));
        let scope = Scope { facts: &start.facts, parameters: &arguments };
        let invariants = self.catalog.invariants().iter().map(|invariant| &invariant.when);
        let concerned = |rule: &&FindingRule| {
            rule.scenarios.is_empty() || scenario.is_some_and(|scenario| rule.scenarios.contains(&scenario.id))
        };
        let rules = self.catalog.finding_rules().iter().filter(concerned).filter_map(|rule| rule.when.as_ref());
        let lines = self.catalog.impossible().iter().map(|line| &line.when);
        invariants.chain(rules).chain(lines).for_each(|condition| found.truth(condition, &scope));
        if let Some(named) = scenario.filter(|_| request.scenario.is_some()) {
            found.truth(&named.applies_when, &Scope { facts: &start.facts, parameters: &[] });
        }
        found.facts
    }

    fn all(&self) -> Vec<FactId> {
        self.catalog.vocabulary().ids().collect()
    }

    /// What decides on the scenario, and on whether an assumption holds.
    fn chosen<'f>(&'f self, scenario: Option<&Scenario>, start: &'f Start, request: &Request) -> Found<'f> {
        let mut found = Found { hinges: self, start, seen: vec![false; self.behind.len()], facts: Vec::new() };
        self.assumed.iter().for_each(|fact| found.fact(*fact));
        if request.scenario.as_deref().is_some_and(|name| self.catalog.scenario(name).is_some()) {
            return found;
        }
        let scope = Scope { facts: &start.facts, parameters: &[] };
        for one in self.catalog.scenarios().iter().filter(|one| !one.on_request) {
            match scenario {
                Some(_) => found.truth(&one.applies_when, &scope),
                // What speaks for and against each is told.
                None => found.all(&one.applies_when),
            }
        }
        found
    }
}

/// The facts that were found to decide.
struct Found<'f> {
    hinges: &'f Hinges<'f>,
    start: &'f Start,
    seen: Vec<bool>,
    facts: Vec<FactId>,
}

impl Found<'_> {
    /// A fact, and what it may have been derived from.
    fn fact(&mut self, fact: FactId) {
        if std::mem::replace(&mut self.seen[fact.index()], true) {
            return;
        }
        self.facts.push(fact);
        if self.start.given[fact.index()].is_none() {
            self.hinges.behind[fact.index()].iter().for_each(|behind| self.fact(*behind));
        }
    }

    /// Every fact that a condition reads.
    fn all(&mut self, condition: &Condition) {
        condition.facts(&mut |fact| self.fact(fact));
    }

    /// What makes a condition come out as it does.
    fn truth(&mut self, condition: &Condition, scope: &Scope<'_>) {
        let (parts, decides) = match condition {
            Condition::All(parts) => (parts, Truth::False),
            Condition::Any(parts) => (parts, Truth::True),
            Condition::Not(part) => return self.truth(part, scope),
            Condition::Test(test) => {
                if let Subject::Fact(fact) = test.subject {
                    self.fact(fact);
                }
                return;
            }
        };
        match parts.iter().find(|part| scope.evaluate(part) == decides) {
            Some(part) => self.truth(part, scope),
            None => parts.iter().for_each(|part| self.truth(part, scope)),
        }
    }

    /// What makes a condition true; where it is not, all of it, since each part that fails or is open is told.
    fn judged(&mut self, condition: &Condition, scope: &Scope<'_>) {
        if scope.evaluate(condition) == Truth::True {
            self.truth(condition, scope);
        } else {
            self.all(condition);
        }
    }

    fn step(&mut self, planned: &PlannedStep<'_>, before: &State, after: &State, world: &World<'_>) {
        let scope = before.scope(world);
        let (step, action) = (planned.step, &planned.step.action);
        let always = Condition::always();
        let achieved = action.achieved_when.as_ref().unwrap_or(&always);
        match planned.decision {
            // Which of the two leaves it out is one of the reasons.
            Decision::Skip(_) if scope.evaluate(&step.when) == Truth::False => return self.truth(&step.when, &scope),
            Decision::Skip(_) => return self.truth(achieved, &scope),
            Decision::Perform => {
                self.truth(&step.when, &scope);
                self.truth(achieved, &scope);
                self.judged(&action.requires, &scope);
            }
            Decision::CheckFirst => {
                self.truth(&step.when, &scope);
                // What it implies becomes known.
                self.all(achieved);
                self.judged(&action.requires, &scope);
            }
            Decision::DecideLater => {
                self.all(&step.when);
                self.truth(achieved, &scope);
            }
        }
        for effect in action.all_effects() {
            self.all(&effect.when);
            effect.changes.iter().for_each(|change| self.fact(change.fact));
        }
        if action.reboot != Reboot::Never
            && let Some(pending) = world.restart_pending
        {
            self.fact(pending);
        }
        for invariant in self.hinges.catalog.invariants().iter().filter(|invariant| invariant.kind == InvariantKind::Forbidden) {
            let mut changed = false;
            invariant.when.facts(&mut |fact| changed |= after.may_differ(before, fact));
            if changed {
                self.all(&invariant.when);
            }
        }
    }
}
