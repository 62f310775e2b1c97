//! Estates made up at random: ready servers of which some facts are changed and some are unknown.

use crate::common::{BASES, candidates, catalog, server};
use cutover::fact::{FactId, FactType, Snapshot, Value, Word};
use cutover::fleet::Planner;
use cutover::plan::{Assumption, Request};
use proptest::prelude::*;
use std::sync::Arc;

/// A server made up at random.
#[derive(Clone, Debug)]
pub struct MadeUp {
    base: usize,
    changes: Vec<(usize, usize)>,
    unknown: Vec<usize>,
    partial: bool,
}

/// A server with at most so many changed and unknown facts.
pub fn servers(changes: usize, unknown: usize) -> impl Strategy<Value = MadeUp> {
    let facts = catalog().vocabulary().len();
    (
        0..BASES.len(),
        prop::collection::vec((0..facts, 0..12_usize), 0..=changes),
        prop::collection::vec(0..facts, 0..=unknown),
        prop::bool::weighted(0.2),
    )
        .prop_map(|(base, changes, unknown, partial)| MadeUp { base, changes, unknown, partial })
}

fn fact(index: usize) -> FactId {
    catalog().vocabulary().ids().nth(index).expect("a fact")
}

impl MadeUp {
    /// The same server with what another changes, and what is unknown of either.
    pub fn and(&self, other: &Self) -> Self {
        let changes = [self.changes.as_slice(), &other.changes].concat();
        let unknown = [self.unknown.as_slice(), &other.unknown].concat();
        Self { changes, unknown, ..self.clone() }
    }

    /// Its record under a name.
    pub fn snapshot(&self, host: &str) -> Snapshot {
        let mut facts = server(BASES[self.base]).facts;
        for (index, choice) in &self.changes {
            let values = candidates(fact(*index));
            facts.insert(fact(*index), values[choice % values.len()].clone());
        }
        if self.partial {
            let build = catalog().vocabulary().find("os.build").expect("a fact");
            facts.insert(build, Value::parse(catalog().vocabulary().spec(build), "6.3.9600").expect("a version"));
        }
        for index in &self.unknown {
            facts.remove(&fact(*index));
        }
        let unknown = self.unknown.iter().take(3).map(|index| (fact(*index), format!("not asked of {host}").into()));
        let unknown = unknown.collect::<std::collections::BTreeMap<_, _>>().into_iter().collect();
        Snapshot::new(host.to_owned(), facts.into_iter().collect(), unknown)
    }
}

/// The record of another server of which values differ that hardly any condition tells apart.
pub fn disguised(snapshot: &Snapshot, host: &str, dice: u32) -> Snapshot {
    let vocabulary = catalog().vocabulary();
    let facts = snapshot.facts().iter().map(|(fact, value)| {
        let spec = vocabulary.spec(*fact);
        let other = match (spec.kind(), value) {
            (FactType::Version, Value::Version(version)) if version.given() == 4 => {
                let text = version.to_string();
                let (front, last) = text.rsplit_once('.').expect("four parts");
                let last: u32 = last.parse().expect("a number");
                Value::parse(spec, &format!("{front}.{}", last.saturating_add(dice % 7))).expect("a version")
            }
            (FactType::Days, Value::Days(days)) => Value::Days(days.saturating_add(dice % 5)),
            (FactType::Text, Value::Text(word)) if word.as_str().is_empty() => Value::Text(Word::from("somebody")),
            (FactType::Set, Value::Set(words)) if !words.is_empty() && spec.values().is_empty() => {
                let mut words = words.clone();
                words.insert(Word::from(format!("another {dice}").as_str()));
                Value::Set(words)
            }
            _ => value.clone(),
        };
        (*fact, other)
    });
    let facts = facts.collect();
    let unknown = snapshot.unknown().iter().map(|(fact, _)| (*fact, format!("differs {dice}").into())).collect();
    Snapshot::new(host.to_owned(), facts, unknown)
}

/// What is asked of a made-up estate.
pub fn request(scenario: Option<&str>, given: bool) -> Request {
    let mut request = Request { scenario: scenario.map(str::to_owned), ..Request::default() };
    if given {
        let of = server("2012r2-scep");
        request.parameters = of.parameters;
    }
    request
}

/// A planner of a made-up estate.
pub fn planner(request: Request, assumed: &[(&str, &str)]) -> Planner<'static> {
    let assumption = |(name, text): &(&str, &str)| {
        let fact = catalog().vocabulary().find(name).expect("a fact");
        Assumption { fact, value: Value::parse(catalog().vocabulary().spec(fact), text).expect("a value") }
    };
    Planner::new(catalog(), request, assumed.iter().map(assumption).collect())
}

/// A snapshot as a line of NDJSON.
pub fn line(snapshot: &Snapshot) -> String {
    let name = |fact: &FactId| catalog().vocabulary().name(*fact).to_owned();
    let facts: serde_json::Map<_, _> = snapshot.facts().iter().map(|(fact, value)| (name(fact), value.to_json())).collect();
    let unknown: serde_json::Map<_, _> =
        snapshot.unknown().iter().map(|(fact, reason)| (name(fact), (**reason).into())).collect();
    serde_json::json!({ "schema": "cutover/snapshot/v1", "host": snapshot.host(), "facts": facts, "unknown": unknown })
        .to_string()
}

/// The parameters of the ready servers as options of the command line.
pub fn options() -> Vec<String> {
    let of = server("2012r2-scep");
    let set = |(name, value): &(Arc<str>, Value)| ["--set".to_owned(), format!("{name}={value}")];
    of.parameters.iter().flat_map(set).collect()
}
