//! The servers as sets: conditions become predicates, effects become images and preimages.

use super::classes::Classes;
use super::sets::{Diagrams, Set};
use super::variables::Layout;
use crate::catalog::{Action, Catalog, Change, Effect};
use crate::condition::{Condition, Operand, Scope, Subject, Test, Truth};
use crate::fact::{Abstract, FactId, Facts};
use std::collections::BTreeSet;
use std::ops::Range;

/// Something that happens to a state.
#[derive(Clone)]
pub(super) enum Event {
    /// Changes under a condition.
    Changes { when: Set, changes: Vec<Written> },
    /// The effects of a step wait for a restart.
    Outstanding(usize),
    /// Nothing is outstanding any more.
    Restarted,
}

/// A change of one fact.
#[derive(Clone)]
pub(super) struct Written {
    /// The fact's position among those that are read.
    pub(super) at: usize,
    /// For each class the states in which the change can lead to it.
    pub(super) from: Vec<Set>,
}

/// One way in which something turns out.
pub(super) type Way = Vec<Event>;

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

impl Ground {
    /// The servers of these classes; `at_rest` and `steps` say for how many invariants and steps there is room in a state.
    pub(super) fn new(catalog: &Catalog, classes: Classes, at_rest: usize, steps: usize) -> Self {
        let (diagrams, layout) = Layout::new(&classes, at_rest, steps);
        let possible_for = vec![diagrams.all(); classes.facts.len()];
        Self { possible: diagrams.all(), possible_for, classes, diagrams, layout }.without_impossible(catalog)
    }

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
        let mut used = BTreeSet::new();
        test.parameters(&mut |parameter| {
            used.insert(parameter);
        });
        let mut holds = self.diagrams.none();
        let mut server = Facts::from(vec![Abstract::Unknown; self.classes.vocabulary()]);
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
            Subject::Parameter(_) => {
                for (chosen, arguments) in self.classes.combinations(&used) {
                    if (Scope { facts: &server, parameters: &arguments }).test(test) == Truth::True {
                        holds = &holds | &self.cube(&chosen);
                    }
                }
            }
        }
        holds
    }

    /// True where an action has effects after a restart on facts that are read.
    pub(super) fn waits(&self, action: &Action) -> bool {
        action.after_restart.iter().flat_map(|effect| &effect.changes).any(|change| self.classes.position(change.fact).is_some())
    }

    pub(super) fn effects(&self, effects: &[Effect], way: &mut Way) {
        for effect in effects {
            let changes = self.changes(&effect.changes);
            if !changes.is_empty() {
                way.push(Event::Changes { when: self.predicate(&effect.when), changes });
            }
        }
    }

    pub(super) fn changes(&self, changes: &[Change]) -> Vec<Written> {
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
                let waiting = self.layout.outstanding.iter().copied();
                &states.without(&self.diagrams.variables(waiting)) & &self.settled()
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

    /// The states in which nothing is outstanding.
    pub(super) fn settled(&self) -> Set {
        self.layout.outstanding.iter().fold(self.diagrams.all(), |all, bit| &all & &self.diagrams.bit(*bit, false))
    }

    /// The states that differ from these at most in what is outstanding, done, and remembered of the first run.
    pub(super) fn facts_of(&self, states: &Set) -> Set {
        let layout = &self.layout;
        let bits = layout.outstanding.iter().chain(&layout.done).copied();
        states.without(&self.diagrams.variables(bits.chain(layout.of_first_run())))
    }

    /// One state, of the variables that a state has.
    pub(super) fn state(&self, bits: &[bool]) -> Set {
        let layout = &self.layout;
        let fields = layout.parameters.iter().chain(&layout.facts);
        let one = fields.fold(self.diagrams.all(), |all, field| &all & &field.has[field.class(bits)]);
        let rest = layout.outstanding.iter().chain(&layout.done).copied().chain(layout.of_first_run());
        rest.fold(one, |all, bit| &all & &self.diagrams.bit(bit, bits[bit as usize]))
    }

    /// The fact of a position.
    pub(super) fn fact(&self, at: usize) -> FactId {
        self.classes.facts[at].fact
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
}
