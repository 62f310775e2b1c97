//! A scenario over its servers: what each step may come to.

use super::classes::{Classes, Reading};
use super::ground::{Event, Ground, Way, Written};
use super::sets::{Set, Variables};
use super::{Happened, Limit, Options};
use crate::catalog::{Action, Catalog, EdgeKind, FailureSign, Invariant, InvariantKind, Reboot, Scenario, Step};
use crate::fact::Value;
use crate::plan::{kept_steps, predecessors};
use std::ops::Deref;
use std::rc::Rc;
use std::sync::Arc;

/// What can come of a performed step.
pub(super) struct Outcome {
    pub(super) kind: OutcomeKind,
    /// Several where it may turn out differently.
    pub(super) ways: Vec<Way>,
}

/// What came of a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum OutcomeKind {
    /// Success, with all effects.
    Success,
    /// Success; a restart is needed.
    RestartNeeded,
    /// A failure.
    Failure {
        /// Its position among those of the action.
        number: usize,
        /// Whether the run ends with it. Where nobody looks again, an exit code of 0 passes for success.
        noticed: bool,
    },
}

impl OutcomeKind {
    /// True where the step succeeds.
    pub(super) fn succeeds(self) -> bool {
        !matches!(self, Self::Failure { .. })
    }

    /// True where the run ends with it.
    pub(super) fn ends_the_run(self) -> bool {
        matches!(self, Self::Failure { noticed: true, .. })
    }
}

/// A step of the scenario.
pub(super) struct ModelStep<'c> {
    /// Its position in the scenario.
    pub(super) index: usize,
    pub(super) step: &'c Step,
    /// The steps that it follows, by their positions in the model.
    pub(super) after: Vec<usize>,
    /// Where it has to be done.
    pub(super) act: Set,
    /// Where its requirement holds.
    pub(super) requires: Set,
    pub(super) outcomes: Vec<Outcome>,
}

impl ModelStep<'_> {
    /// Of these states those in which the step is passed over when its turn comes.
    pub(super) fn passed(&self, states: &Set) -> Set {
        states - &self.act
    }

    /// Of these states those in which the step is performed when its turn comes.
    pub(super) fn performed(&self, states: &Set) -> Set {
        states & &(&self.act & &self.requires)
    }

    /// Of these states those in which the step is refused when its turn comes.
    pub(super) fn refused(&self, states: &Set) -> Set {
        states & &(&self.act - &self.requires)
    }

    /// The ways in which the step succeeds, with what they are.
    pub(super) fn successes(&self) -> impl Iterator<Item = (OutcomeKind, &Way)> {
        let successes = self.outcomes.iter().filter(|outcome| outcome.kind.succeeds());
        successes.flat_map(|outcome| outcome.ways.iter().map(|way| (outcome.kind, way)))
    }

    /// What the successes of the step leave where it is performed when its turn comes in these states.
    pub(super) fn succeeded(&self, ground: &Ground, states: &Set) -> Set {
        let performed = self.performed(states);
        self.successes().fold(ground.diagrams.none(), |left, (_, way)| &left | &ground.image(way, &performed))
    }

    /// An outcome as stories tell it.
    pub(super) fn happened(&self, kind: OutcomeKind) -> Happened {
        match kind {
            OutcomeKind::Success => Happened::Succeeded,
            OutcomeKind::RestartNeeded => Happened::RestartNeeded,
            OutcomeKind::Failure { number, .. } => Happened::Failed(Arc::clone(&self.step.action.failures[number].id)),
        }
    }
}

/// A forbidden invariant.
pub(super) struct Forbidden<'c> {
    pub(super) invariant: &'c Invariant,
    pub(super) holds: Set,
}

/// A scenario as sets.
pub(super) struct Model<'c> {
    pub(super) catalog: &'c Catalog,
    pub(super) scenario: &'c Scenario,
    ground: Rc<Ground>,
    pub(super) steps: Vec<ModelStep<'c>>,
    /// What happens with a restart that is taken.
    pub(super) restart: Way,
    pub(super) goal: Set,
    /// The servers that the scenario is for.
    pub(super) chosen: Set,
    pub(super) forbidden: Vec<Forbidden<'c>>,
    pub(super) at_rest: Vec<Forbidden<'c>>,
    /// Runs begin without the check up front.
    pub(super) as_it_goes: bool,
    /// The article to the letter.
    pub(super) without_supplements: bool,
}

impl<'c> Model<'c> {
    /// The model of a scenario with the classes that it tells apart itself.
    pub(super) fn new(catalog: &'c Catalog, scenario: &'c Scenario, options: &Options) -> Result<Self, Limit> {
        Self::with(catalog, scenario, options, false)
    }

    /// The model with the classes that all actions and the scenarios that may be chosen instead tell apart too.
    pub(super) fn wide(catalog: &'c Catalog, scenario: &'c Scenario, options: &Options) -> Result<Self, Limit> {
        Self::with(catalog, scenario, options, true)
    }

    fn with(catalog: &'c Catalog, scenario: &'c Scenario, options: &Options, wide: bool) -> Result<Self, Limit> {
        let kept = kept_steps(scenario, options.without_supplements);
        let steps: Vec<&Step> = kept.iter().map(|index| &scenario.steps[*index]).collect();
        let mut most_steps = steps.len();
        let mut reading = Reading::scenario(catalog, scenario, &steps);
        let mut parameters: Vec<_> = scenario.parameters.iter().collect();
        if wide {
            for other in catalog.scenarios().iter().filter(|other| !other.on_request) {
                reading.add(catalog, other);
                parameters.extend(&other.parameters);
                most_steps = most_steps.max(other.steps.len());
            }
            used_actions(catalog).for_each(|action| reading.action(action));
        }
        let classes = Classes::new(catalog, &parameters, reading)?;
        let at_rest = invariants(catalog, InvariantKind::ForbiddenAtRest).count();
        let ground = Rc::new(Ground::new(catalog, classes, at_rest, most_steps));
        Ok(Self::on(catalog, scenario, &ground, options.without_supplements))
    }

    /// The models of a scenario followed by its way back, and of the scenario alone, over the same servers. What is
    /// remembered of each invariant at rest is remembered of each exposure too, and after that two questions about each step.
    pub(super) fn with_way_back(catalog: &'c Catalog, scenario: &'c Scenario, whole: &'c Scenario) -> Result<[Self; 2], Limit> {
        let steps: Vec<&Step> = whole.steps.iter().collect();
        let mut reading = Reading::scenario(catalog, whole, &steps);
        reading.add(catalog, scenario);
        let classes = Classes::new(catalog, &scenario.parameters.iter().collect::<Vec<_>>(), reading)?;
        let questions = super::variables::width(2 * scenario.steps.len()) as usize;
        let remembered = invariants(catalog, InvariantKind::ForbiddenAtRest).count() + exposures(catalog).count() + questions;
        let ground = Rc::new(Ground::new(catalog, classes, remembered, steps.len()));
        Ok([Self::on(catalog, whole, &ground, false), Self::on(catalog, scenario, &ground, false)])
    }

    /// The model of another scenario over the same servers.
    pub(super) fn beside(&self, other: &'c Scenario) -> Self {
        Self::on(self.catalog, other, &self.ground, false)
    }

    fn on(catalog: &'c Catalog, scenario: &'c Scenario, ground: &Rc<Ground>, without_supplements: bool) -> Self {
        let kept = &kept_steps(scenario, without_supplements);
        let of = |kind| -> Vec<Forbidden<'c>> {
            let forbidden = |invariant: &'c Invariant| Forbidden { invariant, holds: ground.predicate(&invariant.when) };
            invariants(catalog, kind).map(forbidden).collect()
        };
        let begun = &ground.predicate(&scenario.supports) & &ground.predicate(&scenario.applies_when);
        let fields = ground.layout.parameters.iter().chain(&ground.layout.facts);
        let mut model = Self {
            catalog,
            scenario,
            steps: Vec::new(),
            restart: Vec::new(),
            goal: ground.predicate(&scenario.goal),
            chosen: fields.fold(begun, |all, field| &all & &field.valid(&ground.diagrams)),
            forbidden: of(InvariantKind::Forbidden),
            at_rest: of(InvariantKind::ForbiddenAtRest),
            as_it_goes: without_supplements || scenario.checks_as_it_goes,
            without_supplements,
            ground: Rc::clone(ground),
        };
        model.restart = model.restart_taken(kept);
        for (at, index) in kept.iter().copied().enumerate() {
            let after = predecessors(scenario, index, kept);
            let after = after.iter().filter_map(|from| kept.iter().position(|kept| kept == from)).collect();
            let step = model.step(at, index, after);
            model.steps.push(step);
        }
        model
    }

    fn step(&self, at: usize, index: usize, after: Vec<usize>) -> ModelStep<'c> {
        let step = &self.scenario.steps[index];
        let when = self.predicate(&step.when);
        ModelStep {
            index,
            step,
            after,
            act: &when - &self.achieved(&step.action),
            requires: self.predicate(&step.action.requires),
            outcomes: self.outcomes(at, &step.action),
        }
    }

    /// The states in which an action is found done.
    pub(super) fn achieved(&self, action: &Action) -> Set {
        action.achieved_when.as_ref().map_or_else(|| self.diagrams.none(), |achieved| self.predicate(achieved))
    }

    fn outcomes(&self, at: usize, action: &Action) -> Vec<Outcome> {
        let successes = self.successes(Some(at), action);
        let mut outcomes: Vec<Outcome> =
            successes.iter().map(|(kind, way)| Outcome { kind: *kind, ways: vec![way.clone()] }).collect();
        for (number, failure) in action.failures.iter().enumerate() {
            let mut ways: Vec<Way> =
                if failure.leaves.effects { successes.iter().map(|(_, way)| way.clone()).collect() } else { vec![Vec::new()] };
            let changes = self.changes(&failure.leaves.changes);
            if !changes.is_empty() {
                for way in &mut ways {
                    way.push(Event::Changes { when: self.diagrams.all(), changes: changes.clone() });
                }
            }
            let passes = matches!(&failure.on, FailureSign::Exit { code, .. } if **code == *"0");
            let kind = OutcomeKind::Failure { number, noticed: !(passes && self.as_it_goes) };
            outcomes.push(Outcome { kind, ways });
        }
        outcomes
    }

    /// The ways in which an action succeeds; as a step, at its position, or on its own.
    pub(super) fn successes(&self, at: Option<usize>, action: &Action) -> Vec<(OutcomeKind, Way)> {
        let mut ways = Vec::new();
        if action.reboot != Reboot::Always {
            ways.push((OutcomeKind::Success, self.success(action)));
        }
        if matches!(action.reboot, Reboot::Possible | Reboot::Always) {
            ways.push((OutcomeKind::RestartNeeded, self.restart_needed(at, action)));
        }
        ways
    }

    /// Success of an action that needs no restart.
    fn success(&self, action: &Action) -> Way {
        let mut way = Vec::new();
        if action.reboot == Reboot::Restart {
            way.extend(self.restart.iter().cloned());
            self.effects(&action.effects, &mut way);
        } else {
            self.effects(&action.effects, &mut way);
            self.effects(&action.after_restart, &mut way);
        }
        way
    }

    fn restart_needed(&self, at: Option<usize>, action: &Action) -> Way {
        let mut way = Vec::new();
        self.effects(&action.effects, &mut way);
        if let Some(pending) = self.catalog.restart_pending()
            && let Some(field) = self.classes.position(pending)
            && let Some(class) = self.classes.class_of(field, &Value::Flag(true))
        {
            let from = 0..self.classes.facts[field].classes.len();
            let from = from.map(|one| if one == class { self.diagrams.all() } else { self.diagrams.none() }).collect();
            way.push(Event::Changes { when: self.diagrams.all(), changes: vec![Written { at: field, from }] });
        }
        if let Some(at) = at.filter(|_| self.waits(action)) {
            way.push(Event::Outstanding(at));
        }
        way
    }

    /// What a restart brings: the outstanding effects, in the order of the steps.
    fn restart_taken(&self, kept: &[usize]) -> Way {
        let mut way = Vec::new();
        let steps = kept.iter().map(|index| &self.scenario.steps[*index]).enumerate();
        for (at, step) in steps.filter(|(_, step)| self.waits(&step.action)) {
            let waits = self.diagrams.bit(self.layout.outstanding[at], true);
            let first = way.len();
            self.effects(&step.action.after_restart, &mut way);
            for event in &mut way[first..] {
                if let Event::Changes { when, .. } = event {
                    *when = &*when & &waits;
                }
            }
        }
        way.push(Event::Restarted);
        way
    }

    /// The variables of all steps that are done in this run.
    pub(super) fn done_bits(&self) -> Variables {
        self.diagrams.variables(self.layout.done.iter().copied())
    }

    /// The states at the beginning of a run.
    pub(super) fn begun(&self) -> Set {
        self.layout.done.iter().fold(self.diagrams.all(), |all, bit| &all & &self.diagrams.bit(*bit, false))
    }

    /// The states at the end of a run.
    pub(super) fn ended(&self) -> Set {
        let done = &self.layout.done[..self.steps.len()];
        done.iter().fold(self.diagrams.all(), |all, bit| &all & &self.diagrams.bit(*bit, true))
    }

    /// The facts that steps change, by their positions.
    pub(super) fn written(&self) -> impl Iterator<Item = usize> {
        self.ways().flatten().flat_map(Event::written).map(|change| change.at)
    }

    /// Every way in which a step can turn out.
    pub(super) fn ways(&self) -> impl Iterator<Item = &Way> + Clone {
        self.steps.iter().flat_map(|step| &step.outcomes).flat_map(|outcome| &outcome.ways)
    }

    /// The kind of the edge between two steps, where there is one.
    pub(super) fn edge(&self, from: usize, to: usize) -> Option<EdgeKind> {
        let edges = &self.steps[to].step.after;
        edges.iter().find(|edge| edge.from == self.steps[from].index).map(|edge| edge.kind)
    }
}

impl Deref for Model<'_> {
    type Target = Ground;

    fn deref(&self) -> &Ground {
        &self.ground
    }
}

/// The invariants of a kind.
fn invariants(catalog: &Catalog, kind: InvariantKind) -> impl Iterator<Item = &Invariant> {
    catalog.invariants().iter().filter(move |invariant| invariant.kind == kind)
}

/// What must be short.
pub(super) fn exposures(catalog: &Catalog) -> impl Iterator<Item = &Invariant> {
    invariants(catalog, InvariantKind::Exposure)
}

/// The actions that can be done on their own, as steps fill them in: not the way back, which no scenario uses, and not the
/// stages of a script that checks as it goes.
pub(super) fn used_actions(catalog: &Catalog) -> impl Iterator<Item = &Action> {
    let scenarios = catalog.scenarios().iter().filter(|scenario| !scenario.checks_as_it_goes);
    scenarios.flat_map(|scenario| &scenario.steps).map(|step| &*step.action)
}
