//! Planning: a scenario, what is known of a server, and parameters become a plan.
//!
//! [`plan`] reads top to bottom like the semantics: choose a scenario, walk its steps over a simulated server, judge the end,
//! and decide the status. Every decision carries its reasons as data. Nothing here prints, and nothing here acts.

mod apart;
pub mod back;
mod choose;
pub mod diff;
pub mod document;
mod effect;
pub mod explain;
mod exposures;
mod findings;
pub mod given;
mod order;
mod reasons;
mod start;
mod state;
mod status;
pub mod verify;
mod walk;
pub(crate) mod words;

pub(crate) use back::WayBack;
pub use back::{Rollback, WaysBack};
pub use choose::Candidate;
pub use exposures::{Exposure, Reboots};
pub use findings::{About, PlanFinding};
pub use order::{BetterOrder, EXPOSED};
pub use reasons::{At, Blocker, Confirm, Place, Reason, Rule, Seen, UnknownFact};
pub(crate) use start::arguments;
pub use start::{Assumption, Contradiction, Origin, Start};
pub use state::{State, Touch, World};
pub use status::Status;
pub use walk::{Decision, PlannedStep, WhySkip};
pub(crate) use walk::{kept_steps, predecessors};

use crate::catalog::{Catalog, Scenario};
use crate::condition::{Argument, Truth};
use crate::fact::Value;
use reasons::Ledger;
use std::sync::Arc;

/// What is asked of the planner besides the facts.
#[derive(Clone, Debug, Default)]
pub struct Request {
    /// The scenario by name; otherwise the one that applies is chosen.
    pub scenario: Option<String>,
    /// Parameters that were given. Those that the scenario does not declare are left aside.
    pub parameters: Vec<(Arc<str>, Value)>,
    /// The order of the steps.
    pub order: Order,
    /// Plan the article to the letter, without the steps that it lacks.
    pub without_supplements: bool,
}

/// The orders in which a plan can put its steps.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Order {
    /// The order of the article.
    #[default]
    Documented,
    /// Of all orders that the edges allow the one with the fewest minutes without an active antivirus, then restarts inside
    /// them, then minutes of the other exposures, then restarts, then the first by documented positions.
    LeastExposure,
    /// The same with the restarts first of all.
    FewestReboots,
    /// These steps, by their positions in the scenario, in this order.
    Listed(Vec<usize>),
}

impl Order {
    /// The name in documents and on the command line.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Documented => "documented",
            Self::LeastExposure => "least-exposure",
            Self::FewestReboots => "fewest-reboots",
            Self::Listed(_) => "listed",
        }
    }
}

/// A plan for one server.
#[derive(Clone, Debug)]
pub struct Plan<'c> {
    /// The catalog that it was made with.
    pub catalog: &'c Catalog,
    /// What was asked.
    pub request: Request,
    /// What was known before the first step.
    pub start: Start,
    /// The scenario, where one was chosen.
    pub scenario: Option<&'c Scenario>,
    /// Why no scenario was chosen, where none was.
    pub candidates: Vec<Candidate<'c>>,
    /// The parameters of the scenario.
    pub arguments: Vec<Argument>,
    /// What the plan says of the server.
    pub status: Status,
    /// The steps in the chosen order.
    pub steps: Vec<PlannedStep<'c>>,
    /// The server before the first step and after each.
    pub states: Vec<Arc<State>>,
    /// What stands in the way.
    pub blockers: Vec<Blocker>,
    /// What must turn out true.
    pub confirm: Vec<Confirm>,
    /// What must be known before there is a plan.
    pub unknowns: Vec<UnknownFact>,
    /// When the server is exposed on the way.
    pub exposures: Vec<Exposure>,
    /// The restarts on the way.
    pub reboots: Reboots,
    /// Facts of which a condition was evaluated, in the order of the vocabulary.
    pub facts_read: Vec<bool>,
    /// What is worth saying about the server or the plan.
    pub findings: Vec<PlanFinding>,
    /// How many of the effects that the plan relies on are assumed.
    pub assumed_effects: usize,
    /// Whether the goal holds at the simulated end; unknown where no scenario was chosen.
    pub goal: Truth,
    /// Where it is a way back: from where, and how far.
    pub rollback: Option<Rollback>,
}

/// Plans the migration of one server.
///
/// The result depends on nothing but the arguments: the same ones give the same plan.
pub fn plan(catalog: &Catalog, start: Start, request: Request) -> Plan<'_> {
    planned(catalog, start, request, true)
}

/// The outline of a plan: the same plan without what is only told. It lacks the reasons of each step, its arguments
/// and what it follows; the facts that were read; how many effects are assumed; and, where something blocks, what would have to be
/// confirmed besides.
pub(crate) fn outline(catalog: &Catalog, start: Start, request: Request) -> Plan<'_> {
    planned(catalog, start, request, false)
}

fn planned(catalog: &Catalog, start: Start, request: Request, told: bool) -> Plan<'_> {
    let mut ledger = if told { Ledger::new(catalog, &start) } else { Ledger::of_outline(catalog, &start) };
    let first = Arc::new(State::new(start.facts.clone()));
    let choice = choose::choose(catalog, &start, &first, &request, &mut ledger);
    let Some(scenario) = choice.scenario else {
        let world = World { parameters: &[], restart_pending: catalog.restart_pending() };
        let findings = findings::findings(catalog, None, false, &start, &world, &[], &mut ledger);
        let facts_read = ledger.facts_read();
        let Ledger { unknowns, .. } = ledger;
        return Plan { unknowns, facts_read, findings, ..without_scenario(catalog, start, first, request, choice) };
    };
    let arguments = start::arguments(catalog, scenario, &request.parameters);
    let world = World { parameters: &arguments, restart_pending: catalog.restart_pending() };
    let supported = choose::supported(scenario, &first, &world, &mut ledger);
    let order = walk::order(catalog, scenario, &first, &world, &request);
    let walked = walk::walk(catalog, scenario, first, &world, &order, &mut ledger);
    let goal = walk::judge_end(catalog, scenario, &walked, &world, &mut ledger);
    let exposures = exposures::exposures(catalog, &walked, &world, &mut ledger);
    let reboots = exposures::reboots(&walked.steps);
    let findings = findings::findings(catalog, Some(scenario), choice.named_wrongly, &start, &world, &exposures, &mut ledger);
    let status = status::status(supported, choice.applies, &ledger, &walked.steps, goal);
    let assumed_effects = if ledger.tells() { walk::assumed_effects(&walked, &world) } else { 0 };
    let facts_read = ledger.facts_read();
    let Ledger { blockers, confirm, unknowns, .. } = ledger;
    Plan {
        catalog,
        request,
        start,
        scenario: Some(scenario),
        candidates: Vec::new(),
        arguments,
        status,
        steps: walked.steps,
        states: walked.states,
        blockers,
        confirm,
        unknowns,
        exposures,
        reboots,
        facts_read,
        findings,
        assumed_effects,
        goal,
        rollback: None,
    }
}

/// The scenario that planning would choose for a server, where there is one.
pub fn chosen<'c>(catalog: &'c Catalog, start: &Start, request: &Request) -> Option<&'c Scenario> {
    choose::chosen(catalog, start, request)
}

/// What is worth saying about a server as it is, under the scenario that was chosen for it; what a plan says of itself is left
/// out. These are the findings of its plan, without planning.
pub fn findings_of_server(catalog: &Catalog, scenario: Option<&Scenario>, start: &Start, request: &Request) -> Vec<PlanFinding> {
    let arguments = scenario.map_or_else(Vec::new, |scenario| start::arguments(catalog, scenario, &request.parameters));
    let world = World { parameters: &arguments, restart_pending: catalog.restart_pending() };
    let named = scenario.filter(|_| request.scenario.is_some());
    let applies = named.map(|scenario| start.truth(&scenario.applies_when));
    let mut ledger = Ledger::new(catalog, start);
    findings::findings(catalog, scenario, applies == Some(Truth::False), start, &world, &[], &mut ledger)
}

/// The plan of a server for which no scenario was chosen, without what was found out about it.
fn without_scenario<'c>(
    catalog: &'c Catalog,
    start: Start,
    first: Arc<State>,
    request: Request,
    choice: choose::Choice<'c>,
) -> Plan<'c> {
    let status = if choice.applies == Truth::False { Status::NotApplicable } else { Status::Undetermined };
    Plan {
        catalog,
        states: vec![first],
        request,
        start,
        scenario: None,
        candidates: choice.candidates,
        arguments: Vec::new(),
        status,
        steps: Vec::new(),
        blockers: Vec::new(),
        confirm: Vec::new(),
        unknowns: Vec::new(),
        exposures: Vec::new(),
        reboots: Reboots::default(),
        facts_read: Vec::new(),
        findings: Vec::new(),
        assumed_effects: 0,
        goal: Truth::Unknown,
        rollback: None,
    }
}

impl Plan<'_> {
    /// The world that the plan's conditions are evaluated in.
    pub fn world(&self) -> World<'_> {
        World { parameters: &self.arguments, restart_pending: self.catalog.restart_pending() }
    }

    /// What is worth saying about the server as it is.
    pub(crate) fn findings_of_server(&self) -> impl Iterator<Item = &PlanFinding> {
        self.findings.iter().filter(|finding| finding.about == About::Server)
    }

    /// An order that exposes the server less, where the plan is in documented order and the edges allow one. Looked for when
    /// it is asked for, which takes longer than planning.
    pub fn better_order(&self) -> Option<BetterOrder> {
        let scenario = self.scenario.filter(|_| self.request.order == Order::Documented && self.rollback.is_none())?;
        let steps: Vec<usize> = self.steps.iter().map(|planned| planned.index).collect();
        order::better(self.catalog, scenario, &self.states[0], &self.world(), &steps, &self.exposures)
    }

    /// The position in the plan of the step of that id.
    pub fn step(&self, id: &str) -> Option<usize> {
        self.steps.iter().position(|planned| &*planned.step.id == id)
    }
}
