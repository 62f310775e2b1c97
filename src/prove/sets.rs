//! Sets of states as decision diagrams: the one place that knows the library.

use num_bigint::BigUint;
use oxidd::bcdd::{BCDDFunction, BCDDManagerRef};
use oxidd::util::{AllocResult, OptBool, OutOfMemory, SatCountCache};
use oxidd::{BooleanFunction, BooleanFunctionQuant, BooleanOperator, Function, Manager, ManagerRef};
use std::collections::hash_map::RandomState;
use std::ops::{BitAnd, BitOr, Not, Sub};

/// Where the sets of one proof live.
pub(super) struct Diagrams {
    manager: BCDDManagerRef,
}

/// The diagrams of a proof grew beyond what they may take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Full;

/// A set of states, or what is left of one that no room was left for: whatever comes of that has no answer either.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Set(Option<BCDDFunction>);

/// Variables that a set is projected along.
#[derive(Clone)]
pub(super) struct Variables(Set);

/// Nodes that the diagrams of one proof may have, each of 16 bytes; two proofs at a time stay well below the limit.
const MOST_NODES: usize = 12 << 20;

/// Results that are kept for the next operation.
const KEPT_RESULTS: usize = 1 << 21;

impl Diagrams {
    /// Room for sets over so many variables, in the order in which the diagrams branch.
    pub(super) fn new(variables: u32) -> Self {
        let manager = oxidd::bcdd::new_manager(MOST_NODES, KEPT_RESULTS, 1);
        manager.with_manager_exclusive(|manager| manager.add_vars(variables));
        Self { manager }
    }

    /// The set of all states.
    pub(super) fn all(&self) -> Set {
        Set(Some(self.manager.with_manager_shared(|manager| BCDDFunction::t(manager))))
    }

    /// The set of no state.
    pub(super) fn none(&self) -> Set {
        Set(Some(self.manager.with_manager_shared(|manager| BCDDFunction::f(manager))))
    }

    /// The states in which a variable has this value.
    pub(super) fn bit(&self, variable: u32, value: bool) -> Set {
        let made = self.manager.with_manager_shared(|manager| {
            if value { BCDDFunction::var(manager, variable) } else { BCDDFunction::not_var(manager, variable) }
        });
        Set(made.ok())
    }

    /// These variables.
    pub(super) fn variables(&self, variables: impl IntoIterator<Item = u32>) -> Variables {
        Variables(variables.into_iter().fold(self.all(), |all, variable| &all & &self.bit(variable, true)))
    }

    /// Nodes that the sets have in all.
    pub(super) fn nodes(&self) -> usize {
        self.manager.with_manager_shared(|manager| manager.num_inner_nodes())
    }
}

impl Set {
    /// Once more with the room that is no longer used, where there is none left.
    fn combine(parts: [&Self; 2], operation: impl Fn(&BCDDFunction, &BCDDFunction) -> AllocResult<BCDDFunction>) -> Self {
        let [Self(Some(a)), Self(Some(b))] = parts else { return Self(None) };
        let again = |_: OutOfMemory| {
            a.with_manager_shared(|manager, _| manager.gc());
            operation(a, b)
        };
        Self(operation(a, b).or_else(again).ok())
    }

    /// True where there is no state in it.
    ///
    /// # Errors
    ///
    /// Where there was no room for the set.
    pub(super) fn is_empty(&self) -> Result<bool, Full> {
        self.0.as_ref().map(|function| !function.satisfiable()).ok_or(Full)
    }

    /// How many states of so many variables it has; it must not depend on others.
    ///
    /// # Errors
    ///
    /// Where there was no room for the set, or where there are more than 2^128 states.
    pub(super) fn count(&self, variables: u32) -> Result<u128, Full> {
        let function = self.0.as_ref().ok_or(Full)?;
        let count = function.sat_count(variables, &mut SatCountCache::<BigUint, RandomState>::default());
        count.try_into().map_err(|_| Full)
    }

    /// A state of it as the values of its variables; those that do not matter are false.
    ///
    /// # Errors
    ///
    /// Where there was no room for the set.
    pub(super) fn pick(&self) -> Result<Option<Vec<bool>>, Full> {
        let picked = self.0.as_ref().ok_or(Full)?.pick_cube(|_, _, _| false);
        Ok(picked.map(|bits| bits.into_iter().map(|bit| bit == OptBool::True).collect()))
    }

    /// The states that differ from one of the set at most in these variables.
    pub(super) fn without(&self, variables: &Variables) -> Self {
        Self::combine([self, &variables.0], BooleanFunctionQuant::exists)
    }

    /// The states that are in both sets or in neither.
    pub(super) fn same_as(&self, other: &Self) -> Self {
        Self::combine([self, other], BooleanFunction::equiv)
    }

    /// The states of both sets, and those that differ from such a one at most in these variables.
    pub(super) fn and_without(&self, other: &Self, variables: &Variables) -> Self {
        let Some(along) = &variables.0.0 else { return Self(None) };
        Self::combine([self, other], |a, b| a.apply_exists(BooleanOperator::And, b, along))
    }
}

impl BitAnd for &Set {
    type Output = Set;

    fn bitand(self, other: Self) -> Set {
        Set::combine([self, other], BooleanFunction::and)
    }
}

impl BitOr for &Set {
    type Output = Set;

    fn bitor(self, other: Self) -> Set {
        Set::combine([self, other], BooleanFunction::or)
    }
}

impl Sub for &Set {
    type Output = Set;

    fn sub(self, other: Self) -> Set {
        Set::combine([other, self], BooleanFunction::imp_strict)
    }
}

impl Not for &Set {
    type Output = Set;

    fn not(self) -> Set {
        Set::combine([self, self], |a, _| a.not())
    }
}
