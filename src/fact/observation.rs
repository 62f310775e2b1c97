//! The one seam through which anything learns about a server.

use super::value::Value;
use super::vocabulary::FactId;
use std::collections::BTreeMap;

/// What a source says of one fact.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Observation<'a> {
    /// The fact is known; a thing that is absent is known too (`false`, `none`, an empty set).
    Known(&'a Value),
    /// The fact is not known, for this reason.
    Unknown(&'a str),
}

/// Whatever can be asked about a server: a recorded snapshot, a row of an export, a fake, a live machine.
pub trait HostFacts {
    /// What is known of the fact. Missing data is unknown, never false.
    fn observe(&self, fact: FactId) -> Observation<'_>;
}

impl<T: HostFacts + ?Sized> HostFacts for &T {
    fn observe(&self, fact: FactId) -> Observation<'_> {
        (**self).observe(fact)
    }
}

/// A server made up for a test: what was not said of it is unknown.
///
/// ```
/// use cutover::catalog::Catalog;
/// use cutover::fact::{FakeHost, HostFacts, Observation, Value};
///
/// let catalog = Catalog::built_in().expect("the built-in catalog");
/// let scep = catalog.vocabulary().find("scep.installed").expect("a fact");
/// let host = FakeHost::new().with(scep, Value::Flag(true));
/// assert_eq!(host.observe(scep), Observation::Known(&Value::Flag(true)));
/// ```
#[derive(Clone, Debug, Default)]
pub struct FakeHost {
    facts: BTreeMap<FactId, Value>,
    unknown: BTreeMap<FactId, String>,
}

impl FakeHost {
    /// A server of which nothing is known.
    pub fn new() -> Self {
        Self::default()
    }

    /// The same server with one more fact known.
    #[must_use]
    pub fn with(mut self, fact: FactId, value: Value) -> Self {
        self.set(fact, value);
        self
    }

    /// The same server with a fact unknown for a reason.
    #[must_use]
    pub fn without(mut self, fact: FactId, reason: &str) -> Self {
        self.facts.remove(&fact);
        self.unknown.insert(fact, reason.to_owned());
        self
    }

    /// Makes a fact known.
    pub fn set(&mut self, fact: FactId, value: Value) {
        self.unknown.remove(&fact);
        self.facts.insert(fact, value);
    }
}

impl HostFacts for FakeHost {
    fn observe(&self, fact: FactId) -> Observation<'_> {
        match self.facts.get(&fact) {
            Some(value) => Observation::Known(value),
            None => Observation::Unknown(self.unknown.get(&fact).map_or("not said of this server", |reason| reason)),
        }
    }
}
