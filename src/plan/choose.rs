//! Choosing the scenario that applies.

use super::Request;
use super::reasons::{Ledger, Place, Reason, Rule, reason};
use super::start::Start;
use super::state::{State, World};
use crate::catalog::{Catalog, Scenario};
use crate::condition::{Scope, Truth, false_leaves, true_leaves, unknown_leaves};

/// A scenario that may apply, with what speaks for and against it.
#[derive(Clone, Debug)]
pub struct Candidate<'c> {
    /// The scenario.
    pub scenario: &'c Scenario,
    /// Whether it applies.
    pub applies: Truth,
    /// The tests that hold.
    pub holds: Vec<Reason>,
    /// The tests that fail.
    pub fails: Vec<Reason>,
    /// The tests that are not known.
    pub open: Vec<Reason>,
}

/// What was chosen.
#[derive(Debug)]
pub(super) struct Choice<'c> {
    pub(super) scenario: Option<&'c Scenario>,
    /// Whether the choice applies; true where the scenario was named.
    pub(super) applies: Truth,
    /// The scenario was named although it does not apply.
    pub(super) named_wrongly: bool,
    pub(super) candidates: Vec<Candidate<'c>>,
}

/// Chooses a scenario: the one that was named, or the only one that may apply.
pub(super) fn choose<'c>(
    catalog: &'c Catalog,
    start: &Start,
    first: &State,
    request: &Request,
    ledger: &mut Ledger<'_>,
) -> Choice<'c> {
    let scope = Scope { facts: &start.facts, parameters: &[] };
    if let Some(scenario) = request.scenario.as_deref().and_then(|name| catalog.scenario(name)) {
        let named_wrongly = ledger.evaluate(&scenario.applies_when, &scope) == Truth::False;
        return Choice { scenario: Some(scenario), applies: Truth::True, named_wrongly, candidates: Vec::new() };
    }
    let offered = || catalog.scenarios().iter().filter(|scenario| !scenario.on_request);
    let mut possible: Vec<(&Scenario, Truth)> = Vec::new();
    for scenario in offered() {
        let truth = ledger.evaluate(&scenario.applies_when, &scope);
        if truth != Truth::False {
            possible.push((scenario, truth));
        }
    }
    for (scenario, _) in &possible {
        ledger.unknown(Place::AppliesWhen, &unknown_leaves(&scenario.applies_when, &scope), first, &scope, None);
    }
    if let [(scenario, truth)] = possible.as_slice() {
        return Choice { scenario: Some(scenario), applies: *truth, named_wrongly: false, candidates: Vec::new() };
    }
    let applies = if possible.is_empty() { Truth::False } else { Truth::Unknown };
    Choice { scenario: None, applies, named_wrongly: false, candidates: candidates(offered(), start) }
}

/// The scenario that a server gets, where there is one.
pub(super) fn chosen<'c>(catalog: &'c Catalog, start: &Start, request: &Request) -> Option<&'c Scenario> {
    if let Some(scenario) = request.scenario.as_deref().and_then(|name| catalog.scenario(name)) {
        return Some(scenario);
    }
    let scope = Scope { facts: &start.facts, parameters: &[] };
    let may_apply = |scenario: &&Scenario| !scenario.on_request && scope.evaluate(&scenario.applies_when) != Truth::False;
    let mut possible = catalog.scenarios().iter().filter(may_apply);
    possible.next().filter(|_| possible.next().is_none())
}

/// What speaks for and against each of the scenarios.
pub(super) fn candidates<'c>(scenarios: impl Iterator<Item = &'c Scenario>, start: &Start) -> Vec<Candidate<'c>> {
    let scope = Scope { facts: &start.facts, parameters: &[] };
    let state = State::new(start.facts.clone());
    let reasons = |leaves: Vec<_>| leaves.into_iter().map(|leaf| reason(leaf, Rule::AppliesWhen, &state, &scope)).collect();
    let candidate = |scenario: &'c Scenario| Candidate {
        scenario,
        applies: scope.evaluate(&scenario.applies_when),
        holds: reasons(parts(scenario, &scope, Truth::True)),
        fails: reasons(parts(scenario, &scope, Truth::False)),
        open: reasons(parts(scenario, &scope, Truth::Unknown)),
    };
    scenarios.map(candidate).collect()
}

/// The tests of what a scenario is chosen for that come out in a certain way, part by part.
fn parts(scenario: &Scenario, scope: &Scope<'_>, wanted: Truth) -> Vec<crate::condition::Leaf> {
    use crate::condition::Condition;
    let parts = match &scenario.applies_when {
        Condition::All(parts) => parts.as_slice(),
        one => std::slice::from_ref(one),
    };
    let leaves = |part: &Condition| match wanted {
        Truth::True => true_leaves(part, scope),
        Truth::False => false_leaves(part, scope),
        Truth::Unknown => unknown_leaves(part, scope),
    };
    parts.iter().filter(|part| scope.evaluate(part) == wanted).flat_map(leaves).collect()
}

/// Whether the scenario supports the server; enters why not, or what is not known.
pub(super) fn supported(scenario: &Scenario, first: &State, world: &World<'_>, ledger: &mut Ledger<'_>) -> Truth {
    let scope = first.scope(world);
    let truth = ledger.evaluate(&scenario.supports, &scope);
    match truth {
        Truth::True => {}
        Truth::False => {
            ledger.block(Place::Supports, false_leaves(&scenario.supports, &scope), first, &scope, None, scenario);
        }
        Truth::Unknown => {
            let leaves = unknown_leaves(&scenario.supports, &scope);
            ledger.unknown(Place::Supports, &leaves, first, &scope, Some(scenario));
        }
    }
    truth
}
