//! What planning says of a server: the documented order, whichever way its steps succeed.

use super::evaluate::Wanted;
use super::machine::{Course, Server, Turn};
use super::space::Facts;
use cutover::catalog::{Action, Invariant, InvariantKind, Reboot};
use cutover::condition::Condition;
use std::collections::BTreeSet;

/// What planning says of a server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// It comes to the goal whichever way its steps succeed.
    Ready,
    /// Every step is passed over besides.
    Done,
    /// Neither.
    Neither,
}

/// The servers before the first step and after each, over all ways. A step that is refused counts as performed.
pub type Ways = Vec<BTreeSet<Server>>;

/// What counts under an exposure.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Length {
    /// Steps.
    pub steps: usize,
    /// Their minutes.
    pub minutes: u32,
    /// The restarts among them.
    pub restarts: usize,
}

impl Length {
    /// Whether it is longer than another in any respect.
    pub fn exceeds(self, other: Self) -> bool {
        self.steps > other.steps || self.minutes > other.minutes || self.restarts > other.restarts
    }
}

impl<'c> Course<'c> {
    /// The catalog's invariants of a kind.
    pub fn invariants(&self, kind: InvariantKind) -> impl Iterator<Item = &'c Invariant> {
        self.space.catalog.invariants().iter().filter(move |invariant| invariant.kind == kind)
    }

    /// The forbidden invariants that a step newly makes true.
    pub fn newly(&self, before: &Facts, after: &Facts) -> Vec<&'c Invariant> {
        let breaks = |one: &&Invariant| !self.holds(&one.when, before) && self.holds(&one.when, after);
        self.invariants(InvariantKind::Forbidden).filter(breaks).collect()
    }

    /// The invariants at rest, and whether each holds.
    pub fn at_rest(&self, facts: &Facts) -> Vec<bool> {
        self.invariants(InvariantKind::ForbiddenAtRest).map(|one| self.holds(&one.when, facts)).collect()
    }

    /// An invariant at rest that holds once every outstanding restart is taken, in some way, and did not at the start.
    pub fn unrest(&self, at_start: &[bool], end: &Server) -> bool {
        self.rested(end).iter().any(|facts| self.at_rest(facts).iter().zip(at_start).any(|(is, was)| *is && !was))
    }

    /// What planning says of these facts, with nothing outstanding.
    ///
    /// The page does not name `supports` for states; a plan for a server that it does not support is never ready.
    pub fn standing(&self, facts: &Facts) -> Standing {
        if !self.holds(&self.scenario.supports, facts) {
            return Standing::Neither;
        }
        let at_rest = self.at_rest(facts);
        let mut all: BTreeSet<Server> = [at_start(facts)].into();
        let mut done = true;
        for step in &self.steps {
            let applies: BTreeSet<bool> = all.iter().map(|server| self.holds(self.when(*step), &server.facts)).collect();
            if applies.len() > 1 {
                return Standing::Neither;
            }
            let mut after = BTreeSet::new();
            for server in all {
                match self.turn(*step, &server.facts) {
                    Turn::PassedOver => {
                        after.insert(server);
                    }
                    Turn::Refused => return Standing::Neither,
                    Turn::Performed => {
                        done = false;
                        let results = self.succeeded(*step, &server);
                        if results.iter().any(|result| !self.newly(&server.facts, &result.facts).is_empty()) {
                            return Standing::Neither;
                        }
                        after.extend(results);
                    }
                }
            }
            all = after;
        }
        if all.iter().any(|server| !self.holds(&self.scenario.goal, &server.facts) || self.unrest(&at_rest, server)) {
            return Standing::Neither;
        }
        if done { Standing::Done } else { Standing::Ready }
    }

    /// Whether some way of the documented order succeeds from these facts, with nothing outstanding.
    pub fn some_way_succeeds(&self, facts: &Facts) -> bool {
        if !self.holds(&self.scenario.supports, facts) {
            return false;
        }
        let at_rest = self.at_rest(facts);
        let mut all: BTreeSet<Server> = [at_start(facts)].into();
        for step in &self.steps {
            let mut after = BTreeSet::new();
            for server in all {
                match self.turn(*step, &server.facts) {
                    Turn::PassedOver => {
                        after.insert(server);
                    }
                    Turn::Refused => {}
                    Turn::Performed => {
                        let results = self.succeeded(*step, &server).into_iter();
                        after.extend(results.filter(|result| self.newly(&server.facts, &result.facts).is_empty()));
                    }
                }
            }
            all = after;
        }
        let rests = |facts: &Facts| !self.at_rest(facts).iter().zip(&at_rest).any(|(is, was)| *is && !was);
        all.iter().any(|end| self.holds(&self.scenario.goal, &end.facts) && self.rested(end).iter().any(rests))
    }

    /// All ways from these facts, as a plan simulates them.
    pub fn ways(&self, facts: &Facts) -> Ways {
        let mut ways = vec![BTreeSet::from([at_start(facts)])];
        for step in &self.steps {
            let mut after = BTreeSet::new();
            for server in &ways[ways.len() - 1] {
                match self.turn(*step, &server.facts) {
                    Turn::PassedOver => {
                        after.insert(server.clone());
                    }
                    Turn::Refused | Turn::Performed => after.extend(self.succeeded(*step, server)),
                }
            }
            ways.push(after);
        }
        ways
    }

    /// What a plan made of these facts says of an exposure: a step counts where the server may be exposed before it and it
    /// may be performed.
    pub fn planned(&self, ways: &Ways, invariant: &Invariant) -> Length {
        let may_be_performed =
            |at: usize| ways[at].iter().any(|server| self.turn(self.steps[at], &server.facts) != Turn::PassedOver);
        let exposed = |at: usize| ways[at].iter().any(|server| self.holds(&invariant.when, &server.facts));
        let restart = |at: usize| self.action(self.steps[at]).reboot == Reboot::Restart && may_be_performed(at);
        let mut length = Length::default();
        for at in (0..self.steps.len()).filter(|at| exposed(*at) && may_be_performed(*at)) {
            let action = self.action(self.steps[at]);
            let may_need = matches!(action.reboot, Reboot::Possible | Reboot::Always);
            length.steps += 1;
            length.minutes += action.minutes;
            length.restarts += usize::from(restart(at) || may_need && !(at + 1..self.steps.len()).any(restart));
        }
        length
    }

    /// The tests that block a server for certain, each with the servers at its place: those that are in the way on every
    /// way. Beside what steps require these are the goal and the invariants; an invariant's place is after its step.
    pub fn blockers(&self, facts: &Facts, ways: &Ways) -> Vec<(Wanted, BTreeSet<Server>)> {
        let mut found = Vec::new();
        for (at, step) in self.steps.iter().enumerate() {
            let requires = &self.action(*step).requires;
            let refused = |server: &Server| match self.turn(*step, &server.facts) {
                Turn::Refused => self.in_the_way(requires, true, &server.facts),
                Turn::PassedOver | Turn::Performed => Vec::new(),
            };
            certain(&ways[at].iter().map(refused).collect::<Vec<_>>(), &ways[at], &mut found);
            for invariant in self.invariants(InvariantKind::Forbidden) {
                let mut each = Vec::new();
                for server in &ways[at] {
                    if self.turn(*step, &server.facts) == Turn::PassedOver || self.holds(&invariant.when, &server.facts) {
                        each.push(Vec::new());
                    } else {
                        let results = self.succeeded(*step, server).into_iter();
                        each.extend(results.map(|after| self.in_the_way(&invariant.when, false, &after.facts)));
                    }
                }
                certain(&each, &ways[at + 1], &mut found);
            }
        }
        let ends = &ways[self.steps.len()];
        let goal = |server: &Server| self.in_the_way(&self.scenario.goal, true, &server.facts);
        certain(&ends.iter().map(goal).collect::<Vec<_>>(), ends, &mut found);
        for invariant in self.invariants(InvariantKind::ForbiddenAtRest).filter(|one| !self.holds(&one.when, facts)) {
            let rested: BTreeSet<Facts> = ends.iter().flat_map(|end| self.rested(end)).collect();
            let each: Vec<Vec<Wanted>> = rested.iter().map(|facts| self.in_the_way(&invariant.when, false, facts)).collect();
            let servers = rested.iter().map(at_start).collect();
            certain(&each, &servers, &mut found);
        }
        found
    }

    fn in_the_way(&self, condition: &Condition, wanted: bool, facts: &Facts) -> Vec<Wanted> {
        self.space.look(facts, &self.given, |view| view.in_the_way(condition, wanted))
    }

    /// Whether an action would set a test right on every one of these servers, however it succeeds.
    pub fn sets_right(&self, action: &Action, wanted: &Wanted, place: &BTreeSet<Server>) -> bool {
        let as_wanted =
            |server: &Server| self.space.look(&server.facts, &self.given, |view| view.holds(&wanted.part)) == wanted.needs;
        place.iter().all(|server| {
            self.holds(&action.requires, &server.facts)
                && !self.is_achieved(action, &server.facts)
                && self.succeeded_action(action, server).iter().all(as_wanted)
        })
    }
}

/// Enters the tests that are in the way on each of the ways to a place.
fn certain(each: &[Vec<Wanted>], place: &BTreeSet<Server>, found: &mut Vec<(Wanted, BTreeSet<Server>)>) {
    let Some(first) = each.first() else { return };
    for wanted in first.iter().filter(|wanted| each.iter().all(|others| others.contains(wanted))) {
        if !found.iter().any(|(known, at)| known == wanted && at == place) {
            found.push((wanted.clone(), place.clone()));
        }
    }
}

/// A server with nothing outstanding.
pub fn at_start(facts: &Facts) -> Server {
    Server { facts: facts.clone(), outstanding: BTreeSet::new() }
}
