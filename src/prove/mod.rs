//! A stub that holds the place of the prover: it has its types and proves nothing.
//!
//! The tests of the second program are written against these types. The prover itself takes the place of this file.

#![allow(missing_docs)]

use crate::catalog::{Catalog, Scenario};
use crate::condition::{Argument, ParameterId};
use crate::fact::{FactId, Value};
use std::collections::BTreeSet;
use std::sync::Arc;

/// What is asked of a proof besides the scenario.
#[derive(Clone, Debug, Default)]
pub struct Options {
    pub documented_order_only: bool,
    pub without_supplements: bool,
}

/// A proof that outgrew its bounds.
#[derive(Clone, Debug)]
pub struct Exhausted;

/// What a proof found.
#[derive(Clone, Debug)]
pub struct Proof {
    pub scenario: Arc<str>,
    pub verdicts: Vec<Verdict>,
    pub servers: u128,
    pub impossible: u128,
    pub ready: u128,
    pub done: u128,
    pub states: u128,
    pub transitions: u128,
    pub orders: u128,
    pub edges: Vec<EdgeVerdict>,
}

/// Whether a property holds.
#[derive(Clone, Debug)]
pub struct Verdict {
    pub property: Property,
    pub holds: bool,
    pub counterexamples: Vec<()>,
}

/// What must hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Property {
    Goal,
    Forbidden,
    Refusal,
    Resuming,
    Exposure,
    RefusingTooMuch,
    Contradiction,
}

impl Property {
    /// The letter in documents.
    pub fn letter(self) -> char {
        match self {
            Self::Goal => 'a',
            Self::Forbidden => 'b',
            Self::Refusal => 'c',
            Self::Resuming => 'd',
            Self::Exposure => 'e',
            Self::RefusingTooMuch => 'f',
            Self::Contradiction => 'g',
        }
    }
}

/// A reachable state with every step done in this run.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct End {
    pub facts: Vec<(FactId, Value)>,
    pub parameters: Vec<(ParameterId, Argument)>,
    pub outstanding: Vec<usize>,
}

/// What an edge is needed for.
#[derive(Clone, Debug)]
pub struct EdgeVerdict {
    pub from: usize,
    pub to: usize,
    pub needed_for: Vec<Property>,
}

/// Proves nothing yet.
///
/// # Errors
///
/// Always.
pub fn prove(_: &Catalog, _: &Scenario, _: &Options) -> Result<Proof, Exhausted> {
    Err(Exhausted)
}

/// Finds no ends yet.
///
/// # Errors
///
/// Always.
pub fn ends(_: &Catalog, _: &Scenario, _: &Options) -> Result<BTreeSet<End>, Exhausted> {
    Err(Exhausted)
}
