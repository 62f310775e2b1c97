//! The way back, written from the section of that name in `docs/proof.md`.

use super::machine::{Course, Outcome, Server, Turn};
use super::reading::Reading;
use super::search::{State, tell};
use super::space::{Facts, Space};
use super::ways::{Standing, at_start};
use super::{Refuted, courses, kept};
use cutover::catalog::{Action, ByHand, Catalog, Effect, Invariant, InvariantKind, Reboot, Scenario, Undo};
use cutover::condition::Condition;
use cutover::prove::Options;
use std::collections::{BTreeSet, HashMap};

/// A step of the way back.
pub struct BackStep {
    /// The step that it undoes; nothing for the restart at the end.
    undoes: Option<usize>,
    /// A person does it.
    by_hand: bool,
    /// Where it is needed.
    pub when: Condition,
    /// What is done.
    pub action: Action,
}

/// The ready servers by what the way back after a step comes to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct BackFrom {
    /// The step, by its position in the scenario.
    pub step: usize,
    /// Every course leads home.
    pub back: u128,
    /// Every course would, if what the way back requires were so.
    pub blocked: u128,
    /// Neither.
    pub no_return: u128,
}

/// What was found of the ways back.
#[derive(Debug, Default)]
pub struct WayBack {
    /// For each step.
    pub from: Vec<BackFrom>,
    /// What fails on the ways back.
    pub refuted: Refuted,
}

/// What becomes of a server after a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Return {
    /// Every course leads home.
    Back,
    /// Every course would.
    Blocked,
    /// Neither.
    No,
}

/// The steps of the way back after the last step, in their order, and the restart.
pub fn back_steps(catalog: &Catalog, scenario: &Scenario) -> Vec<BackStep> {
    let mut found = Vec::new();
    for (step, undone) in scenario.steps.iter().enumerate().rev() {
        let Undo::Steps(ids, hand) = &undone.action.undo else { continue };
        for action in ids.iter().filter_map(|id| catalog.action(id)) {
            found.push(by_action(Some(step), action));
        }
        found.extend(hand.iter().map(|hand| by_hand(step, &undone.action, hand)));
    }
    let restart = catalog.actions().iter().find(|action| action.reboot == Reboot::Restart);
    found.extend(restart.map(|restart| by_action(None, restart)));
    found
}

fn by_action(undoes: Option<usize>, action: &Action) -> BackStep {
    BackStep { undoes, by_hand: false, when: Condition::always(), action: action.clone() }
}

/// What a person does, as an action. Whether the undone action has effects after a restart is taken as its list says, whatever
/// facts these change.
fn by_hand(step: usize, undone: &Action, hand: &ByHand) -> BackStep {
    let mut action = undone.clone();
    let waits = !undone.after_restart.is_empty();
    action.requires = Condition::always();
    action.achieved_when = None;
    action.effects.clone_from(&hand.effects);
    action.after_restart = if waits { hand.effects.clone() } else { Vec::<Effect>::new() };
    action.reboot = if waits { Reboot::Always } else { Reboot::Never };
    action.failures.clear();
    BackStep { undoes: Some(step), by_hand: true, when: hand.when.clone(), action }
}

/// What is told apart: what the scenario reads, and what the steps of the way back do.
pub fn back_space<'c>(catalog: &'c Catalog, scenario: &'c Scenario, options: &Options) -> Space<'c> {
    let steps = kept(scenario, options);
    let mut reading = Reading::of(catalog, scenario, &steps);
    reading.back(catalog, scenario, &steps);
    Space::new(catalog, scenario, reading)
}

/// Looks at the way back after every step of every ready server. A scenario without the check up front has none.
pub fn look(catalog: &Catalog, scenario: &Scenario, options: &Options) -> WayBack {
    let mut found = WayBack::default();
    if scenario.checks_as_it_goes || options.without_supplements {
        return found;
    }
    let space = back_space(catalog, scenario, options);
    let steps = back_steps(catalog, scenario);
    found.from = (0..scenario.steps.len()).map(|step| BackFrom { step, ..BackFrom::default() }).collect();
    for course in courses(&space, scenario, options) {
        let course = Course { back: &steps, ..course };
        let mut standings = HashMap::new();
        for start in ready(&course) {
            for from in &mut found.from {
                let journey = Journey { course: &course, start: &start, from: from.step, stays: &BTreeSet::new() };
                match journey.comes_to() {
                    Return::Back => from.back += 1,
                    Return::Blocked => from.blocked += 1,
                    Return::No => from.no_return += 1,
                }
                journey.judge(&mut standings, &mut found.refuted);
            }
        }
    }
    found
}

/// The servers that the scenario is for and that are ready.
pub fn ready(course: &Course<'_>) -> Vec<Facts> {
    let scenario = course.scenario;
    let is_for = |facts: &Facts| course.holds(&scenario.supports, facts) && course.holds(&scenario.applies_when, facts);
    let can_be = |facts: &Facts| !course.space.contradicts(facts, &course.given);
    let is_ready = |facts: &Facts| course.standing(facts) == Standing::Ready;
    course.space.vectors().into_iter().filter(|facts| is_for(facts) && can_be(facts) && is_ready(facts)).collect()
}

/// What becomes of a ready server after a step, where what is done by hand for some of the steps is left out in any case.
pub fn comes_to(course: &Course<'_>, start: &Facts, from: usize, stays: &BTreeSet<usize>) -> Return {
    Journey { course, start, from, stays }.comes_to()
}

/// The way of one server to a step and back.
struct Journey<'a, 'c> {
    course: &'a Course<'c>,
    /// The server before the first step.
    start: &'a Facts,
    /// The step after which it goes back.
    from: usize,
    /// The steps that nobody undoes by hand, wherever they would be.
    stays: &'a BTreeSet<usize>,
}

impl Journey<'_, '_> {
    /// The servers after the way there, each with the steps that were performed on it.
    fn there(&self) -> BTreeSet<(Server, BTreeSet<usize>)> {
        let mut all = BTreeSet::from([(at_start(self.start), BTreeSet::new())]);
        for step in self.course.steps.iter().filter(|step| **step <= self.from) {
            let mut after = BTreeSet::new();
            for (server, done) in all {
                match self.course.turn(*step, &server.facts) {
                    Turn::PassedOver => {
                        after.insert((server, done));
                    }
                    // None is refused, since the server is ready.
                    Turn::Refused | Turn::Performed => {
                        let done: BTreeSet<usize> = done.iter().copied().chain([*step]).collect();
                        after.extend(self.course.succeeded(*step, &server).into_iter().map(|server| (server, done.clone())));
                    }
                }
            }
            all = after;
        }
        all
    }

    /// The steps of the way back where these were done, by their positions.
    fn way(&self, done: &BTreeSet<usize>) -> Vec<usize> {
        let first = self.course.scenario.steps.len();
        let belongs = |step: &BackStep| step.undoes.is_none_or(|undone| done.contains(&undone));
        let steps = self.course.back.iter().enumerate();
        steps.filter(|(_, step)| belongs(step)).map(|(at, _)| first + at).collect()
    }

    fn comes_to(&self) -> Return {
        let there = self.there();
        let every = |if_required: bool| there.iter().all(|(server, done)| self.leads_home(server, &self.way(done), if_required));
        if every(false) {
            Return::Back
        } else if every(true) {
            Return::Blocked
        } else {
            Return::No
        }
    }

    /// What becomes of a step of the way back whose turn came. One that is left out is passed over.
    fn turn(&self, step: usize, server: &Server) -> Turn {
        let turn = self.course.turn(step, &server.facts);
        let Some(back) = self.course.back_step(step).filter(|back| back.by_hand && turn == Turn::Performed) else { return turn };
        let stays = back.undoes.is_some_and(|undone| self.stays.contains(&undone));
        if stays || self.is_left_out(step, server) { Turn::PassedOver } else { turn }
    }

    /// Whether a success can make something true that is false: a forbidden invariant, or an exposure that was not there
    /// before the first step.
    ///
    /// What counts as having been there is taken to be the same here as at the end of the way.
    fn is_left_out(&self, step: usize, server: &Server) -> bool {
        let course = self.course;
        let takes_away = |after: &Server| {
            let opens = |one: &Invariant| !course.holds(&one.when, &server.facts) && course.holds(&one.when, &after.facts);
            !course.newly(&server.facts, &after.facts).is_empty()
                || course.invariants(InvariantKind::Exposure).any(|one| opens(one) && !self.was_there(one))
        };
        course.succeeded(step, server).iter().any(takes_away)
    }

    /// Whether an exposure, or what it is milder than, was there before the first step.
    fn was_there(&self, exposure: &Invariant) -> bool {
        let worse = self.course.invariants(InvariantKind::Forbidden).filter(|one| exposure.milder_than.as_ref() == Some(&one.id));
        worse.chain([exposure]).any(|one| self.course.holds(&one.when, self.start))
    }

    fn is_home(&self, end: &Server) -> bool {
        let course = self.course;
        let is_new = |one: &Invariant| course.holds(&one.when, &end.facts) && !self.was_there(one);
        !course.invariants(InvariantKind::Exposure).any(is_new) && !course.unrest(&course.at_rest(self.start), end)
    }

    /// Whether every course of these steps leads home. With `if_required` what they require is so, but for the restart.
    fn leads_home(&self, server: &Server, way: &[usize], if_required: bool) -> bool {
        let mut all: BTreeSet<Server> = [server.clone()].into();
        for step in way {
            let mut after = BTreeSet::new();
            let is_restart = self.course.back_step(*step).is_some_and(|step| step.undoes.is_none());
            for server in all {
                match self.turn(*step, &server) {
                    Turn::PassedOver => {
                        after.insert(server);
                    }
                    Turn::Refused if is_restart || !if_required => return false,
                    Turn::Refused | Turn::Performed => {
                        let results = self.course.succeeded(*step, &server);
                        if results.iter().any(|result| !self.course.newly(&server.facts, &result.facts).is_empty()) {
                            return false;
                        }
                        after.extend(results);
                    }
                }
            }
            all = after;
        }
        all.iter().all(|end| self.is_home(end))
    }

    /// Judges every outcome of every step that is performed on a way back that leads home. Where the way there left several
    /// servers, each is looked at for itself: another one may have no way back.
    fn judge(&self, standings: &mut HashMap<Facts, Standing>, refuted: &mut Refuted) {
        for (server, done) in self.there() {
            let way = self.way(&done);
            if !self.leads_home(&server, &way, false) {
                continue;
            }
            let mut all: BTreeSet<Server> = [server].into();
            for (at, step) in way.iter().enumerate() {
                let mut after = BTreeSet::new();
                for server in all {
                    if self.turn(*step, &server) == Turn::PassedOver {
                        after.insert(server);
                        continue;
                    }
                    // Where it is interrupted before its effects, nothing came of it: what the way there left is judged there.
                    let outcomes = self.course.outcomes(*step, &server).into_iter();
                    for (_, left) in outcomes.filter(|(outcome, _)| *outcome != Outcome::InterruptedBefore) {
                        for left in &left {
                            self.judge_one(left, &way[at..], standings, refuted);
                        }
                    }
                    after.extend(self.course.succeeded(*step, &server));
                }
                all = after;
            }
        }
    }

    /// Judges what a step of the way back left: going back again begins with the same step, of the same way.
    fn judge_one(&self, left: &Server, way: &[usize], standings: &mut HashMap<Facts, Standing>, refuted: &mut Refuted) {
        let course = self.course;
        let state = State { server: left.clone(), done: BTreeSet::new() };
        let place = || format!("{} on the way back after {}", tell(course, &state, None), self.from);
        if course.space.contradicts(&left.facts, &course.given) {
            refuted.entry('g').or_insert_with(place);
        }
        let standing = *standings.entry(left.facts.clone()).or_insert_with(|| course.standing(&left.facts));
        if standing == Standing::Neither || !self.leads_home(left, way, false) {
            refuted.entry('d').or_insert_with(|| format!("{standing:?} {}", place()));
        }
    }
}
