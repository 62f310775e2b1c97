//! Proof: every server that can be told apart, every order, every outcome, every resumption.
//!
//! In comes a scenario; out comes for each property whether it holds, with the shortest counterexample where it does not, and
//! exact counts. `docs/proof.md` says what is counted and judged. Sets of states are decision diagrams, and
//! nothing is sampled: where there is no room for an answer there is none.

mod back;
mod blocked;
mod classes;
mod counts;
pub mod document;
mod edges;
mod explore;
mod exposure;
mod glance;
mod ground;
mod memory;
mod model;
mod other;
mod ready;
mod sets;
mod story;
mod variables;
mod verdicts;
mod wrong;

pub use glance::{Glance, glance};
pub use wrong::{Unmet, Wrong};

use crate::catalog::{Catalog, Scenario};
use crate::condition::{Argument, ParameterId};
use crate::fact::{FactId, Value};
use explore::Fronts;
use model::Model;
use other::Elsewhere;
use ready::Ready;
use sets::Set;
use std::collections::BTreeSet;
use std::sync::Arc;

/// What is to be proved besides the scenario.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// Only the documented order, and not every order that the edges allow.
    pub documented_order_only: bool,
    /// The article to the letter: without the steps that it lacks, and without the check up front.
    pub without_supplements: bool,
}

/// Why there is no answer.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Limit {
    /// The diagrams grew beyond what a proof may take.
    #[error(
        "the sets of states need more room than a proof may take, so that nothing is proved; a scenario with fewer unordered \
             steps or facts needs less"
    )]
    Full,
    /// A set fact has too many elements for each of its subsets to be a class.
    #[error("the set `{0}` is compared with more than twelve elements, too many to tell all of its values apart")]
    Elements(Arc<str>),
}

impl From<sets::Full> for Limit {
    fn from(_: sets::Full) -> Self {
        Self::Full
    }
}

/// What must hold of a scenario.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Property {
    /// (a) A ready plan reaches the goal, in every order.
    Goal,
    /// (b) No step makes a forbidden invariant true, and no end leaves one at rest.
    Forbidden,
    /// (c) No step is refused.
    Refusal,
    /// (d) From every reachable state planning again says ready or done.
    Resuming,
    /// (e) No exposure is longer than its plan said.
    Exposure,
    /// (f) A server is blocked only by what no action could set right there.
    RefusingTooMuch,
    /// (g) No reachable state contradicts an `impossible:` line.
    Contradiction,
}

impl Property {
    /// All properties.
    pub const ALL: [Self; 7] =
        [Self::Goal, Self::Forbidden, Self::Refusal, Self::Resuming, Self::Exposure, Self::RefusingTooMuch, Self::Contradiction];

    /// Its letter.
    pub fn letter(self) -> char {
        match self {
            Self::Goal => 'a',
            Self::Forbidden => 'b',
            Self::Refusal => 'c',
            Self::Resuming => 'd',
            Self::Exposure => 'e',
            Self::RefusingTooMuch => 'f',
            Self::Contradiction => 'g',
        }
    }

    /// What it says.
    pub fn title(self) -> &'static str {
        match self {
            Self::Goal => "every run that comes to its end reaches the goal",
            Self::Forbidden => "no step and no end makes a forbidden invariant true",
            Self::Refusal => "no step is refused",
            Self::Resuming => "planning can go on from every state",
            Self::Exposure => "no exposure is longer than its plan said",
            Self::RefusingTooMuch => "no server is blocked by what an action could set right there",
            Self::Contradiction => "no state contradicts what cannot be true together",
        }
    }
}

/// What was found of a scenario.
#[derive(Clone, Debug)]
pub struct Proof {
    /// The scenario's id.
    pub scenario: Arc<str>,
    /// What was asked.
    pub options: Options,
    /// Each property with whether it holds.
    pub verdicts: Vec<Verdict>,
    /// The servers that can be told apart.
    pub servers: u128,
    /// Those that only an `impossible:` line rules out.
    pub impossible: u128,
    /// Of the servers those that are ready.
    pub ready: u128,
    /// Of the servers those that are done.
    pub done: u128,
    /// The distinct states that can be reached.
    pub states: u128,
    /// The distinct (state, step, outcome, state).
    pub transitions: u128,
    /// The orders of the steps that the edges allow; nothing beyond 2^128.
    pub orders: Option<u128>,
    /// What each technical edge is for, where everything holds.
    pub edges: Vec<EdgeVerdict>,
    /// Edges of which each alone mends a property that fails only in another than the documented order.
    pub missing: Vec<MissingEdge>,
    /// For each step, from how many of the ready servers there is a way back after it, in documented order.
    pub way_back: Vec<BackFrom>,
    /// What is wrong on the ways back.
    pub way_back_wrong: Vec<BackWrong>,
    /// Nodes of the diagrams that the proof took.
    pub nodes: usize,
}

/// The ready servers by what can be done after a step, in documented order, to become no worse than before the first one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BackFrom {
    /// The step, by its position in the scenario.
    pub step: usize,
    /// Those that every course of the way back leads there.
    pub back: u128,
    /// Those that it would lead there if what it requires were so.
    pub blocked: u128,
    /// Those for which the point of no return is passed.
    pub no_return: u128,
}

/// A state on a way back from which neither the way back nor the scenario can be taken up again, or that cannot be.
#[derive(Clone, Debug)]
pub struct BackWrong {
    /// Resuming or contradiction.
    pub property: Property,
    /// The step that was being undone, by its position in the scenario; nothing at the restart at the end.
    pub undoes: Option<usize>,
    /// How that turned out.
    pub happened: Happened,
    /// The facts then.
    pub facts: Vec<(FactId, Value)>,
    /// The parameters.
    pub parameters: Vec<(ParameterId, Argument)>,
}

/// Whether a property holds.
#[derive(Clone, Debug)]
pub struct Verdict {
    /// The property.
    pub property: Property,
    /// Whether it holds.
    pub holds: bool,
    /// Where it does not, the shortest way to see that.
    pub counterexamples: Vec<Counterexample>,
}

/// A server, as far as the proof is about it.
#[derive(Clone, Debug, PartialEq)]
pub struct Server {
    /// Its facts, in the order of the vocabulary.
    pub facts: Vec<(FactId, Value)>,
    /// The parameters of the plan.
    pub parameters: Vec<(ParameterId, Argument)>,
}

/// A story that refutes a property.
#[derive(Clone, Debug)]
pub struct Counterexample {
    /// The server before the first step.
    pub server: Server,
    /// What happens, steps that are passed over left out.
    pub moments: Vec<Moment>,
    /// The facts in the end.
    pub end: Vec<(FactId, Value)>,
    /// The steps of which effects are outstanding in the end, by their positions in the scenario.
    pub outstanding: Vec<usize>,
    /// What is wrong then.
    pub wrong: Wrong,
}

/// Something that happens in a story.
#[derive(Clone, Debug, PartialEq)]
pub struct Moment {
    /// The step by its position in the scenario; nothing between two steps.
    pub step: Option<usize>,
    /// What happens.
    pub happened: Happened,
    /// The facts that change, with what they become.
    pub changed: Vec<(FactId, Value)>,
}

/// How a step turns out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Happened {
    /// It succeeds, and no restart is needed.
    Succeeded,
    /// It succeeds and needs a restart.
    RestartNeeded,
    /// It fails so.
    Failed(Arc<str>),
    /// The run ends before the next step.
    Interrupted,
}

/// What an edge is for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EdgeVerdict {
    /// The earlier step, by its position in the scenario.
    pub from: usize,
    /// The later step.
    pub to: usize,
    /// A property that fails without the edge; nothing where none does.
    pub needed_for: Option<Property>,
}

/// An edge that is missing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MissingEdge {
    /// The step that has to come first, by its position in the scenario.
    pub from: usize,
    /// The step that has to wait.
    pub to: usize,
    /// The property that then holds.
    pub mends: Property,
}

/// A state in which every step is done in this run.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct End {
    /// The facts; each class is shown by one of its values.
    pub facts: Vec<(FactId, Value)>,
    /// The parameters.
    pub parameters: Vec<(ParameterId, Argument)>,
    /// The steps of which effects are outstanding, by their positions in the scenario.
    pub outstanding: Vec<usize>,
}

/// A scenario with what can be reached.
struct Explored<'m, 'c> {
    model: &'m Model<'c>,
    ready: &'m Ready,
    fronts: Fronts,
    reached: Set,
}

impl<'m, 'c> Explored<'m, 'c> {
    fn new(model: &'m Model<'c>, ready: &'m Ready, after: &[Vec<usize>]) -> Result<Self, sets::Full> {
        let fronts = Fronts::new(model, ready, after);
        let none = model.diagrams.none();
        let reached = explore::reach(model, &fronts, &none, &explore::first(model, ready), &verdicts::Wrong::none())?;
        Ok(Self { model, ready, fronts, reached })
    }
}

/// For each step the steps that it waits for.
fn waits(model: &Model<'_>, options: &Options) -> Vec<Vec<usize>> {
    let documented = |at: usize| if at == 0 { Vec::new() } else { vec![at - 1] };
    let steps = model.steps.iter().enumerate();
    steps.map(|(at, step)| if options.documented_order_only { documented(at) } else { step.after.clone() }).collect()
}

/// Proves a scenario.
///
/// # Errors
///
/// Where the proof needs more room than it may take. Nothing is proved then.
pub fn prove(catalog: &Catalog, scenario: &Scenario, options: &Options) -> Result<Proof, Limit> {
    // The article to the letter asks for no more than itself, and a script that runs through does not go back. The room that
    // this takes is free again before the rest begins.
    let as_it_goes = options.without_supplements || scenario.checks_as_it_goes;
    let (way_back, way_back_wrong) = if as_it_goes { Default::default() } else { back::ways_back(catalog, scenario)? };
    let model = Model::new(catalog, scenario, options)?;
    let after = waits(&model, options);
    let ready = Ready::new(&model);
    let explored = Explored::new(&model, &ready, &after)?;
    let Explored { model, fronts, reached, .. } = &explored;
    let mut found = wrong::found(&explored)?;
    let wide = Model::wide(catalog, scenario, options)?;
    let wide_ready = Ready::new(&wide);
    found.extend(wrong::refusing_too_much(&wide, &wide_ready)?);
    let elsewhere = Elsewhere::new(&wide, &wide_ready, &after)?;
    if let Some(elsewhere) = &elsewhere {
        found.extend(elsewhere.told()?);
    }
    let verdict = |property: Property| {
        let of = found.iter().filter(|(of, _)| *of == property);
        let counterexamples: Vec<Counterexample> = of.map(|(_, one)| one.clone()).collect();
        Verdict { property, holds: counterexamples.is_empty(), counterexamples }
    };
    let verdicts: Vec<Verdict> = Property::ALL.into_iter().map(verdict).collect();
    let holds = verdicts.iter().all(|verdict| verdict.holds);
    let any_order = !options.documented_order_only;
    let edges = if holds && any_order { edges::edges(&explored, elsewhere.as_ref())? } else { Vec::new() };
    let missing = if any_order { edges::missing(&explored, &verdicts)? } else { Vec::new() };
    let bits = model.layout.server_bits();
    let servers = &model.chosen & &model.possible;
    let states = counts::plain(model, reached);
    Ok(Proof {
        scenario: Arc::clone(&scenario.id),
        options: options.clone(),
        servers: servers.count(bits)?,
        impossible: (&model.chosen - &model.possible).count(bits)?,
        ready: (&(&servers & &ready.good) - &ready.done).count(bits)?,
        done: (&servers & &ready.done).count(bits)?,
        states: states.count(model.layout.state_bits())?,
        transitions: counts::transitions(model, fronts, &states)?,
        orders: counts::orders(&model.steps),
        verdicts,
        edges,
        missing,
        way_back,
        way_back_wrong,
        nodes: model.diagrams.nodes(),
    })
}

/// The states in which a run can come to its end, each once. There may be very many.
///
/// # Errors
///
/// Where the proof needs more room than it may take.
pub fn ends(catalog: &Catalog, scenario: &Scenario, options: &Options) -> Result<BTreeSet<End>, Limit> {
    let model = Model::new(catalog, scenario, options)?;
    let after = waits(&model, options);
    let ready = Ready::new(&model);
    let Explored { reached, .. } = Explored::new(&model, &ready, &after)?;
    let mut left = counts::plain(&model, &(&reached & &model.ended()));
    let mut found = BTreeSet::new();
    while let Some(state) = left.pick()? {
        let server = story::server(&model, &state);
        let outstanding = story::outstanding(&model, &state);
        found.insert(End { facts: server.facts, parameters: server.parameters, outstanding });
        left = &left - &model.state(&state);
    }
    Ok(found)
}
