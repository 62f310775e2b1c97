//! The proof document, `cutover/proof/v1`.

use super::{BackFrom, BackWrong, Counterexample, EdgeVerdict, Happened, Moment, Proof, Property, Server, Unmet, Verdict, Wrong};
use crate::catalog::{Catalog, Scenario};
use crate::condition::{Argument, ParameterId};
use crate::fact::{FactId, Value};
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::{Map, Value as Json};

/// The schema that a proof document names.
pub const SCHEMA: &str = "cutover/proof/v1";

/// What was proved of a scenario.
#[derive(Clone, Debug, JsonSchema, Serialize)]
pub struct ProofDocument {
    /// Always [`SCHEMA`].
    pub schema: &'static str,
    /// The scenario.
    pub scenario: String,
    /// The digest of the catalog.
    pub catalog: String,
    /// `any` order that the edges allow, or only the `documented` one.
    pub order: &'static str,
    /// Whether the article was taken to the letter.
    pub without_supplements: bool,
    /// Whether every property holds.
    pub holds: bool,
    /// Whether just those properties fail that the scenario says fail.
    pub as_expected: bool,
    /// Each property, (a) to (g).
    pub properties: Vec<PropertyDocument>,
    /// The servers that can be told apart.
    pub servers: u128,
    /// Vectors that are no servers only because they cannot be true together.
    pub impossible: u128,
    /// Servers that are ready.
    pub ready: u128,
    /// Servers that are done.
    pub done: u128,
    /// The distinct states that can be reached.
    pub states: u128,
    /// The distinct (state, step, outcome, state).
    pub transitions: u128,
    /// The orders that the edges allow; null beyond 2^128.
    pub orders: Option<u128>,
    /// What each technical edge is for, where everything holds.
    pub edges: Vec<EdgeDocument>,
    /// Of these the edges that nothing needs.
    pub edges_unneeded: Vec<EdgeDocument>,
    /// Edges of which each alone mends a property that fails only in another than the documented order.
    pub edges_missing: Vec<EdgeDocument>,
    /// For each step, from how many of the ready servers there is a way back after it, in documented order.
    pub way_back: Vec<BackDocument>,
    /// What is wrong on the ways back.
    pub way_back_wrong: Vec<BackWrongDocument>,
}

/// The ready servers by what can be done after a step to become no worse than before the first one.
#[derive(Clone, Debug, JsonSchema, Serialize)]
pub struct BackDocument {
    /// The step.
    pub step: String,
    /// Those with a way back.
    pub back: u128,
    /// Those with a way back that something stands in the way of.
    pub blocked: u128,
    /// Those for which the point of no return is passed.
    pub no_return: u128,
}

/// A state on a way back from which nothing can be taken up again, or that cannot be.
#[derive(Clone, Debug, JsonSchema, Serialize)]
pub struct BackWrongDocument {
    /// `d` or `g`.
    pub property: char,
    /// The step that was being undone; nothing at the restart at the end of the way back.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub undoes: Option<String>,
    /// How that turned out: `success`, `restart_needed` or `failure`.
    pub outcome: &'static str,
    /// Which failure.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub failure: Option<String>,
    /// The facts then.
    pub facts: Map<String, Json>,
    /// The parameters; null for one that is left out.
    pub parameters: Map<String, Json>,
}

/// A property.
#[derive(Clone, Debug, JsonSchema, Serialize)]
pub struct PropertyDocument {
    /// Its letter, `a` to `g`.
    pub property: char,
    /// What it says.
    pub title: &'static str,
    /// Whether it holds.
    pub holds: bool,
    /// Where it does not, the shortest stories that show it.
    pub counterexamples: Vec<CounterexampleDocument>,
}

/// An edge.
#[derive(Clone, Debug, JsonSchema, PartialEq, Serialize)]
pub struct EdgeDocument {
    /// The step that comes first.
    pub from: String,
    /// The step that waits for it.
    pub to: String,
    /// A property that fails without it; null where none does.
    pub property: Option<char>,
}

/// A story that refutes a property.
#[derive(Clone, Debug, JsonSchema, Serialize)]
pub struct CounterexampleDocument {
    /// The server, as a snapshot that can be saved and planned.
    pub snapshot: SnapshotDocument,
    /// The facts that are not as they usually are.
    pub unusual: Map<String, Json>,
    /// The parameters; null for one that is left out.
    pub parameters: Map<String, Json>,
    /// What happens; steps that are passed over are left out.
    pub events: Vec<EventDocument>,
    /// The steps of which effects are outstanding in the end.
    pub outstanding: Vec<String>,
    /// The facts in the end that differ from those at the beginning.
    pub end: Map<String, Json>,
    /// What is wrong then.
    pub wrong: WrongDocument,
}

/// A snapshot.
#[derive(Clone, Debug, JsonSchema, Serialize)]
pub struct SnapshotDocument {
    /// Always `cutover/snapshot/v1`.
    pub schema: &'static str,
    /// A name made of the scenario and the property.
    pub host: String,
    /// Where it comes from.
    pub source: String,
    /// The facts that the proof is about.
    pub facts: Map<String, Json>,
}

/// Something that happens.
#[derive(Clone, Debug, JsonSchema, Serialize)]
pub struct EventDocument {
    /// The step; null between two steps.
    pub step: Option<String>,
    /// The article's number for it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub article: Option<String>,
    /// `success`, `restart_needed`, `failure` or `interrupted`.
    pub outcome: &'static str,
    /// Which failure.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub failure: Option<String>,
    /// The facts that change, with what they become.
    pub changes: Map<String, Json>,
}

/// What is wrong.
#[derive(Clone, Debug, JsonSchema, Serialize)]
pub struct WrongDocument {
    /// `goal_missed`, `broken`, `refused`, `stranded`, `stranded_elsewhere`, `longer`, `refused_too_much` or `contradicted`.
    pub what: &'static str,
    /// The step concerned; null for an end or a whole run.
    pub step: Option<String>,
    /// The article's number for it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub article: Option<String>,
    /// The outcome of the step that breaks an invariant.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub outcome: Option<&'static str>,
    /// The invariant, exposure or `impossible:` line.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub invariant: Option<String>,
    /// What is longer: steps, minutes or restarts.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub measure: Option<&'static str>,
    /// The scenario that would be chosen instead.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scenario: Option<String>,
    /// The action that would set it right.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub action: Option<String>,
    /// What is needed and not there.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub unmet: Vec<UnmetDocument>,
}

/// A test that does not come out as needed.
#[derive(Clone, Debug, JsonSchema, Serialize)]
pub struct UnmetDocument {
    /// The step that needs it; `goal` for the goal.
    pub step: String,
    /// What is needed, in words.
    pub needs: String,
    /// The fact.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fact: Option<String>,
    /// What it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub is: Option<Json>,
}

/// The step that a mistake concerns.
pub(super) fn concerned(wrong: &Wrong) -> Option<usize> {
    match wrong {
        Wrong::Refused { step, .. } => Some(*step),
        Wrong::Broken { step, .. } | Wrong::RefusedTooMuch { step, .. } => *step,
        Wrong::Stranded(unmet) => unmet.first().and_then(|unmet| unmet.step),
        Wrong::GoalMissed(_) | Wrong::StrandedElsewhere { .. } | Wrong::Longer { .. } | Wrong::Contradicted { .. } => None,
    }
}

impl Proof {
    /// Whether every property holds, on the ways back too.
    pub fn holds(&self) -> bool {
        self.verdicts.iter().all(|verdict| verdict.holds) && self.way_back_wrong.is_empty()
    }

    /// Whether just those properties fail that the scenario says fail.
    pub fn as_expected(&self, scenario: &Scenario) -> bool {
        let expected = |property: Property| scenario.refuted.iter().any(|letter| letter.chars().eq([property.letter()]));
        self.verdicts.iter().all(|verdict| verdict.holds != expected(verdict.property)) && self.way_back_wrong.is_empty()
    }

    /// The document of a proof of this scenario.
    pub fn document(&self, catalog: &Catalog, scenario: &Scenario) -> ProofDocument {
        let words = Words { catalog, scenario };
        let edges: Vec<EdgeDocument> = self.edges.iter().map(|edge| words.edge(edge)).collect();
        let missing = self.missing.iter().map(|edge| EdgeDocument {
            from: words.step(edge.from),
            to: words.step(edge.to),
            property: Some(edge.mends.letter()),
        });
        ProofDocument {
            schema: SCHEMA,
            scenario: self.scenario.to_string(),
            catalog: catalog.digest().to_owned(),
            order: if self.options.documented_order_only { "documented" } else { "any" },
            without_supplements: self.options.without_supplements,
            holds: self.holds(),
            as_expected: self.as_expected(scenario),
            properties: self.verdicts.iter().map(|verdict| words.property(verdict)).collect(),
            servers: self.servers,
            impossible: self.impossible,
            ready: self.ready,
            done: self.done,
            states: self.states,
            transitions: self.transitions,
            orders: self.orders,
            edges_unneeded: edges.iter().filter(|edge| edge.property.is_none()).cloned().collect(),
            edges_missing: missing.collect(),
            way_back: self.way_back.iter().map(|from| words.back(from)).collect(),
            way_back_wrong: self.way_back_wrong.iter().map(|wrong| words.back_wrong(wrong)).collect(),
            edges,
        }
    }
}

/// Names for what a proof says in numbers.
struct Words<'c> {
    catalog: &'c Catalog,
    scenario: &'c Scenario,
}

impl Words<'_> {
    fn step(&self, index: usize) -> String {
        self.scenario.steps[index].id.to_string()
    }

    fn article(&self, index: Option<usize>) -> Option<String> {
        self.scenario.steps[index?].article.as_ref().map(ToString::to_string)
    }

    fn edge(&self, edge: &EdgeVerdict) -> EdgeDocument {
        let property = edge.needed_for.map(Property::letter);
        EdgeDocument { from: self.step(edge.from), to: self.step(edge.to), property }
    }

    fn property(&self, verdict: &Verdict) -> PropertyDocument {
        let Verdict { property, holds, counterexamples } = verdict;
        let told = counterexamples.iter().enumerate().map(|(number, one)| self.counterexample(*property, number, one));
        PropertyDocument { property: property.letter(), title: property.title(), holds: *holds, counterexamples: told.collect() }
    }

    fn facts(&self, facts: &[(FactId, Value)]) -> Map<String, Json> {
        facts.iter().map(|(fact, value)| (self.catalog.vocabulary().name(*fact).to_owned(), value.to_json())).collect()
    }

    fn parameters(&self, parameters: &[(ParameterId, Argument)]) -> Map<String, Json> {
        let parameter = |(parameter, argument): &(_, Argument)| {
            let value = if let Argument::Given(value) = argument { value.to_json() } else { Json::Null };
            (self.catalog.parameter_names().name(*parameter).to_owned(), value)
        };
        parameters.iter().map(parameter).collect()
    }

    fn back(&self, from: &BackFrom) -> BackDocument {
        let BackFrom { step, back, blocked, no_return } = *from;
        BackDocument { step: self.step(step), back, blocked, no_return }
    }

    fn back_wrong(&self, wrong: &BackWrong) -> BackWrongDocument {
        let (outcome, failure) = outcome(&wrong.happened);
        BackWrongDocument {
            property: wrong.property.letter(),
            undoes: wrong.undoes.map(|step| self.step(step)),
            outcome,
            failure,
            facts: self.facts(&wrong.facts),
            parameters: self.parameters(&wrong.parameters),
        }
    }

    fn counterexample(&self, property: Property, number: usize, one: &Counterexample) -> CounterexampleDocument {
        let Counterexample { server: Server { facts, parameters }, moments, end, outstanding, wrong } = one;
        let another = if number == 0 { String::new() } else { format!("-{}", number + 1) };
        let unusual = facts.iter().filter(|(fact, value)| {
            let usual = self.catalog.vocabulary().spec(*fact).usual();
            usual.first().is_some_and(|usual| usual != value)
                || usual.is_empty() && !matches!(value, Value::Set(words) if words.is_empty()) && self.matters(*fact)
        });
        let changed: Vec<(FactId, Value)> = end.iter().filter(|one| !facts.contains(one)).cloned().collect();
        CounterexampleDocument {
            snapshot: SnapshotDocument {
                schema: "cutover/snapshot/v1",
                host: format!("{}-{}{another}", self.scenario.id, property.letter()),
                source: format!("a server that refutes ({}) of {}", property.letter(), self.scenario.id),
                facts: self.facts(facts),
            },
            unusual: self.facts(&unusual.cloned().collect::<Vec<_>>()),
            parameters: self.parameters(parameters),
            events: moments.iter().map(|moment| self.event(moment)).collect(),
            outstanding: outstanding.iter().map(|step| self.step(*step)).collect(),
            end: self.facts(&changed),
            wrong: self.wrong(wrong),
        }
    }

    /// Texts that have no usual value are shown only where they are sets.
    fn matters(&self, fact: FactId) -> bool {
        self.catalog.vocabulary().spec(fact).kind() == crate::fact::FactType::Set
    }

    fn event(&self, moment: &Moment) -> EventDocument {
        let (outcome, failure) = outcome(&moment.happened);
        EventDocument {
            step: moment.step.map(|step| self.step(step)),
            article: self.article(moment.step),
            outcome,
            failure,
            changes: self.facts(&moment.changed),
        }
    }

    fn unmet(&self, unmet: &[Unmet]) -> Vec<UnmetDocument> {
        let one = |unmet: &Unmet| UnmetDocument {
            step: unmet.step.map_or_else(|| "goal".to_owned(), |step| self.step(step)),
            needs: unmet.needs.clone(),
            fact: unmet.is.as_ref().map(|(fact, _)| self.catalog.vocabulary().name(*fact).to_owned()),
            is: unmet.is.as_ref().map(|(_, value)| value.to_json()),
        };
        unmet.iter().map(one).collect()
    }

    fn wrong(&self, wrong: &Wrong) -> WrongDocument {
        let step = concerned(wrong);
        let plain = WrongDocument {
            what: "",
            step: step.map(|step| self.step(step)),
            article: self.article(step),
            outcome: None,
            invariant: None,
            measure: None,
            scenario: None,
            action: None,
            unmet: Vec::new(),
        };
        match wrong {
            Wrong::GoalMissed(unmet) => WrongDocument { what: "goal_missed", unmet: self.unmet(unmet), ..plain },
            Wrong::Broken { happened, invariant, .. } => {
                let outcome = happened.as_ref().map(|happened| outcome(happened).0);
                WrongDocument { what: "broken", outcome, invariant: Some(invariant.to_string()), ..plain }
            }
            Wrong::Refused { unmet, .. } => WrongDocument { what: "refused", unmet: self.unmet(unmet), ..plain },
            Wrong::Stranded(unmet) => WrongDocument { what: "stranded", unmet: self.unmet(unmet), ..plain },
            Wrong::StrandedElsewhere { scenario, unmet } => {
                let other = self.catalog.scenario(scenario).unwrap_or(self.scenario);
                let unmet = Words { catalog: self.catalog, scenario: other }.unmet(unmet);
                WrongDocument { what: "stranded_elsewhere", scenario: Some(scenario.to_string()), unmet, ..plain }
            }
            Wrong::Longer { invariant, measure } => {
                WrongDocument { what: "longer", invariant: Some(invariant.to_string()), measure: Some(measure), ..plain }
            }
            Wrong::RefusedTooMuch { step, needs, action } => {
                let step = step.map_or_else(|| "goal".to_owned(), |step| self.step(step));
                let unmet = vec![UnmetDocument { step, needs: needs.clone(), fact: None, is: None }];
                WrongDocument { what: "refused_too_much", action: Some(action.to_string()), unmet, ..plain }
            }
            Wrong::Contradicted { line } => WrongDocument { what: "contradicted", invariant: Some(line.to_string()), ..plain },
        }
    }
}

fn outcome(happened: &Happened) -> (&'static str, Option<String>) {
    match happened {
        Happened::Succeeded => ("success", None),
        Happened::RestartNeeded => ("restart_needed", None),
        Happened::Failed(failure) => ("failure", Some(failure.to_string())),
        Happened::Interrupted => ("interrupted", None),
    }
}
