//! Which variables of the diagrams say what about a state.

use super::classes::Classes;
use super::sets::{Diagrams, Set, Variables};

/// Something that has one of several classes: a fact or a parameter.
pub(super) struct Field {
    /// Its variables, the most significant first.
    bits: Vec<u32>,
    /// What it was when something was remembered.
    old: Vec<u32>,
    /// The states in which it has each class.
    pub(super) has: Vec<Set>,
    /// The states in which it had each class.
    pub(super) had: Vec<Set>,
    /// To forget it.
    pub(super) forget: Variables,
}

/// The variables of a state.
pub(super) struct Layout {
    pub(super) parameters: Vec<Field>,
    pub(super) facts: Vec<Field>,
    /// For each invariant at rest, whether it held before the first run.
    pub(super) held: Vec<u32>,
    /// Whether a step was performed since the first run began.
    pub(super) performed: u32,
    /// Whether the server was not blocked for certain before the first run.
    pub(super) hopeful: u32,
    /// For each step, whether its effects are outstanding; where it never has any the variable is not used.
    pub(super) outstanding: Vec<u32>,
    /// What `outstanding` was when something was remembered.
    pub(super) old_outstanding: Vec<u32>,
    /// For each step, whether it is done in this run.
    pub(super) done: Vec<u32>,
}

/// Numbers the variables.
struct Numbers(u32);

impl Numbers {
    fn next(&mut self) -> u32 {
        self.0 += 1;
        self.0 - 1
    }

    fn several(&mut self, count: usize) -> Vec<u32> {
        (0..count).map(|_| self.next()).collect()
    }
}

/// A field before there are diagrams.
struct Bits(Vec<u32>, Vec<u32>);

impl Layout {
    /// The layout for these classes, so many invariants at rest and so many steps.
    pub(super) fn new(classes: &Classes, at_rest: usize, steps: usize) -> (Diagrams, Self) {
        let mut numbers = Numbers(0);
        let (mut outstanding, mut old_outstanding) = (Vec::new(), Vec::new());
        for _ in 0..steps {
            outstanding.push(numbers.next());
            old_outstanding.push(numbers.next());
        }
        let done = numbers.several(steps);
        let mut field = |classes: usize| {
            let mut bits = Bits(Vec::new(), Vec::new());
            for _ in 0..width(classes) {
                bits.0.push(numbers.next());
                bits.1.push(numbers.next());
            }
            bits
        };
        let parameters: Vec<(Bits, usize)> =
            classes.parameters.iter().map(|one| (field(one.arguments.len()), one.arguments.len())).collect();
        let facts: Vec<(Bits, usize)> = classes.facts.iter().map(|one| (field(one.classes.len()), one.classes.len())).collect();
        let held = numbers.several(at_rest);
        let (performed, hopeful) = (numbers.next(), numbers.next());
        let diagrams = Diagrams::new(numbers.0);
        let made =
            |fields: Vec<(Bits, usize)>| fields.into_iter().map(|(bits, count)| Field::new(&diagrams, bits, count)).collect();
        let layout = Self {
            parameters: made(parameters),
            facts: made(facts),
            held,
            performed,
            hopeful,
            outstanding,
            old_outstanding,
            done,
        };
        (diagrams, layout)
    }

    /// The variables of what is remembered of the first run.
    pub(super) fn of_first_run(&self) -> impl Iterator<Item = u32> {
        self.held.iter().copied().chain([self.performed, self.hopeful])
    }

    /// How many variables a server has.
    pub(super) fn server_bits(&self) -> u32 {
        count(self.parameters.iter().chain(&self.facts).flat_map(|field| &field.bits))
    }

    /// How many variables a state has, what is remembered of the first run aside.
    pub(super) fn state_bits(&self) -> u32 {
        self.server_bits() + count(self.outstanding.iter().chain(&self.done))
    }
}

impl Field {
    fn new(diagrams: &Diagrams, Bits(bits, old): Bits, classes: usize) -> Self {
        let cube = |bits: &[u32], class: usize| {
            let places = bits.iter().rev().enumerate();
            places.fold(diagrams.all(), |all, (at, bit)| &all & &diagrams.bit(*bit, class >> at & 1 == 1))
        };
        Self {
            has: (0..classes).map(|class| cube(&bits, class)).collect(),
            had: (0..classes).map(|class| cube(&old, class)).collect(),
            forget: diagrams.variables(bits.iter().copied()),
            bits,
            old,
        }
    }

    /// Its variables.
    pub(super) fn bits(&self) -> &[u32] {
        &self.bits
    }

    /// The variables of what was remembered.
    pub(super) fn old(&self) -> &[u32] {
        &self.old
    }

    /// The class that a state has.
    pub(super) fn class(&self, state: &[bool]) -> usize {
        self.bits.iter().fold(0, |class, bit| class << 1 | usize::from(state[*bit as usize]))
    }

    /// The states in which it has one of its classes.
    pub(super) fn valid(&self, diagrams: &Diagrams) -> Set {
        self.has.iter().fold(diagrams.none(), |any, has| &any | has)
    }

    /// The states in which it is what was remembered.
    pub(super) fn same(&self, diagrams: &Diagrams) -> Set {
        self.has.iter().zip(&self.had).fold(diagrams.none(), |any, (has, had)| &any | &(has & had))
    }
}

/// How many there are.
pub(super) fn count<T>(of: impl Iterator<Item = T>) -> u32 {
    of.fold(0, |count, _| count + 1)
}

/// Variables that so many classes need.
pub(super) fn width(classes: usize) -> u32 {
    usize::BITS - classes.saturating_sub(1).leading_zeros()
}
