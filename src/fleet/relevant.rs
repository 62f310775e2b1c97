//! Which facts the way of a server can depend on.
//!
//! A step that a server does not need for what never changes on it, such as its release, is left out whatever else is known.
//! What only such steps read is of no account, so that servers of many classes go the same way.

use crate::catalog::{Catalog, Scenario, Step};
use crate::condition::{Argument, Condition, Scope, Truth};
use crate::fact::{Abstract, FactId};
use crate::plan::{Order, Request, Start};

/// For each scenario, and for the choice among them, the facts that decide.
#[derive(Clone, Debug)]
pub(super) struct Relevant {
    /// The facts that no step changes.
    lasting: Vec<bool>,
    choice: Vec<bool>,
    scenarios: Vec<OfScenario>,
    /// Nothing may be left out: orders are searched among all states.
    all: bool,
}

#[derive(Clone, Debug)]
struct OfScenario {
    /// The facts that decide whatever the server is.
    always: Vec<bool>,
    /// For each step the facts that decide where it is not ruled out from the beginning.
    steps: Vec<Vec<bool>>,
    arguments: Vec<Argument>,
}

impl Relevant {
    pub(super) fn new(catalog: &Catalog, request: &Request) -> Self {
        let facts = catalog.vocabulary().len();
        let mut lasting = vec![true; facts];
        catalog.changes().for_each(|change| lasting[change.fact.index()] = false);
        let mut choice = vec![false; facts];
        catalog.scenarios().iter().for_each(|scenario| note(&scenario.applies_when, &mut choice));
        let of = |scenario: &Scenario| {
            let mut always = vec![false; facts];
            scenario.conditions().for_each(|condition| note(condition, &mut always));
            scenario.steps.iter().for_each(|step| note(&step.when, &mut always));
            catalog.invariants().iter().for_each(|invariant| note(&invariant.when, &mut always));
            if let Some(pending) = catalog.restart_pending() {
                always[pending.index()] = true;
            }
            let step = |step: &Step| {
                let mut read = vec![false; facts];
                step.conditions().for_each(|condition| note(condition, &mut read));
                step.with.iter().for_each(|(_, given)| note(given, &mut read));
                read
            };
            let steps = scenario.steps.iter().map(step).collect();
            OfScenario { always, steps, arguments: crate::plan::arguments(catalog, scenario, &request.parameters) }
        };
        let scenarios = catalog.scenarios().iter().map(of).collect();
        Self { lasting, choice, scenarios, all: request.order != Order::Documented }
    }

    /// The facts on which the way of a server can depend, where this scenario was chosen for it.
    pub(super) fn facts(&self, catalog: &Catalog, chosen: Option<&Scenario>, start: &Start) -> Vec<bool> {
        if self.all {
            return vec![true; self.lasting.len()];
        }
        let position = chosen.and_then(|chosen| catalog.scenarios().iter().position(|one| one.id == chosen.id));
        let Some((scenario, chosen)) = position.map(|at| &self.scenarios[at]).zip(chosen) else { return self.choice.clone() };
        let lasting = start.facts.iter().zip(&self.lasting);
        let lasting: Vec<Abstract> =
            lasting.map(|(known, lasts)| if *lasts { known.clone() } else { Abstract::Unknown }).collect();
        let scope = Scope { facts: &lasting, parameters: &scenario.arguments };
        let mut relevant = scenario.always.clone();
        for (step, read) in chosen.steps.iter().zip(&scenario.steps) {
            if scope.evaluate(&step.when) != Truth::False {
                relevant.iter_mut().zip(read).for_each(|(relevant, read)| *relevant |= read);
            }
        }
        relevant
    }
}

fn note(condition: &Condition, read: &mut [bool]) {
    condition.facts(&mut |fact: FactId| read[fact.index()] = true);
}
