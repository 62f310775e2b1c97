//! The knowledge as data.
//!
//! In come the files of a catalog; out come facts, actions, invariants and scenarios, or findings that point at the line.
//! Nothing here plans, and nothing here opens a file: a directory is read by the command line and handed in as text.

mod action;
mod article;
mod check;
mod conditions;
mod coverage;
mod facts;
mod finding;
mod invariants;
mod load;
mod names;
mod pages;
pub mod probe;
mod reader;
mod run;
mod scenario;
mod schema;
mod shape;

pub use action::{Action, ByHand, Change, Effect, Evidence, Failure, FailureSign, Leaves, NewValue, Performer, Reboot, Undo};
pub use article::{Article, Item, ItemKind, Section};
pub use coverage::{Covered, coverage};
pub use facts::{Derived, Impossible};
pub use finding::{Code, Finding};
pub use invariants::{FindingRule, Invariant, InvariantKind};
pub use load::{CatalogError, SourceFile};
pub use names::ParameterNames;
pub use run::{Process, Run, Work};
pub use scenario::{Edge, EdgeKind, ParameterSpec, Scenario, Step};
pub use schema::FileKind;

use crate::condition::{Condition, Describer, ParameterId};
use crate::fact::{FactId, Vocabulary};
use std::sync::{Arc, OnceLock};

/// Everything that is known about servers and the article.
#[derive(Clone, Debug)]
pub struct Catalog {
    vocabulary: Vocabulary,
    parameters: ParameterNames,
    derived: Vec<Derived>,
    impossible: Vec<Impossible>,
    actions: Vec<Arc<Action>>,
    invariants: Vec<Invariant>,
    findings: Vec<FindingRule>,
    scenarios: Vec<Scenario>,
    files: Vec<SourceFile>,
    restart_pending: Option<FactId>,
    digest: OnceLock<String>,
    /// For each fact the impossible lines about it.
    lines_about: OnceLock<Vec<Vec<usize>>>,
}

impl Catalog {
    /// The facts that it declares.
    pub fn vocabulary(&self) -> &Vocabulary {
        &self.vocabulary
    }

    /// The names of parameters and arguments.
    pub fn parameter_names(&self) -> &ParameterNames {
        &self.parameters
    }

    /// What follows from other facts.
    pub fn derived(&self) -> &[Derived] {
        &self.derived
    }

    /// What no server can meet.
    pub fn impossible(&self) -> &[Impossible] {
        &self.impossible
    }

    /// Those of them that are about a fact.
    pub fn impossible_about(&self, fact: FactId) -> impl Iterator<Item = &Impossible> {
        let about = self.lines_about.get_or_init(|| {
            let lines = |fact: FactId| (0..self.impossible.len()).filter(move |line| self.impossible[*line].when.reads(fact));
            self.vocabulary.ids().map(|fact| lines(fact).collect()).collect()
        });
        about[fact.index()].iter().map(|line| &self.impossible[*line])
    }

    /// The actions, in the order of the file.
    pub fn actions(&self) -> &[Arc<Action>] {
        &self.actions
    }

    /// The invariants, in the order of the file.
    pub fn invariants(&self) -> &[Invariant] {
        &self.invariants
    }

    /// The forbidden invariant that an exposure is milder than, where there is one.
    pub fn worse_than(&self, exposure: &Invariant) -> Option<&Invariant> {
        let worse = exposure.milder_than.as_ref()?;
        self.invariants.iter().find(|invariant| invariant.id == *worse)
    }

    /// The findings about servers and plans, in the order of the file.
    pub fn finding_rules(&self) -> &[FindingRule] {
        &self.findings
    }

    /// The scenarios, by id.
    pub fn scenarios(&self) -> &[Scenario] {
        &self.scenarios
    }

    /// The scenario of that id.
    pub fn scenario(&self, id: &str) -> Option<&Scenario> {
        self.scenarios.iter().find(|scenario| &*scenario.id == id)
    }

    /// The action of that id.
    pub fn action(&self, id: &str) -> Option<&Arc<Action>> {
        self.actions.iter().find(|action| &*action.id == id)
    }

    /// Every condition that planning may evaluate, as often as it stands in a rule.
    pub fn conditions(&self) -> impl Iterator<Item = &Condition> {
        let steps = || self.scenarios.iter().flat_map(|scenario| &scenario.steps);
        let of_steps = steps().flat_map(|step| step.conditions().chain(step.with.iter().map(|(_, given)| given)));
        let of_scenarios = self.scenarios.iter().flat_map(Scenario::conditions);
        let lines = self.impossible.iter().map(|line| &line.when);
        let derived = self.derived.iter().map(|rule| &rule.when);
        let invariants = self.invariants.iter().map(|invariant| &invariant.when);
        let findings = self.findings.iter().filter_map(|rule| rule.when.as_ref());
        of_scenarios.chain(of_steps).chain(lines).chain(derived).chain(invariants).chain(findings)
    }

    /// Every change that success of a step may make, as often as it stands in a rule.
    pub fn changes(&self) -> impl Iterator<Item = &Change> {
        let steps = self.scenarios.iter().flat_map(|scenario| &scenario.steps);
        steps.flat_map(|step| step.action.all_effects()).flat_map(|effect| &effect.changes)
    }

    /// A condition in words.
    pub fn words(&self, condition: &Condition) -> String {
        self.described(|describer| describer.words(condition))
    }

    /// Describes conditions with the names of this catalog.
    pub fn described<T>(&self, describe: impl FnOnce(&Describer<'_>) -> T) -> T {
        let name = |parameter: ParameterId| self.parameters.name(parameter).to_owned();
        describe(&Describer::new(&self.vocabulary, &name))
    }

    /// The fact that says that a restart is pending, where the catalog has it.
    pub fn restart_pending(&self) -> Option<FactId> {
        self.restart_pending
    }

    /// The declaration of a parameter in the first scenario that has it.
    pub fn parameter(&self, name: &str) -> Option<&ParameterSpec> {
        self.scenarios.iter().find_map(|scenario| scenario.parameter(name))
    }

    /// The text of one of its files.
    pub fn text(&self, path: &str) -> Option<&str> {
        self.files.iter().find(|file| *file.path == *path).map(|file| &*file.text)
    }

    /// The digest of its files: BLAKE3 over the path and the bytes of each, sorted by path.
    pub fn digest(&self) -> &str {
        self.digest.get_or_init(|| load::digest(&self.files))
    }
}
