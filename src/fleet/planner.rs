//! What is asked of the planner for a whole estate, and which servers get the same answer.

use super::answer::{Answer, Answers, Way};
use super::document::{Asked, Missing};
use super::hinges::Hinges;
use super::known::{Known, Outcomes};
use crate::catalog::Catalog;
use crate::condition::{Argument, Operand, Space};
use crate::fact::{FactId, HostFacts, Marks, SnapshotReader, Value};
use crate::inventory::formats;
use crate::observe::Observer;
use crate::plan::{Assumption, Contradiction, Plan, Request, Start, chosen, findings_of_server, outline, plan};
use std::sync::Arc;

/// Plans the servers of an estate, all under the same question.
#[derive(Clone, Debug)]
pub struct Planner<'c> {
    catalog: &'c Catalog,
    observer: Observer<'c>,
    request: Request,
    assumptions: Vec<Assumption>,
    marks: Marks,
    hinges: Hinges<'c>,
    /// For each fact its name, and what a summary says of it where it is missing.
    names: Vec<Arc<str>>,
    missing: Vec<Arc<Missing>>,
}

impl<'c> Planner<'c> {
    /// A planner for this question.
    pub fn new(catalog: &'c Catalog, request: Request, assumptions: Vec<Assumption>) -> Self {
        let vocabulary = catalog.vocabulary();
        let can_say: Vec<_> = formats(vocabulary).collect();
        let missing = vocabulary.ids().map(|fact| {
            let spec = vocabulary.spec(fact);
            Arc::new(Missing {
                fact: Some(spec.id().to_owned()),
                parameter: None,
                observed: Some(spec.observed().to_owned()),
                exports: can_say.iter().filter(|known| known.says.contains(&fact)).map(|known| known.id.to_owned()).collect(),
            })
        });
        let missing = missing.collect();
        let marks = marks(catalog, &request, &assumptions);
        let hinges = Hinges::new(catalog, &assumptions);
        let names = vocabulary.ids().map(|fact| Arc::from(vocabulary.name(fact))).collect();
        Self { catalog, observer: Observer::new(catalog), request, assumptions, marks, hinges, names, missing }
    }

    /// What reads the snapshots of its servers, and judges what was only recorded.
    pub fn reader(&self) -> SnapshotReader<'_> {
        SnapshotReader::new(self.catalog.vocabulary()).judged_by(&self.observer)
    }

    /// The values that tell servers apart: two servers of the same key have the same plan, but for their names and the exact
    /// values and reasons that the plan repeats.
    pub fn marks(&self) -> &Marks {
        &self.marks
    }

    /// The plan of a server.
    ///
    /// # Errors
    ///
    /// Where a source contradicts an assumption.
    pub fn plan(&self, host: &dyn HostFacts) -> Result<Plan<'c>, Contradiction> {
        Ok(plan(self.catalog, Start::observe(self.catalog, host, &self.assumptions)?, self.request.clone()))
    }

    /// What servers add to a summary, of which nothing is known yet.
    pub(super) fn no_answers(&self) -> Answers<'_> {
        let outcomes = Outcomes::new(&self.marks, &self.hinges, self.catalog.vocabulary().len());
        Answers { outcomes, ways: Known::default(), findings: Known::default(), shared: 0, planned: 0 }
    }

    /// What a server with this key adds to a summary.
    pub(super) fn answer(&self, host: &dyn HostFacts, key: &[u8], answers: &mut Answers<'_>) -> Result<Answer, Contradiction> {
        let start = Start::observe(self.catalog, host, &self.assumptions)?;
        let pays = answers.pays();
        let Answers { outcomes, ways, findings, planned, .. } = answers;
        outcomes.note(key, &start);
        // Planning keeps the start.
        let planning = match ways.find(outcomes, key) {
            Some(way) => Err((way, start)),
            None => Ok(outline(self.catalog, start, self.request.clone())),
        };
        let (start, scenario) = match &planning {
            Ok(plan) => (&plan.start, plan.scenario),
            Err((_, start)) => (start, chosen(self.catalog, start, &self.request)),
        };
        let findings = findings.find(outcomes, key).unwrap_or_else(|| {
            let mut listed: Vec<Arc<str>> = if let Ok(plan) = &planning {
                plan.findings_of_server().map(|finding| Arc::clone(&finding.id)).collect()
            } else {
                let found = findings_of_server(self.catalog, scenario, start, &self.request);
                found.into_iter().map(|finding| finding.id).collect()
            };
            listed.sort_unstable();
            listed.dedup();
            let listed = Arc::new(listed);
            findings.insert(outcomes, key, self.hinges.of_findings(scenario, start, &self.request), Arc::clone(&listed));
            listed
        });
        let way = match planning {
            Err((way, _)) => way,
            Ok(plan) => {
                let way = Arc::new(Way::of(self, &plan));
                *planned += u64::from(scenario.is_some());
                if pays || scenario.is_none() {
                    ways.insert(outcomes, key, self.hinges.of_way(&plan), Arc::clone(&way));
                }
                way
            }
        };
        Ok(Answer { way, findings })
    }

    /// The catalog.
    pub fn catalog(&self) -> &'c Catalog {
        self.catalog
    }

    /// What is asked, as summaries say it.
    pub(super) fn asked(&self) -> Asked {
        let assumed = |one: &Assumption| (self.catalog.vocabulary().name(one.fact).to_owned(), one.value.to_json());
        Asked {
            scenario: self.request.scenario.clone(),
            order: self.request.order.name().to_owned(),
            without_supplements: self.request.without_supplements,
            parameters: self.request.parameters.iter().map(|(name, value)| (name.to_string(), value.to_json())).collect(),
            assumed: self.assumptions.iter().map(assumed).collect(),
        }
    }

    /// The name of a fact.
    pub(super) fn name(&self, fact: FactId) -> &Arc<str> {
        &self.names[fact.index()]
    }

    /// What a summary says of a fact that is missing.
    pub(super) fn missing(&self, fact: FactId) -> &Arc<Missing> {
        &self.missing[fact.index()]
    }
}

/// Tells apart whatever a rule of the catalog or an assumption does, with the parameters as they are in this question.
fn marks(catalog: &Catalog, request: &Request, assumptions: &[Assumption]) -> Marks {
    let mut arguments: Vec<Vec<Argument>> = vec![Vec::new(); catalog.parameter_names().len()];
    for spec in catalog.scenarios().iter().flat_map(|scenario| &scenario.parameters) {
        let given = request.parameters.iter().find(|(name, _)| *name == spec.name).map(|(_, value)| value);
        let listed = &mut arguments[spec.parameter.index()];
        if let Some(value) = given.or(spec.default.as_ref()) {
            listed.push(Argument::Given(value.clone()));
        }
    }
    let mut space = Space::new(catalog.vocabulary(), arguments);
    catalog.conditions().for_each(|condition| space.read(condition));
    catalog.changes().for_each(|change| change.tell_apart(&mut space));
    for Assumption { fact, value } in assumptions {
        space.operand(*fact, &Operand::Literal(value.clone()));
        // What contradicts the assumption of a part of a version lies outside of all that begins with it.
        if let Value::Version(version) = value {
            space.value(*fact, &Value::Version(version.last_with_prefix()));
        }
    }
    space.marks()
}
