//! Every state that can be reached, breadth first, and what is judged on the way.

use super::Refuted;
use super::machine::{Course, Outcome, Server, Turn};
use super::space::Facts;
use super::ways::{Length, Standing, at_start};
use cutover::catalog::{FailureSign, InvariantKind, Reboot};
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet, VecDeque};

/// The orders and starts that are tried.
#[derive(Clone)]
pub struct Rules {
    /// The steps that each step follows.
    pub follows: BTreeMap<usize, BTreeSet<usize>>,
    /// A run begins on every server that the scenario is for, and again after every end.
    pub as_it_goes: bool,
}

/// A server with the steps done in this run.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct State {
    /// The server.
    pub server: Server,
    /// The steps that are done in this run.
    pub done: BTreeSet<usize>,
}

/// What is remembered of the server as it was before the first run, and since. It is no part of a state.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct History {
    /// The invariants at rest that held.
    at_rest: Vec<bool>,
    /// Some way succeeded.
    some_way: bool,
    /// A step was performed since. One that was interrupted before its effects was not.
    performed: bool,
}

/// What was found with one choice of parameters.
#[derive(Default)]
pub struct Found {
    /// Every server that the scenario is for.
    pub servers: Vec<Facts>,
    /// Servers that would be, if they did not meet an impossible line.
    pub impossible: u128,
    /// Servers that are ready.
    pub ready: u128,
    /// Servers that are done.
    pub done: u128,
    /// Every state that is reached.
    pub states: HashSet<State>,
    /// How many transitions there are.
    pub transitions: u128,
}

/// Explores the course, and enters what is refuted.
pub fn explore(course: &Course<'_>, rules: &Rules, refuted: &mut Refuted) -> Found {
    let mut found = Found::default();
    for facts in course.space.vectors() {
        let scenario = course.scenario;
        if !course.holds(&scenario.supports, &facts) || !course.holds(&scenario.applies_when, &facts) {
            continue;
        }
        if course.space.contradicts(&facts, &course.given) {
            found.impossible += 1;
        } else {
            found.servers.push(facts);
        }
    }
    let mut search = Search { course, rules, standings: HashMap::new(), some_way: HashMap::new(), refuted, found };
    search.run();
    search.found
}

struct Search<'a, 'c> {
    course: &'a Course<'c>,
    rules: &'a Rules,
    standings: HashMap<Facts, Standing>,
    some_way: HashMap<Facts, bool>,
    refuted: &'a mut Refuted,
    found: Found,
}

impl Search<'_, '_> {
    fn run(&mut self) {
        let mut reached = HashSet::new();
        let mut open = VecDeque::new();
        for facts in self.found.servers.clone() {
            let standing = self.standing(&facts);
            self.found.ready += u128::from(standing == Standing::Ready);
            self.found.done += u128::from(standing == Standing::Done);
            if self.begins(&facts) {
                let some_way = self.rules.as_it_goes && self.some_way_succeeds(&facts);
                let history = History { at_rest: self.course.at_rest(&facts), some_way, performed: false };
                open.push_back((State { server: at_start(&facts), done: BTreeSet::new() }, history));
            }
        }
        while let Some(node) = open.pop_front() {
            if reached.insert(node.clone()) {
                open.extend(self.step_on(&node.0, &node.1));
            }
        }
    }

    /// Whether nobody notices a failure: a tool ends with 0, and the scenario looks no further.
    fn passes_for_done(&self, step: usize, failure: usize) -> bool {
        let sign = &self.course.action(step).failures[failure].on;
        self.rules.as_it_goes && matches!(sign, FailureSign::Exit { code, .. } if **code == *"0")
    }

    /// What planning says of these facts, asked once.
    fn standing(&mut self, facts: &Facts) -> Standing {
        let course = self.course;
        *self.standings.entry(facts.clone()).or_insert_with(|| course.standing(facts))
    }

    fn some_way_succeeds(&mut self, facts: &Facts) -> bool {
        let course = self.course;
        *self.some_way.entry(facts.clone()).or_insert_with(|| course.some_way_succeeds(facts))
    }

    /// Whether a run begins on these facts.
    fn begins(&mut self, facts: &Facts) -> bool {
        self.rules.as_it_goes || self.standing(facts) == Standing::Ready
    }

    /// The steps whose turn has come.
    fn turns(&self, done: &BTreeSet<usize>) -> Vec<usize> {
        let free = |step: &&usize| !done.contains(step) && self.rules.follows[step].is_subset(done);
        self.course.steps.iter().filter(free).copied().collect()
    }

    /// Judges a state, and gives what follows it.
    fn step_on(&mut self, state: &State, history: &History) -> Vec<(State, History)> {
        let is_new = self.found.states.insert(state.clone());
        self.judge(state, history);
        if state.done.is_empty() && !self.begins(&state.server.facts) {
            return Vec::new();
        }
        if state.done.is_empty() && is_new {
            self.exposures(&state.server);
        }
        // Any run may end here.
        let mut next = vec![(State { server: state.server.clone(), done: BTreeSet::new() }, history.clone())];
        for step in self.turns(&state.done) {
            match self.course.turn(step, &state.server.facts) {
                Turn::PassedOver => {
                    self.found.transitions += u128::from(is_new);
                    next.push((done_with(state, step, &state.server), history.clone()));
                }
                Turn::Refused => {
                    if history.performed || !self.rules.as_it_goes {
                        self.refute('c', state, Some(step));
                    }
                }
                Turn::Performed => {
                    for (outcome, servers) in self.course.outcomes(step, &state.server) {
                        if is_new {
                            self.found.transitions += u128::try_from(servers.len()).unwrap();
                        }
                        let performed = self.rules.as_it_goes && (history.performed || outcome != Outcome::InterruptedBefore);
                        for server in servers {
                            if !self.course.newly(&state.server.facts, &server.facts).is_empty() {
                                self.refute('b', state, Some(step));
                            }
                            let after = match outcome {
                                Outcome::Success | Outcome::RestartNeeded => done_with(state, step, &server),
                                Outcome::Failure(at) if self.passes_for_done(step, at) => done_with(state, step, &server),
                                _ => State { server, done: BTreeSet::new() },
                            };
                            next.push((after, History { performed, ..history.clone() }));
                        }
                    }
                }
            }
        }
        next
    }

    fn refute(&mut self, property: char, state: &State, step: Option<usize>) {
        self.refuted.entry(property).or_insert_with(|| tell(self.course, state, step));
    }

    fn judge(&mut self, state: &State, history: &History) {
        let (course, facts) = (self.course, &state.server.facts);
        if course.space.contradicts(facts, &course.given) {
            self.refute('g', state, None);
        }
        if self.rules.as_it_goes {
            if history.some_way && history.performed && !self.some_way_succeeds(facts) {
                self.refute('d', state, None);
            }
        } else if self.standing(facts) == Standing::Neither {
            self.refute('d', state, None);
        }
        if state.done.len() < course.steps.len() {
            return;
        }
        let misses = course.rested(&state.server).iter().any(|facts| !course.holds(&course.scenario.goal, facts));
        if misses && (history.performed || !self.rules.as_it_goes) {
            self.refute('a', state, None);
        }
        // A run's end is taken to be one with every step done: what a run that was broken off leaves is not at rest.
        if course.unrest(&history.at_rest, &state.server) {
            self.refute('b', state, None);
        }
    }

    /// Judges the runs in documented order that begin here: whether what counts under an exposure, over the whole run, is
    /// more than its plan says. A run that is refused counts as far as it came.
    fn exposures(&mut self, server: &Server) {
        let course = self.course;
        let ways = course.ways(&server.facts);
        for invariant in course.invariants(InvariantKind::Exposure) {
            let planned = course.planned(&ways, invariant);
            let mut runs: BTreeSet<(Server, Length)> = [(server.clone(), Length::default())].into();
            let mut ended: BTreeSet<Length> = BTreeSet::new();
            for step in &course.steps {
                let mut after = BTreeSet::new();
                for (server, run) in runs {
                    match course.turn(*step, &server.facts) {
                        Turn::PassedOver => {
                            after.insert((server, run));
                        }
                        Turn::Refused => {
                            ended.insert(run);
                        }
                        Turn::Performed => {
                            let exposed = course.holds(&invariant.when, &server.facts);
                            for (outcome, servers) in course.successes(*step, &server) {
                                let run = if exposed { longer(course, run, *step, outcome) } else { run };
                                after.extend(servers.into_iter().map(|server| (server, run)));
                            }
                        }
                    }
                }
                runs = after;
            }
            ended.extend(runs.into_iter().map(|(_, run)| run));
            if ended.iter().any(|run| run.exceeds(planned)) {
                self.refute('e', &State { server: server.clone(), done: BTreeSet::new() }, None);
            }
        }
    }
}

/// What counted under an exposure so far. A step that turned out to need a restart counts as one where none is listed later.
fn longer(course: &Course<'_>, so_far: Length, step: usize, outcome: Outcome) -> Length {
    let action = course.action(step);
    let later = course.steps.iter().filter(|later| **later > step);
    let follows = later.map(|later| course.action(*later)).any(|later| later.reboot == Reboot::Restart);
    let restart = action.reboot == Reboot::Restart || outcome == Outcome::RestartNeeded && !follows;
    Length { steps: so_far.steps + 1, minutes: so_far.minutes + action.minutes, restarts: so_far.restarts + usize::from(restart) }
}

fn done_with(state: &State, step: usize, server: &Server) -> State {
    let done = state.done.iter().copied().chain([step]).collect();
    State { server: server.clone(), done }
}

/// A state in words.
pub fn tell(course: &Course<'_>, state: &State, step: Option<usize>) -> String {
    // A step of the way back goes by what it does or undoes.
    let id = |step: &usize| course.scenario.steps.get(*step).map_or(&*course.action(*step).id, |step| &*step.id);
    let ids = |steps: &BTreeSet<usize>| steps.iter().map(id).collect::<Vec<_>>().join(" ");
    format!(
        "{} outstanding [{}] done [{}]{}",
        course.space.tell(&state.server.facts, &course.given),
        ids(&state.server.outstanding),
        ids(&state.done),
        step.map(|step| format!(" at {}", id(&step))).unwrap_or_default()
    )
}
