//! The way back: from a step of a plan to a server that is no worse than before the first one, for each kind of exposure.
//!
//! It is planned like any plan, over the server as the plan's simulation leaves it after that step.

pub mod document;
mod survey;
mod undo;

pub use survey::{NoReturn, Stay};
pub(crate) use undo::WayBack;

use super::reasons::{Blocker, Ledger, Place};
use super::walk::{assumed_effects, judge, walk};
use super::{Decision, Plan, Start, State, Status, exposures, status};
use crate::catalog::InvariantKind;
use crate::condition::{Truth, unknown_leaves};
use std::sync::Arc;
use survey::{Before, Survey, points_of_no_return, survey};

/// What a plan of a way back says besides.
#[derive(Clone, Debug)]
pub struct Rollback {
    /// The step from which it goes back.
    pub from: Arc<str>,
    /// Where it is passed: the step after which there is no way back to a server no worse than before.
    pub no_return: Option<NoReturn>,
    /// Steps that stay as they are.
    pub stays: Vec<Stay>,
    /// The steps that are left of the plan, where there is no way back and going on is possible.
    pub go_on: Vec<Arc<str>>,
    /// For each step of the plan what it undoes, where it undoes something.
    pub undoes: Vec<Option<Undone>>,
}

/// What a step of a way back undoes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Undone {
    /// The step that it undoes.
    pub step: Arc<str>,
    /// What a person does, where no action undoes it.
    pub by_hand: Option<Arc<str>>,
}

/// The way back from one step of a plan, in short.
#[derive(Clone, Debug)]
pub struct Outlook {
    /// The step.
    pub from: Arc<str>,
    /// The steps of the furthest safe way back, in their order.
    pub steps: Vec<Arc<str>>,
    /// Where it is passed: the step after which there is no way back to a server no worse than before.
    pub no_return: Option<NoReturn>,
    /// Steps of which it is not known whether they will be done, so that it is not known either what has to be undone.
    pub undecided: Vec<Arc<str>>,
}

/// The ways back from the steps of a plan.
pub struct WaysBack<'p, 'c> {
    plan: &'p Plan<'c>,
    back: WayBack,
    before: Before<'p, 'c>,
    surveys: Vec<Survey>,
    no_return: Vec<Option<NoReturn>>,
}

impl<'p, 'c> WaysBack<'p, 'c> {
    /// The ways back from the steps of a plan for which a scenario was chosen.
    pub fn of(plan: &'p Plan<'c>) -> Option<Self> {
        let back = WayBack::of(plan.catalog, plan.scenario?);
        let before = Before::new(plan);
        let mut surveys: Vec<Survey> = Vec::with_capacity(plan.steps.len());
        for (at, planned) in plan.steps.iter().enumerate() {
            // A step that is left out changes nothing.
            let same = surveys.last().filter(|_| matches!(planned.decision, Decision::Skip(_))).cloned();
            surveys.push(same.unwrap_or_else(|| survey(&before, &back, at)));
        }
        let no_return = points_of_no_return(plan, &surveys);
        Some(Self { plan, back, before, surveys, no_return })
    }

    /// The way back from each step that is or may be done.
    pub fn outlooks(&self) -> Vec<Outlook> {
        let done = self.plan.steps.iter().enumerate().filter(|(_, planned)| !matches!(planned.decision, Decision::Skip(_)));
        let outlook = |at: usize| {
            let survey = &self.surveys[at];
            let name = |index: &usize| Arc::clone(&self.back.scenario.steps[*index].id);
            let needed = self.order(at).iter().zip(&survey.needed).filter(|(_, needed)| **needed);
            Outlook {
                from: Arc::clone(&self.plan.steps[at].step.id),
                steps: needed.map(|(index, _)| name(index)).collect(),
                no_return: self.no_return[at].clone(),
                undecided: survey.undecided.iter().map(|at| Arc::clone(&self.plan.steps[*at].step.id)).collect(),
            }
        };
        done.map(|(at, _)| outlook(at)).collect()
    }

    /// The steps of the furthest safe way back.
    fn order(&self, at: usize) -> &[usize] {
        let survey = &self.surveys[at];
        if self.no_return[at].is_some() { &survey.order[..survey.furthest] } else { &survey.order }
    }

    /// The plan of the way back from a step, by its position in the plan.
    pub fn plan(&self, at: usize) -> Plan<'_> {
        let start = self.plan.start.after(&self.plan.states[at + 1], "depends on how the steps before go");
        let mut ledger = Ledger::new(self.plan.catalog, &start);
        let undecided = &self.surveys[at].undecided;
        let order = if undecided.is_empty() { self.order(at) } else { &[] };
        let mut planned = self.walked(at, &start, order, &mut ledger);
        let no_return = self.no_return[at].clone().filter(|_| undecided.is_empty());
        for position in undecided {
            self.enter_undecided(*position, &mut ledger);
        }
        if let Some(passed) = &no_return {
            // Where the way back ends early, its end is not what was asked for.
            ledger.blockers.retain(|blocker| blocker.place != Place::Goal);
            ledger.confirm.retain(|row| row.place != Place::Goal);
            let remedy = Arc::from(format!("Go on with the plan: the point of no return is passed at {}.", passed.step));
            let invariant = Some(Arc::clone(&passed.breaks));
            ledger.blockers.push(Blocker { place: Place::Goal, reason: None, invariant, remedy });
            planned.goal = Truth::False;
        } else if !undecided.is_empty() {
            planned.goal = Truth::Unknown;
        }
        let status = status::status(Truth::True, Truth::True, &ledger, &planned.steps, planned.goal);
        let facts_read = ledger.facts_read();
        let Ledger { blockers, confirm, unknowns, .. } = ledger;
        let undoes = planned.steps.iter().map(|step| self.undoes(step.index)).collect();
        let possible = matches!(self.plan.status, Status::Ready | Status::ReadyIf) && no_return.is_some();
        let left = self.plan.steps[at + 1..].iter().filter(|step| possible && !matches!(step.decision, Decision::Skip(_)));
        planned.rollback = Some(Rollback {
            from: Arc::clone(&self.plan.steps[at].step.id),
            no_return,
            stays: self.surveys[at].stays.clone(),
            go_on: left.map(|step| Arc::clone(&step.step.id)).collect(),
            undoes,
        });
        Plan { status, blockers, confirm, unknowns, facts_read, ..planned }
    }

    /// The plan of these steps, without what is entered in the ledger.
    fn walked<'b>(&'b self, at: usize, start: &Start, order: &[usize], ledger: &mut Ledger<'_>) -> Plan<'b> {
        let Plan { catalog, arguments, .. } = self.plan;
        let world = self.plan.world();
        let scenario = &self.back.scenario;
        let from = Arc::clone(&self.plan.states[at + 1]);
        let mut walked = walk(catalog, scenario, Arc::clone(&from), &world, order, ledger);
        for at in 1..walked.steps.len() {
            walked.steps[at].after = vec![walked.steps[at - 1].index];
        }
        let end = walked.states.last().map_or(&from, |end| end);
        let rested = end.at_rest();
        let first = &self.plan.states[0];
        let mut goal = Truth::True;
        for invariant in &self.before.absent {
            let resting = invariant.kind == InvariantKind::ForbiddenAtRest;
            let end: &State = if resting { &rested } else { end };
            let places = [(&**first, first.scope(&world)), (end, end.scope(&world))];
            judge(invariant, Place::Goal, &places, scenario, ledger);
            goal = goal.min(end.scope(&world).evaluate(&invariant.when).negated());
        }
        Plan {
            catalog,
            request: self.plan.request.clone(),
            start: start.clone(),
            scenario: Some(scenario),
            candidates: Vec::new(),
            arguments: arguments.clone(),
            status: Status::Undetermined,
            exposures: exposures::exposures(catalog, &walked, &world, ledger),
            reboots: exposures::reboots(&walked.steps),
            assumed_effects: assumed_effects(&walked, &world),
            steps: walked.steps,
            states: walked.states,
            blockers: Vec::new(),
            confirm: Vec::new(),
            unknowns: Vec::new(),
            facts_read: Vec::new(),
            findings: Vec::new(),
            goal,
            rollback: None,
        }
    }

    /// Enters the facts that decide whether a step is done at all.
    fn enter_undecided(&self, position: usize, ledger: &mut Ledger<'_>) {
        let planned = &self.plan.steps[position];
        let world = self.plan.world();
        let state = &self.plan.states[position];
        let scope = state.scope(&world);
        let place = Place::Step(planned.index);
        let conditions = std::iter::once(&planned.step.when).chain(&planned.step.action.achieved_when);
        for condition in conditions {
            if ledger.evaluate(condition, &scope) == Truth::Unknown {
                ledger.unknown(place, &unknown_leaves(condition, &scope), state, &scope, self.plan.scenario);
            }
        }
    }

    /// What a step undoes.
    fn undoes(&self, index: usize) -> Option<Undone> {
        let undoing = self.back.undoing.iter().find(|one| one.index == index)?;
        let steps = &self.back.scenario.steps;
        let by_hand = undoing.by_hand.then(|| Arc::clone(&steps[index].action.title));
        Some(Undone { step: Arc::clone(&steps[undoing.undoes].id), by_hand })
    }
}

impl Plan<'_> {
    /// The answer to the question for a way back from a step that the plan does not have.
    #[must_use]
    pub fn without_way_back(self, step: &str) -> Self {
        let rollback =
            Rollback { from: Arc::from(step), no_return: None, stays: Vec::new(), go_on: Vec::new(), undoes: Vec::new() };
        let (steps, exposures) = (Vec::new(), Vec::new());
        Self { status: Status::NotApplicable, steps, exposures, rollback: Some(rollback), ..self }
    }
}
