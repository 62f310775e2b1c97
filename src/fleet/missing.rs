//! Which facts would turn how many servers without an answer into answers, best first.
//!
//! What a server still lacks is worked out as far as it can be foreseen: the facts that its plan hangs on are taken to be as
//! they usually are, and it is planned again, until nothing is left to be known before the first step. So the count says
//! what has to be collected if things are as usual; no answer rests on it.

use super::{Known, known_of};
use crate::catalog::Catalog;
use crate::condition::Subject;
use crate::fact::{FactId, HostFacts, Snapshot, Value};
use crate::inventory::formats;
use crate::plan::{Assumption, At, Plan, Request, Start, Status, plan};
use schemars::JsonSchema;
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

/// How often a server is planned again with more facts taken to be as usual.
const MOST_ROUNDS: usize = 24;

/// What is missing for answers, `cutover/missing/v1`.
#[derive(Debug, Serialize, JsonSchema)]
pub struct MissingDocument {
    /// `cutover/missing/v1`.
    pub schema: &'static str,
    /// How many servers there are.
    pub servers: usize,
    /// How many of them have an answer: ready, done, blocked or not applicable, or ready but for what only a step can show.
    pub answered: usize,
    /// The facts that the others lack, the most useful first.
    pub facts: Vec<MissingFact>,
    /// The parameters that the others lack.
    pub parameters: Vec<MissingParameter>,
    /// How many servers would still have no answer, since something has no usual value to go on with.
    pub left: usize,
}

/// A fact that servers lack.
#[derive(Debug, Serialize, JsonSchema)]
pub struct MissingFact {
    /// The fact.
    pub fact: String,
    /// How many servers without an answer lack it.
    pub servers: usize,
    /// How many servers have an answer once this fact and those before it are known, and the parameters given.
    pub answered: usize,
    /// How it is seen on a server or elsewhere.
    pub observed: String,
    /// The exports that can say it, by their short names.
    pub exports: Vec<&'static str>,
}

/// A parameter that servers lack.
#[derive(Debug, Serialize, JsonSchema)]
pub struct MissingParameter {
    /// The parameter.
    pub parameter: String,
    /// How many servers without an answer lack it.
    pub servers: usize,
}

/// What a server lacks.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
struct Lacking {
    facts: BTreeSet<FactId>,
    parameters: BTreeSet<String>,
    /// Something has no usual value, so that what comes after it cannot be foreseen.
    open: bool,
}

/// Works out what servers lack.
pub fn missing<'s>(
    catalog: &Catalog,
    request: &Request,
    assumptions: &[Assumption],
    servers: impl Iterator<Item = &'s Snapshot>,
) -> MissingDocument {
    let mut known: HashMap<Known, Lacking> = HashMap::new();
    let mut lacking: BTreeMap<Lacking, usize> = BTreeMap::new();
    let mut count = 0;
    for server in servers {
        count += 1;
        let lacks = known.entry(known_of(server)).or_insert_with(|| lacks(catalog, request, assumptions, server));
        *lacking.entry(lacks.clone()).or_default() += 1;
    }
    let answered = lacking.get(&Lacking::default()).copied().unwrap_or_default();
    lacking.remove(&Lacking::default());
    let mut parameters: BTreeMap<String, usize> = BTreeMap::new();
    for (lacks, servers) in &lacking {
        for parameter in &lacks.parameters {
            *parameters.entry(parameter.clone()).or_default() += servers;
        }
    }
    let left = lacking.iter().filter(|(lacks, _)| lacks.open).map(|(_, servers)| servers).sum();
    MissingDocument {
        schema: "cutover/missing/v1",
        servers: count,
        answered,
        facts: best_first(catalog, answered, &lacking),
        parameters: parameters.into_iter().map(|(parameter, servers)| MissingParameter { parameter, servers }).collect(),
        left,
    }
}

/// What a server lacks for an answer.
fn lacks(catalog: &Catalog, request: &Request, assumptions: &[Assumption], server: &Snapshot) -> Lacking {
    let mut found = Lacking::default();
    let mut request = request.clone();
    let mut taken = assumptions.to_vec();
    for _ in 0..MOST_ROUNDS {
        // What is usual may contradict what is known; then there is nothing more to foresee.
        let Ok(start) = Start::observe(catalog, server, &taken) else { break };
        let planned = plan(catalog, start, request.clone());
        let hangs_on = hangs_on(&planned);
        if hangs_on.is_empty() {
            return found;
        }
        let before = (taken.len(), request.parameters.len());
        for subject in hangs_on {
            match subject {
                Subject::Fact(fact) => {
                    found.facts.insert(fact);
                    let usual = usual(catalog, fact, server);
                    if let Some(value) = usual.filter(|_| !taken.iter().any(|one| one.fact == fact)) {
                        taken.push(Assumption { fact, value });
                    }
                }
                Subject::Parameter(parameter) => {
                    let name = catalog.parameter_names().name(parameter);
                    found.parameters.insert(name.to_owned());
                    let given = request.parameters.iter().any(|(given, _)| **given == *name);
                    if let Some(value) = any_value(catalog, name).filter(|_| !given) {
                        request.parameters.push((Arc::from(name), value));
                    }
                }
            }
        }
        if before == (taken.len(), request.parameters.len()) {
            break;
        }
    }
    found.open = true;
    found
}

/// What a plan hangs on that can be known before its first step; nothing where it is an answer.
pub(super) fn hangs_on(planned: &Plan<'_>) -> BTreeSet<Subject> {
    if !matches!(planned.status, Status::Undetermined | Status::ReadyIf) {
        return BTreeSet::new();
    }
    let unknown = planned.unknowns.iter().map(|unknown| unknown.subject);
    let open = planned
        .candidates
        .iter()
        .flat_map(|candidate| &candidate.open)
        .map(|reason| subject(reason.missing, reason.leaf.test.subject));
    let confirm = planned.confirm.iter().filter(|row| row.at == At::Start);
    let confirm = confirm.map(|row| subject(row.missing, row.leaf.test.subject));
    unknown.chain(open).chain(confirm).collect()
}

/// Some value that a parameter can have.
fn any_value(catalog: &Catalog, name: &str) -> Option<Value> {
    let spec = catalog.parameter(name)?;
    let texts = ["11111111-1111-4111-8111-111111111111", "true", "4.18.23110.3", "1"];
    texts.iter().find_map(|text| spec.parse(text).ok())
}

/// What a test waits for: a parameter that was not given, or what it is about.
fn subject(missing: Option<crate::condition::ParameterId>, of: Subject) -> Subject {
    missing.map_or(of, Subject::Parameter)
}

/// What a fact usually is, of the release that the server has.
fn usual(catalog: &Catalog, fact: FactId, server: &Snapshot) -> Option<Value> {
    let vocabulary = catalog.vocabulary();
    let usual = vocabulary.spec(fact).usual();
    let release = vocabulary.find("os.release");
    let is_2016 = release.is_some_and(
        |release| matches!(server.observe(release), crate::fact::Observation::Known(value) if value.to_string() == "2016"),
    );
    // Facts of which the usual value depends on the release have that of 2012 R2 first.
    let of_release = usual.get(usize::from(is_2016 && usual.len() > 1)).or(usual.first()).cloned();
    of_release.or_else(|| (vocabulary.spec(fact).kind() == crate::fact::FactType::Set).then(|| Value::Set(BTreeSet::new())))
}

/// The facts in the order in which learning them brings answers soonest.
fn best_first(catalog: &Catalog, answered: usize, lacking: &BTreeMap<Lacking, usize>) -> Vec<MissingFact> {
    let vocabulary = catalog.vocabulary();
    let mut left: Vec<(BTreeSet<FactId>, bool, usize)> =
        lacking.iter().map(|(lacks, servers)| (lacks.facts.clone(), lacks.open, *servers)).collect();
    let mut counts: BTreeMap<FactId, usize> = BTreeMap::new();
    for (facts, _, servers) in &left {
        for fact in facts {
            *counts.entry(*fact).or_default() += servers;
        }
    }
    let can_say: Vec<_> = formats(vocabulary).collect();
    // Parameters cost nothing but a word on the command line, so that they do not stand in the way of the count.
    let mut answers =
        answered + left.iter().filter(|(facts, open, _)| facts.is_empty() && !open).map(|(.., servers)| servers).sum::<usize>();
    let mut found = Vec::new();
    while !counts.is_empty() {
        let mut weights: BTreeMap<FactId, f64> = BTreeMap::new();
        for (facts, _, servers) in left.iter().filter(|(facts, ..)| !facts.is_empty()) {
            #[expect(clippy::cast_precision_loss, reason = "a weight for an order")]
            let share = *servers as f64 / (facts.len() * facts.len()) as f64;
            for fact in facts {
                *weights.entry(*fact).or_default() += share;
            }
        }
        let mut best: Option<(FactId, f64)> = None;
        for (fact, weight) in weights {
            if best.is_none_or(|(_, other)| weight > other) {
                best = Some((fact, weight));
            }
        }
        let Some((fact, _)) = best else { break };
        for (facts, open, servers) in &mut left {
            if facts.remove(&fact) && facts.is_empty() && !*open {
                answers += *servers;
            }
        }
        let spec = vocabulary.spec(fact);
        found.push(MissingFact {
            fact: spec.id().to_owned(),
            servers: counts.remove(&fact).unwrap_or_default(),
            answered: answers,
            observed: spec.observed().to_owned(),
            exports: can_say.iter().filter(|known| known.says.contains(&fact)).map(|known| known.id).collect(),
        });
    }
    found
}
