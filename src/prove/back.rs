//! The way back: from every step, in documented order, for every server that is ready.
//!
//! Worked out backwards: from the servers no worse than before over the steps that undo, and from there over the steps of the
//! scenario to the beginning. That a step was performed is what `done` says of it here, since the order is fixed.

use super::model::{Model, ModelStep, exposures};
use super::ready::{Ready, always, broken_at_rest, remembered};
use super::sets::{Full, Set};
use super::{BackFrom, BackWrong, Limit, Property, Server, story};
use crate::catalog::{Catalog, Scenario};
use crate::plan::WayBack;

/// A scenario with its way back.
struct Back<'m, 'c> {
    model: &'m Model<'c>,
    steps: usize,
    undo: Vec<Undo<'m, 'c>>,
    /// For each exposure, where it holds, and whether that or something worse was so before the first step.
    exposed: Vec<(Set, Set)>,
    restart: Option<&'m ModelStep<'c>>,
}

/// A step that undoes another one.
struct Undo<'m, 'c> {
    step: &'m ModelStep<'c>,
    /// The step that it undoes, by its position.
    undoes: usize,
    /// Where it is left out, since it would take protection away.
    left_out: Set,
}

/// Whether what a step requires is judged, or taken to be so.
#[derive(Clone, Copy, PartialEq)]
enum Requirements {
    Judged,
    Met,
}

/// The ways back from the steps of a scenario, and what is wrong with them.
pub(super) fn ways_back(catalog: &Catalog, scenario: &Scenario) -> Result<(Vec<BackFrom>, Vec<BackWrong>), Limit> {
    let way_back = WayBack::of(catalog, scenario);
    let [model, forward] = Model::with_way_back(catalog, scenario, &way_back.scenario)?;
    let ready = Ready::new(&forward);
    let back = Back::new(&model, &way_back, scenario.steps.len());
    let begin = &(&model.chosen & &model.possible) & &(&ready.good - &ready.done);
    let reached = back.reached(&begin);
    let home = back.home();
    let [judged, met] = [Requirements::Judged, Requirements::Met].map(|requirements| back.leading(&home, requirements));
    let all = begin.count(model.layout.server_bits())?;
    let lost = back.lost(&reached, [&judged, &met]);
    let mut found = Vec::new();
    for at in 0..back.steps {
        let count = |which: usize| model.facts_of(&(&lost & &back.question(at, which))).count(model.layout.server_bits());
        let (without, no_return) = (count(0)?, count(1)?);
        found.push(BackFrom { step: at, back: all - without, blocked: without - no_return, no_return });
    }
    Ok((found, back.wrong(&reached, &judged, &ready)?))
}

impl<'m, 'c> Back<'m, 'c> {
    fn new(model: &'m Model<'c>, way_back: &WayBack, steps: usize) -> Self {
        let layout = &model.layout;
        let bits = layout.held[model.at_rest.len()..].iter();
        let exposed: Vec<(Set, Set)> = exposures(model.catalog)
            .zip(bits)
            .map(|(exposure, bit)| (model.predicate(&exposure.when), model.diagrams.bit(*bit, true)))
            .collect();
        let forbidden = model.forbidden.iter().map(|one| (&one.holds, model.diagrams.none()));
        let protected: Vec<(&Set, Set)> = forbidden.chain(exposed.iter().map(|(is, was)| (is, was.clone()))).collect();
        let undo = way_back.undoing.iter().map(|one| {
            let step = &model.steps[one.index];
            let mut left_out = model.diagrams.none();
            for (_, way) in step.successes().filter(|_| one.by_hand) {
                for (is, was) in &protected {
                    left_out = &left_out | &(&(&model.sometimes(way, is) - is) - was);
                }
            }
            Undo { step, undoes: one.undoes, left_out: &left_out & &step.act }
        });
        let undo = undo.collect();
        Self { model, steps, undo, exposed, restart: way_back.restart.map(|index| &model.steps[index]) }
    }

    /// Whether a step is remembered as done where it was performed: where nothing undoes it, that makes no difference.
    fn marked(&self, at: usize) -> bool {
        self.undo.iter().any(|undo| undo.undoes == at)
    }

    /// How many undoing steps belong to the steps up to this one.
    fn before(&self, at: usize) -> usize {
        self.undo.iter().filter(|undo| undo.undoes <= at).count()
    }

    /// The states in which a way back may end, before the last restart.
    fn home(&self) -> Set {
        let model = self.model;
        let no_worse = self.exposed.iter().fold(model.diagrams.all(), |all, (is, was)| &all & &(was | &!is));
        let home = (0..model.at_rest.len()).fold(no_worse, |home, number| &home - &broken_at_rest(model, number));
        self.restart.map_or_else(|| home.clone(), |step| self.before_step(step, &home, Requirements::Judged))
    }

    fn before_step(&self, step: &ModelStep<'_>, into: &Set, requirements: Requirements) -> Set {
        let succeeds = always(self.model, step, into);
        let performed = match requirements {
            Requirements::Judged => step.performed(&succeeds),
            Requirements::Met => &succeeds & &step.act,
        };
        &step.passed(into) | &performed
    }

    /// For each undoing step the states from which the way back that begins with it leads home; at last home itself.
    fn leading(&self, home: &Set, requirements: Requirements) -> Vec<Set> {
        let mut found = vec![home.clone()];
        for undo in self.undo.iter().rev() {
            let into = &found[found.len() - 1];
            let done = self.model.diagrams.bit(self.model.layout.done[undo.undoes], true);
            let undone = &self.before_step(undo.step, into, requirements) - &undo.left_out;
            let undone = &undone | &(into & &undo.left_out);
            found.push(&(&undone & &done) | &(into - &done));
        }
        found.reverse();
        found
    }

    /// The states before the first step and after each, from these servers in documented order and without a failure.
    fn reached(&self, begin: &Set) -> Vec<Set> {
        let model = self.model;
        let mut reached = vec![begin & &self.fresh()];
        for at in 0..self.steps {
            let (step, done) = (&model.steps[at], model.layout.done[at]);
            let here = &reached[at];
            reached.push(&step.passed(here) | &model.set(&step.succeeded(model, here), done, self.marked(at)));
        }
        reached
    }

    /// The servers from which some way to the end of a step goes on otherwise than leading home, each with the question that it
    /// answers: after which step, and in which of these two senses. All questions are carried along at once, since the sets have much
    /// in common.
    fn lost(&self, reached: &[Set], leading: [&[Set]; 2]) -> Set {
        let model = self.model;
        let mut lost = model.diagrams.none();
        for at in (0..self.steps).rev() {
            for (which, leading) in leading.into_iter().enumerate() {
                let astray = &reached[at + 1] - &leading[leading.len() - 1 - self.before(at)];
                lost = &lost | &(&astray & &self.question(at, which));
            }
            let (step, done, here) = (&model.steps[at], model.layout.done[at], &reached[at]);
            let performed = model.unset(&lost, done, self.marked(at));
            let ways = step.successes().map(|(_, way)| model.sometimes(way, &performed));
            let performed = ways.fold(model.diagrams.none(), |any, one| &any | &one);
            let passed = step.passed(&(here & &model.unset(&lost, done, false)));
            lost = &passed | &step.performed(&(here & &performed));
        }
        lost
    }

    /// What marks a question.
    fn question(&self, at: usize, which: usize) -> Set {
        let model = self.model;
        let bits = &model.layout.held[model.at_rest.len() + self.exposed.len()..];
        let number = 2 * at + which;
        bits.iter()
            .enumerate()
            .fold(model.diagrams.all(), |all, (place, bit)| &all & &model.diagrams.bit(*bit, number >> place & 1 == 1))
    }

    /// The states before the first step, in which what is remembered is what holds.
    fn fresh(&self) -> Set {
        let model = self.model;
        let fresh = &(&model.settled() & &model.begun()) & &remembered(model);
        exposures(model.catalog).zip(&self.exposed).fold(fresh, |all, (exposure, (is, was))| {
            let worse = model.catalog.worse_than(exposure);
            let held = worse.map_or_else(|| is.clone(), |worse| is | &model.predicate(&worse.when));
            &all & &was.same_as(&held)
        })
    }

    /// What is wrong on the ways that lead home: states from which neither the way back nor the scenario can be taken up
    /// again after a failure or an interruption, and states that cannot be.
    fn wrong(&self, reached: &[Set], leading: &[Set], ready: &Ready) -> Result<Vec<BackWrong>, Full> {
        let model = self.model;
        let mut found = Vec::new();
        let mut here = model.diagrams.none();
        let mut from = self.steps;
        for (number, undo) in self.undo.iter().enumerate() {
            // Which later steps were undone on the way here makes no difference any more.
            here = here.without(&model.diagrams.variables(model.layout.done[undo.undoes + 1..].iter().copied()));
            while from > undo.undoes {
                here = &here | &(&reached[from] & &leading[number]);
                from -= 1;
            }
            let done = model.diagrams.bit(model.layout.done[undo.undoes], true);
            let turn = &(&here & &done) - &undo.left_out;
            let undone = self.outcomes(undo.step, &turn, &leading[number], ready, Some(undo.undoes), &mut found)?;
            here = &(&(&here - &done) | &undo.step.passed(&(&here & &done))) | &(&undone | &(&(&here & &done) & &undo.left_out));
        }
        if let Some(restart) = self.restart {
            let leading = &leading[self.undo.len()];
            here = (1..=from).fold(here, |here, from| &here | &(&reached[from] & leading));
            self.outcomes(restart, &here, leading, ready, None, &mut found)?;
        }
        Ok(found)
    }

    /// Judges what comes of a step of the way back whose turn came; gives what its successes leave.
    fn outcomes(
        &self,
        step: &ModelStep<'_>,
        turn: &Set,
        leading: &Set,
        ready: &Ready,
        undoes: Option<usize>,
        found: &mut Vec<BackWrong>,
    ) -> Result<Set, Full> {
        let model = self.model;
        let performed = step.performed(turn);
        let right = &(leading & &ready.good) & &model.possible;
        let mut undone = model.diagrams.none();
        for outcome in &step.outcomes {
            for way in &outcome.ways {
                let left = model.image(way, &performed);
                if outcome.kind.succeeds() {
                    undone = &undone | &left;
                }
                if (&left - &right).is_empty()? {
                    continue;
                }
                let again = &(&left - leading) | &(&left - &ready.good);
                let wrong = [(Property::Resuming, again), (Property::Contradiction, &left - &model.possible)];
                for (property, states) in wrong {
                    if let Some(state) = states.pick()? {
                        let Server { facts, parameters } = story::server(model, &state);
                        let happened = step.happened(outcome.kind);
                        found.push(BackWrong { property, undoes, happened, facts, parameters });
                    }
                }
            }
        }
        Ok(undone)
    }
}
