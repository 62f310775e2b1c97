//! What is worth saying about a server before anything is done to it, and about the plan as a whole.

use super::exposures::Exposure;
use super::reasons::Ledger;
use super::start::Start;
use super::state::World;
use crate::catalog::{Catalog, Scenario};
use crate::condition::{Condition, Scope, Truth};
use crate::fact::FactId;
use std::sync::Arc;

/// Something worth saying.
#[derive(Clone, Debug, PartialEq)]
pub struct PlanFinding {
    /// The finding's or the invariant's id.
    pub id: Arc<str>,
    /// True where it is an invariant that holds already.
    pub invariant: bool,
    /// What it is about.
    pub about: About,
    /// The facts that it rests on.
    pub facts: Vec<FactId>,
    /// The impossible line that the facts meet, where they contradict each other.
    pub line: Option<Arc<str>>,
}

/// What a finding is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum About {
    /// The server as it is.
    Server,
    /// The plan.
    Plan,
}

impl About {
    /// The name in documents.
    pub fn name(self) -> &'static str {
        match self {
            Self::Server => "server",
            Self::Plan => "plan",
        }
    }
}

const CONTRADICTORY_FACTS: &str = "contradictory-facts";
const DOES_NOT_APPLY: &str = "scenario-does-not-apply";
const RESTART_INSIDE_GAP: &str = "restart-inside-gap";
const ANTIVIRUS_GAP: &str = "antivirus-gap";

pub(super) fn findings(
    catalog: &Catalog,
    scenario: Option<&Scenario>,
    named_wrongly: bool,
    start: &Start,
    world: &World<'_>,
    exposures: &[Exposure],
    ledger: &mut Ledger<'_>,
) -> Vec<PlanFinding> {
    let scope = Scope { facts: &start.facts, parameters: world.parameters };
    let mut found = Vec::new();
    let mut say = |id: &str, invariant: bool, about: About, facts: Vec<FactId>, line: Option<Arc<str>>| {
        found.push(PlanFinding { id: Arc::from(id), invariant, about, facts, line });
    };
    for invariant in catalog.invariants() {
        if ledger.evaluate(&invariant.when, &scope) == Truth::True {
            say(&invariant.id, true, About::Server, facts_of(&invariant.when), None);
        }
    }
    for rule in catalog.finding_rules() {
        let Some(when) = &rule.when else { continue };
        let concerned = rule.scenarios.is_empty() || scenario.is_some_and(|scenario| rule.scenarios.contains(&scenario.id));
        if concerned && ledger.evaluate(when, &scope) == Truth::True {
            say(&rule.id, false, About::Server, facts_of(when), None);
        }
    }
    for line in catalog.impossible() {
        if ledger.evaluate(&line.when, &scope) == Truth::True {
            say(CONTRADICTORY_FACTS, false, About::Server, facts_of(&line.when), Some(Arc::clone(&line.id)));
        }
    }
    if named_wrongly {
        let facts = scenario.map_or_else(Vec::new, |scenario| facts_of(&scenario.applies_when));
        say(DOES_NOT_APPLY, false, About::Server, facts, None);
    }
    if exposures.iter().any(|exposure| &*exposure.invariant == ANTIVIRUS_GAP && exposure.reboots > 0) {
        say(RESTART_INSIDE_GAP, false, About::Plan, Vec::new(), None);
    }
    found
}

fn facts_of(condition: &Condition) -> Vec<FactId> {
    let mut facts = Vec::new();
    condition.facts(&mut |fact| {
        if !facts.contains(&fact) {
            facts.push(fact);
        }
    });
    facts
}
