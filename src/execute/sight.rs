//! The server as the runner sees it: what the host observes, and what nobody on the server can see.

use super::host::Host;
use super::journal::History;
use crate::catalog::Catalog;
use crate::fact::{FactId, HostFacts, Observation, Value};

/// What is known of a server at a moment of a run.
///
/// A fact that the host has a probe for is what the host observes. Any other is what the run has brought about as far as
/// the journal says, and what the plan recorded before that.
#[derive(Clone, Debug)]
pub(super) struct Sight {
    known: Vec<Result<Value, String>>,
}

/// The facts that a plan recorded, in the order of the vocabulary.
pub(super) type Recorded = Vec<Option<Value>>;

impl Sight {
    /// What is known after the last look.
    pub(super) fn of(catalog: &Catalog, host: &dyn Host, recorded: &Recorded, history: &History) -> Self {
        let vocabulary = catalog.vocabulary();
        let see = |fact: FactId| {
            // A tool may ask for a restart that shows in none of the places where one looks.
            if Some(fact) == catalog.restart_pending() && history.awaiting.is_some() {
                return Ok(Value::Flag(true));
            }
            let reason = match host.observe(fact) {
                Observation::Known(value) if host.sees(fact) => return Ok(value.clone()),
                Observation::Unknown(reason) if host.sees(fact) => return Err(reason.to_owned()),
                Observation::Known(_) => "nothing on the server sees it",
                Observation::Unknown(reason) => reason,
            };
            match history.believed.get(vocabulary.name(fact)) {
                Some(believed) => Value::from_json(vocabulary.spec(fact), believed)
                    .map_err(|_| "an earlier step of the run left it open".to_owned()),
                None => recorded[fact.index()].clone().ok_or_else(|| reason.to_owned()),
            }
        };
        Self { known: vocabulary.ids().map(see).collect() }
    }
}

impl HostFacts for Sight {
    fn observe(&self, fact: FactId) -> Observation<'_> {
        match &self.known[fact.index()] {
            Ok(value) => Observation::Known(value),
            Err(reason) => Observation::Unknown(reason),
        }
    }
}
