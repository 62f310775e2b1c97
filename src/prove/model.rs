//! A scenario as sets and changes of sets: conditions become predicates, effects become images.

use super::classes::{Classes, Reading};
use super::sets::{Diagrams, Set, Variables};
use super::variables::Layout;
use super::{Limit, Options};
use crate::catalog::{Action, Catalog, Change, EdgeKind, Effect, FailureSign, Invariant, InvariantKind, Reboot, Scenario, Step};
use crate::condition::{Condition, Operand, ParameterId, Scope, Subject, Test, Truth};
use crate::fact::{Abstract, FactId, Value};
use crate::plan::{kept_steps, predecessors};
use std::collections::BTreeSet;
use std::ops::{Deref, Range};
use std::rc::Rc;

/// Something that happens to a state.
pub(super) enum Event {
    /// Changes under a condition.
    Changes { when: Set, changes: Vec<Written> },
    /// The effects of a step wait for a restart.
    Outstanding(usize),
    /// Nothing is outstanding any more.
    Restarted,
}

/// A change of one fact.
pub(super) struct Written {
    /// The fact's position among those that are read.
    pub(super) at: usize,
    /// For each class the states in which the change can lead to it.
    pub(super) from: Vec<Set>,
}

/// One way in which something turns out.
pub(super) type Way = Vec<Event>;

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

/// A forbidden invariant.
pub(super) struct Forbidden<'c> {
    pub(super) invariant: &'c Invariant,
    pub(super) holds: Set,
}

/// What the models of scenarios have in common that speak of the same servers.
pub(super) struct Ground {
    pub(super) classes: Classes,
    pub(super) diagrams: Diagrams,
    pub(super) layout: Layout,
    /// The states that contradict no `impossible:` line.
    pub(super) possible: Set,
    /// For each fact the states that contradict no line about it.
    possible_for: Vec<Set>,
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
        let (diagrams, layout) = Layout::new(&classes, at_rest, most_steps);
        let possible_for = vec![diagrams.all(); classes.facts.len()];
        let ground = Ground { possible: diagrams.all(), possible_for, classes, diagrams, layout };
        let ground = Rc::new(ground.without_impossible(catalog));
        Ok(Self::on(catalog, scenario, &ground, options.without_supplements))
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
        let mut outcomes: Vec<Outcome> = Vec::new();
        if action.reboot != Reboot::Always {
            outcomes.push(Outcome { kind: OutcomeKind::Success, ways: vec![self.success(action)] });
        }
        if matches!(action.reboot, Reboot::Possible | Reboot::Always) {
            outcomes.push(Outcome { kind: OutcomeKind::RestartNeeded, ways: vec![self.restart_needed(Some(at), action)] });
        }
        for (number, failure) in action.failures.iter().enumerate() {
            let mut ways: Vec<Way> = Vec::new();
            if failure.leaves.effects {
                if action.reboot != Reboot::Always {
                    ways.push(self.success(action));
                }
                if matches!(action.reboot, Reboot::Possible | Reboot::Always) {
                    ways.push(self.restart_needed(Some(at), action));
                }
            } else {
                ways.push(Vec::new());
            }
            let changes = self.changes(&failure.leaves.changes);
            for way in &mut ways {
                if !failure.leaves.changes.is_empty() {
                    way.push(Event::Changes { when: self.diagrams.all(), changes: changes.iter().map(Written::again).collect() });
                }
            }
            let passes = matches!(&failure.on, FailureSign::Exit { code, .. } if **code == *"0");
            let kind = OutcomeKind::Failure { number, noticed: !(passes && self.as_it_goes) };
            outcomes.push(Outcome { kind, ways });
        }
        outcomes
    }

    /// The ways in which an action on its own succeeds.
    pub(super) fn successes(&self, action: &Action) -> Vec<Way> {
        let mut ways = Vec::new();
        if action.reboot != Reboot::Always {
            ways.push(self.success(action));
        }
        if matches!(action.reboot, Reboot::Possible | Reboot::Always) {
            ways.push(self.restart_needed(None, action));
        }
        ways
    }

    /// Success of an action that needs no restart.
    fn success(&self, action: &Action) -> Way {
        let mut way = Vec::new();
        if action.reboot == Reboot::Restart {
            way.extend(self.restart.iter().map(Event::again));
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

    /// True where an action has effects after a restart on facts that are read.
    fn waits(&self, action: &Action) -> bool {
        action.after_restart.iter().flat_map(|effect| &effect.changes).any(|change| self.classes.position(change.fact).is_some())
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

    fn effects(&self, effects: &[Effect], way: &mut Way) {
        for effect in effects {
            let changes = self.changes(&effect.changes);
            if !changes.is_empty() {
                way.push(Event::Changes { when: self.predicate(&effect.when), changes });
            }
        }
    }

    fn changes(&self, changes: &[Change]) -> Vec<Written> {
        changes.iter().filter_map(|change| self.change(change)).collect()
    }

    fn change(&self, change: &Change) -> Option<Written> {
        let at = self.classes.position(change.fact)?;
        let field = &self.layout.facts[at];
        let mut used = BTreeSet::new();
        change.to.operands(&mut |operand| {
            if let Operand::Parameter(parameter) = operand {
                used.insert(*parameter);
            }
        });
        let none = self.diagrams.none();
        let mut from = vec![none.clone(); field.has.len()];
        let mut open = none;
        for (chosen, arguments) in self.classes.combinations(&used) {
            let given = self.cube(&chosen);
            for (class, targets) in self.classes.targets(at, &change.to, &arguments).iter().enumerate() {
                let source = &given & &field.has[class];
                for target in targets {
                    from[*target] = &from[*target] | &source;
                }
                if targets.len() > 1 {
                    open = &open | &source;
                }
            }
        }
        if open.is_empty() != Ok(true) {
            // Of several classes those remain that can be true together with the rest; all where none can.
            let fits = |class: usize| self.possible_for[at].and_without(&field.has[class], &field.forget);
            let fitting: Vec<Set> = from.iter().enumerate().map(|(class, from)| from & &fits(class)).collect();
            let any = fitting.iter().fold(self.diagrams.none(), |any, one| &any | one);
            for (from, fitting) in from.iter_mut().zip(&fitting) {
                let kept = &(&*from - &open) | &(&*from - &any);
                *from = &kept | fitting;
            }
        }
        Some(Written { at, from })
    }

    /// The states that a way leads to from these.
    pub(super) fn image(&self, way: &Way, from: &Set) -> Set {
        way.iter().fold(from.clone(), |states, event| match event {
            Event::Changes { when, changes } => {
                let changed = changes.iter().fold(&states & when, |states, change| self.after(change, &states));
                &changed | &(&states - when)
            }
            Event::Outstanding(at) => self.set(&states, self.layout.outstanding[*at], true),
            Event::Restarted => {
                let waiting = &self.layout.outstanding;
                let kept = states.without(&self.diagrams.variables(waiting.iter().copied()));
                waiting.iter().fold(kept, |states, bit| &states & &self.diagrams.bit(*bit, false))
            }
        })
    }

    fn after(&self, change: &Written, states: &Set) -> Set {
        let field = &self.layout.facts[change.at];
        let to = change.from.iter().zip(&field.has);
        to.fold(self.diagrams.none(), |all, (from, has)| &all | &(&states.and_without(from, &field.forget) & has))
    }

    /// The states from which a way leads only into these.
    pub(super) fn always(&self, way: &Way, into: &Set) -> Set {
        !&self.sometimes(way, &!into)
    }

    /// The states from which a way can lead into these.
    pub(super) fn sometimes(&self, way: &Way, into: &Set) -> Set {
        way.iter().rev().fold(into.clone(), |states, event| match event {
            Event::Changes { when, changes } => {
                let before = changes.iter().rev().fold(states.clone(), |states, change| self.before(change, &states));
                &(&before & when) | &(&states - when)
            }
            Event::Outstanding(at) => self.unset(&states, self.layout.outstanding[*at], true),
            Event::Restarted => self.layout.outstanding.iter().fold(states, |states, bit| self.unset(&states, *bit, false)),
        })
    }

    fn before(&self, change: &Written, states: &Set) -> Set {
        let field = &self.layout.facts[change.at];
        let to = change.from.iter().zip(&field.has);
        to.fold(self.diagrams.none(), |all, (from, has)| &all | &(from & &states.and_without(has, &field.forget)))
    }

    /// The states with a variable set to a value.
    pub(super) fn set(&self, states: &Set, bit: u32, value: bool) -> Set {
        &states.without(&self.diagrams.variables([bit])) & &self.diagrams.bit(bit, value)
    }

    /// The states that are among these once a variable is set to a value.
    pub(super) fn unset(&self, states: &Set, bit: u32, value: bool) -> Set {
        states.and_without(&self.diagrams.bit(bit, value), &self.diagrams.variables([bit]))
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

    /// The states in which nothing is outstanding.
    pub(super) fn settled(&self) -> Set {
        self.layout.outstanding.iter().fold(self.diagrams.all(), |all, bit| &all & &self.diagrams.bit(*bit, false))
    }

    /// The states that differ from these at most in what is outstanding, done, and remembered of the first run.
    pub(super) fn facts_of(&self, states: &Set) -> Set {
        let layout = &self.layout;
        let bits = layout.outstanding.iter().chain(&layout.done).chain(&layout.held).copied();
        states.without(&self.diagrams.variables(bits.chain([layout.performed, layout.hopeful])))
    }

    /// The facts that steps change, by their positions.
    pub(super) fn written(&self) -> impl Iterator<Item = usize> {
        let ways = self.steps.iter().flat_map(|step| &step.outcomes).flat_map(|outcome| &outcome.ways);
        ways.flatten().flat_map(Event::written).map(|change| change.at)
    }

    /// One state, of the variables that a state has.
    pub(super) fn state(&self, bits: &[bool]) -> Set {
        let layout = &self.layout;
        let fields = layout.parameters.iter().chain(&layout.facts);
        let one = fields.fold(self.diagrams.all(), |all, field| &all & &field.has[field.class(bits)]);
        let rest = layout.outstanding.iter().chain(&layout.done).chain(&layout.held).chain([&layout.performed, &layout.hopeful]);
        rest.fold(one, |all, bit| &all & &self.diagrams.bit(*bit, bits[*bit as usize]))
    }

    /// The fact of a position.
    pub(super) fn fact(&self, at: usize) -> FactId {
        self.classes.facts[at].fact
    }

    /// The kind of the edge between two steps, where there is one.
    pub(super) fn edge(&self, from: usize, to: usize) -> Option<EdgeKind> {
        let edges = &self.steps[to].step.after;
        edges.iter().find(|edge| edge.from == self.steps[from].index).map(|edge| edge.kind)
    }
}

impl Ground {
    /// Reads the `impossible:` lines about facts that are read.
    fn without_impossible(mut self, catalog: &Catalog) -> Self {
        for line in catalog.impossible() {
            let mut about = BTreeSet::new();
            line.when.facts(&mut |fact| about.extend(self.classes.position(fact)));
            if about.is_empty() {
                continue;
            }
            let holds = self.predicate(&line.when);
            self.possible = &self.possible - &holds;
            for at in about {
                self.possible_for[at] = &self.possible_for[at] - &holds;
            }
        }
        self
    }

    /// The states with these parameters, by their positions.
    fn cube(&self, chosen: &[(usize, usize)]) -> Set {
        chosen.iter().fold(self.diagrams.all(), |all, (at, which)| &all & &self.layout.parameters[*at].has[*which])
    }

    /// The states in which a condition holds.
    pub(super) fn predicate(&self, condition: &Condition) -> Set {
        match condition {
            Condition::All(parts) => parts.iter().fold(self.diagrams.all(), |all, part| &all & &self.predicate(part)),
            Condition::Any(parts) => parts.iter().fold(self.diagrams.none(), |any, part| &any | &self.predicate(part)),
            Condition::Not(part) => !&self.predicate(part),
            Condition::Test(test) => self.test(test),
        }
    }

    /// The states in which a test holds.
    pub(super) fn test(&self, test: &Test) -> Set {
        let mut used: BTreeSet<ParameterId> = BTreeSet::new();
        test.relation.operands(&mut |operand| {
            if let Operand::Parameter(parameter) = operand {
                used.insert(*parameter);
            }
        });
        let mut holds = self.diagrams.none();
        let mut server = vec![Abstract::Unknown; self.classes.vocabulary()];
        match test.subject {
            Subject::Fact(fact) => {
                let Some(at) = self.classes.position(fact) else { return holds };
                for (chosen, arguments) in self.classes.combinations(&used) {
                    let given = self.cube(&chosen);
                    for (class, members) in self.classes.facts[at].classes.iter().enumerate() {
                        server[fact.index()] = Abstract::exactly(members[0].clone());
                        if (Scope { facts: &server, parameters: &arguments }).test(test) == Truth::True {
                            holds = &holds | &(&given & &self.layout.facts[at].has[class]);
                        }
                    }
                }
            }
            Subject::Parameter(parameter) => {
                used.insert(parameter);
                for (chosen, arguments) in self.classes.combinations(&used) {
                    if (Scope { facts: &server, parameters: &arguments }).test(test) == Truth::True {
                        holds = &holds | &self.cube(&chosen);
                    }
                }
            }
        }
        holds
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

/// The actions that can be done on their own, as steps fill them in: not the way back, which no scenario uses, and not the
/// stages of a script that checks as it goes.
pub(super) fn used_actions(catalog: &Catalog) -> impl Iterator<Item = &Action> {
    let scenarios = catalog.scenarios().iter().filter(|scenario| !scenario.checks_as_it_goes);
    scenarios.flat_map(|scenario| &scenario.steps).map(|step| &*step.action)
}

impl Written {
    fn again(&self) -> Self {
        Self { at: self.at, from: self.from.clone() }
    }
}

impl Event {
    /// The facts that it changes.
    pub(super) fn written(&self) -> &[Written] {
        match self {
            Self::Changes { changes, .. } => changes,
            Self::Outstanding(_) | Self::Restarted => &[],
        }
    }

    /// The steps whose effects wait no longer, or begin to, of so many.
    pub(super) fn outstanding(&self, steps: usize) -> Range<usize> {
        match self {
            Self::Changes { .. } => 0..0,
            Self::Outstanding(at) => *at..at + 1,
            Self::Restarted => 0..steps,
        }
    }

    fn again(&self) -> Self {
        match self {
            Self::Changes { when, changes } => {
                Self::Changes { when: when.clone(), changes: changes.iter().map(Written::again).collect() }
            }
            Self::Outstanding(at) => Self::Outstanding(*at),
            Self::Restarted => Self::Restarted,
        }
    }
}
