//! A second, deliberately naive prover, written from `docs/proof.md`.
//!
//! It lists every server, every order and every outcome, one by one and breadth first. Nothing of the planner or the prover is
//! used: of the catalog it reads only what the files say. Where the page can be read in two ways, a comment says which
//! one was taken.

#![allow(dead_code)]

mod back;
mod evaluate;
mod machine;
mod reading;
mod search;
mod space;
mod ways;

pub use back::{Return, WayBack, back_space, back_steps, comes_to, ready};
pub use evaluate::{Given, relation_holds};
pub use machine::{Course, Server};
pub use space::{Facts, Space};
pub use ways::Standing;

use cutover::catalog::{Action, Catalog, EdgeKind, Scenario};
use cutover::fact::FactType;
use cutover::prove::Options;
use reading::Reading;
use search::{Found, Rules, State, explore, tell};
use std::collections::{BTreeMap, BTreeSet};
use ways::at_start;

/// The properties that fail, by their letters, each with a place where it does.
pub type Refuted = BTreeMap<char, String>;

/// The steps that each step follows.
type Follows = BTreeMap<usize, BTreeSet<usize>>;

/// What was found of a scenario.
#[derive(Debug, Default)]
pub struct Report {
    /// Servers that the scenario is for.
    pub servers: u128,
    /// Servers that meet an impossible line.
    pub impossible: u128,
    /// Servers that are ready.
    pub ready: u128,
    /// Servers that are done.
    pub done: u128,
    /// States that can be reached.
    pub states: u128,
    /// Transitions between them.
    pub transitions: u128,
    /// Orders that the edges allow.
    pub orders: u128,
    /// The properties that fail.
    pub refuted: Refuted,
    /// Where all hold: the edges that are not procedural, with the properties that fail without each.
    pub edges: BTreeMap<(usize, usize), BTreeSet<char>>,
    /// Whether a set is read.
    pub has_set: bool,
    /// Whether a parameter is left out.
    pub leaves_out: bool,
    /// The states with every step done, of each choice of parameters.
    pub ends: Vec<(Given, BTreeSet<Server>)>,
    /// The ways back.
    pub way_back: WayBack,
}

/// The steps that are left, by their positions.
fn kept(scenario: &Scenario, options: &Options) -> Vec<usize> {
    let left_out = |step: &usize| options.without_supplements && scenario.steps[*step].supplement.is_some();
    (0..scenario.steps.len()).filter(|step| !left_out(step)).collect()
}

/// The steps that each step follows. Through one that is left out the edges go on.
fn edges(scenario: &Scenario, steps: &[usize]) -> Follows {
    let of = |step: usize| -> BTreeSet<usize> {
        let mut found = BTreeSet::new();
        let mut open: Vec<usize> = scenario.steps[step].after.iter().map(|edge| edge.from).collect();
        while let Some(from) = open.pop() {
            if steps.contains(&from) {
                found.insert(from);
            } else {
                open.extend(scenario.steps[from].after.iter().map(|edge| edge.from));
            }
        }
        found
    };
    steps.iter().map(|step| (*step, of(*step))).collect()
}

/// Every step follows all before it.
fn documented(steps: &[usize]) -> Follows {
    steps.iter().map(|step| (*step, steps.iter().copied().filter(|earlier| earlier < step).collect())).collect()
}

/// How many orders the edges allow, counted one by one.
fn orders(steps: &[usize], follows: &Follows, done: &BTreeSet<usize>) -> u128 {
    if done.len() == steps.len() {
        return 1;
    }
    let free = steps.iter().filter(|step| !done.contains(step) && follows[step].is_subset(done));
    free.map(|step| orders(steps, follows, &done.iter().copied().chain([*step]).collect())).sum()
}

/// What a proof tells apart of a scenario.
pub fn space<'c>(catalog: &'c Catalog, scenario: &'c Scenario, options: &Options) -> Space<'c> {
    let reading = Reading::of(catalog, scenario, &kept(scenario, options));
    Space::new(catalog, scenario, reading)
}

/// The courses of a scenario, one for each choice of parameters.
pub fn courses<'c>(space: &'c Space<'c>, scenario: &'c Scenario, options: &Options) -> Vec<Course<'c>> {
    let steps = kept(scenario, options);
    space.given.iter().map(|given| Course { space, scenario, steps: steps.clone(), given: given.clone(), back: &[] }).collect()
}

/// Proves a scenario.
pub fn prove(catalog: &Catalog, scenario: &Scenario, options: &Options) -> Report {
    let mut report = verdicts(catalog, scenario, options);
    report.way_back = back::look(catalog, scenario, options);
    if !report.refuted.is_empty() || options.without_supplements || options.documented_order_only {
        return report;
    }
    for (to, step) in scenario.steps.iter().enumerate() {
        for (at, edge) in step.after.iter().enumerate().filter(|(_, edge)| edge.kind != EdgeKind::Procedural) {
            let mut without = scenario.clone();
            without.steps[to].after.remove(at);
            let fails = verdicts(catalog, &without, options).refuted.into_keys().collect();
            report.edges.insert((edge.from, to), fails);
        }
    }
    report
}

fn verdicts(catalog: &Catalog, scenario: &Scenario, options: &Options) -> Report {
    let steps = kept(scenario, options);
    let edges = edges(scenario, &steps);
    let follows = if options.documented_order_only { documented(&steps) } else { edges.clone() };
    let rules = Rules { follows, as_it_goes: scenario.checks_as_it_goes || options.without_supplements };
    let space = space(catalog, scenario, options);
    // The orders are those of the edges, even where only the documented one is looked at.
    let mut report = Report { orders: orders(&steps, &edges, &BTreeSet::new()), ..Report::default() };
    report.has_set = space.facts.iter().any(|fact| catalog.vocabulary().spec(*fact).kind() == FactType::Set);
    report.leaves_out = space.leaves_out();
    for course in courses(&space, scenario, options) {
        let found = explore(&course, &rules, &mut report.refuted);
        report.servers += u128::try_from(found.servers.len()).unwrap();
        report.impossible += found.impossible;
        report.ready += found.ready;
        report.done += found.done;
        report.states += u128::try_from(found.states.len()).unwrap();
        report.transitions += found.transitions;
        let ends = found.states.into_iter().filter(|state| state.done.len() == steps.len()).map(|state| state.server);
        report.ends.push((course.given, ends.collect()));
    }
    finer(catalog, scenario, options, &rules, &mut report.refuted);
    report
}

/// What is judged on servers that the other scenarios and all actions tell apart: whether it refuses too much, and whether
/// what would be chosen instead is ready or done.
fn finer(catalog: &Catalog, scenario: &Scenario, options: &Options, rules: &Rules, refuted: &mut Refuted) {
    let mut reading = Reading::of(catalog, scenario, &kept(scenario, options));
    reading.all(catalog, scenario);
    let space = Space::new(catalog, scenario, reading);
    for course in courses(&space, scenario, options) {
        refuses_too_much(catalog, &course, refuted);
        let others = catalog.scenarios().iter().any(|other| other.id != scenario.id && !other.on_request);
        if others && !scenario.on_request && !rules.as_it_goes {
            let found = explore(&course, rules, &mut Refuted::new());
            chosen_again(catalog, &course, &found, refuted);
        }
    }
}

/// Every action that can be done on its own, as the steps of scenarios fill it in: the stages of one that checks as it goes
/// are not.
fn actions(catalog: &Catalog) -> Vec<&Action> {
    let scenarios = catalog.scenarios().iter().filter(|scenario| !scenario.checks_as_it_goes);
    scenarios.flat_map(|scenario| &scenario.steps).map(|step| &*step.action).collect()
}

/// Judges whether a server is refused because of what an action could set right.
fn refuses_too_much(catalog: &Catalog, course: &Course<'_>, refuted: &mut Refuted) {
    let actions = actions(catalog);
    let is_for =
        |facts: &Facts| course.holds(&course.scenario.supports, facts) && course.holds(&course.scenario.applies_when, facts);
    for facts in course.space.vectors().iter().filter(|facts| is_for(facts)) {
        if course.space.contradicts(facts, &course.given) || course.standing(facts) != Standing::Neither {
            continue;
        }
        let ways = course.ways(facts);
        for (wanted, place) in course.blockers(facts, &ways) {
            if let Some(action) = actions.iter().find(|action| course.sets_right(action, &wanted, &place)) {
                let state = State { server: at_start(facts), done: BTreeSet::new() };
                refuted.entry('f').or_insert_with(|| format!("{} by {}", tell(course, &state, None), action.id));
            }
        }
    }
}

/// Judges whether a scenario that would be chosen instead is ready or done. One is chosen where it is the only one that
/// applies. It has the parameters of the scenario that is proven, and those that are its own are left out.
fn chosen_again(catalog: &Catalog, course: &Course<'_>, found: &Found, refuted: &mut Refuted) {
    let reached: BTreeSet<&Facts> = found.states.iter().map(|state| &state.server.facts).collect();
    for facts in reached {
        let applies = catalog.scenarios().iter().filter(|one| !one.on_request && course.holds(&one.applies_when, facts));
        let applies: Vec<&Scenario> = applies.collect();
        let [chosen] = applies.as_slice() else { continue };
        if chosen.id == course.scenario.id {
            continue;
        }
        let other = Course { scenario: chosen, steps: (0..chosen.steps.len()).collect(), ..course.clone() };
        if other.standing(facts) == Standing::Neither {
            let state = State { server: at_start(facts), done: BTreeSet::new() };
            refuted.entry('d').or_insert_with(|| format!("{} chooses {}", tell(course, &state, None), chosen.id));
        }
    }
}
