//! The explanation document, `cutover/explanation/v1`.

use super::{Explanation, MOST_FACTS, Wanted};
use crate::catalog::{Catalog, Step};
use crate::condition::{Condition, Leaf, Place as Written, Subject, Truth};
use crate::fact::Abstract;
use crate::plan::document::{CandidateDocument, Writer};
use crate::plan::start::Origin;
use crate::plan::{Blocker, Confirm, Place, Plan, Reason, Rule, Seen, Status, UnknownFact};
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::{Map, Value as Json};

/// The schema that an explanation names.
pub const SCHEMA: &str = "cutover/explanation/v1";

/// Why a plan, or one of its steps, is what it is.
#[derive(Clone, Debug, JsonSchema, Serialize)]
pub struct ExplanationDocument {
    /// Always [`SCHEMA`].
    pub schema: &'static str,
    /// The server's name.
    pub host: String,
    /// The scenario; null where none was chosen.
    pub scenario: Option<String>,
    /// True where the scenario was named, and not chosen.
    pub named: bool,
    /// What the plan says of the server.
    pub status: &'static str,
    /// What speaks for and against each scenario.
    pub candidates: Vec<CandidateDocument>,
    /// The step that was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub step: Option<StepExplanation>,
    /// What decides the answer, each with the rule behind it.
    pub entries: Vec<EntryDocument>,
    /// The least that would change the answer.
    pub smallest_change: SmallestChangeDocument,
}

/// What there is to say of a step besides what decides it.
#[derive(Clone, Debug, JsonSchema, Serialize)]
pub struct StepExplanation {
    /// The step's id.
    pub id: String,
    /// What its action does.
    pub title: String,
    /// `perform`, `check_first`, `skip` or `decide_later`.
    pub decision: &'static str,
    /// For a skip: `does_not_apply` or `already_so`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub why: Option<&'static str>,
    /// True where something stands in its way.
    pub blocked: bool,
    /// The article's number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub article: Option<String>,
    /// What the article says there, in the catalog's words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub says: Option<String>,
    /// Why the step is there although the article lacks it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub supplement: Option<String>,
    /// The steps that it follows, with the kind of each edge and why it is there.
    pub after: Vec<EdgeDocument>,
    /// The exposures that open after it.
    pub opens: Vec<String>,
    /// The exposures that close with it.
    pub closes: Vec<String>,
}

/// An edge to a step.
#[derive(Clone, Debug, JsonSchema, Serialize)]
pub struct EdgeDocument {
    /// The earlier step.
    pub step: String,
    /// `technical`, `procedural` or `script`.
    pub kind: &'static str,
    /// Why it is there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub because: Option<String>,
}

/// A test that decides something.
#[derive(Clone, Debug, JsonSchema, Serialize)]
pub struct EntryDocument {
    /// The step, `goal`, `supports` or `applies_when`.
    pub place: String,
    /// `blocks`, `confirm`, `decides`, `because` or `holds`.
    pub kind: &'static str,
    /// The fact or the parameter, what was seen and what is needed.
    #[serde(flatten)]
    pub test: Map<String, Json>,
    /// Where what was seen comes from; nothing where nothing was seen.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub seen: Option<String>,
    /// `start` or `step`: when a row has to be confirmed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub at: Option<&'static str>,
    /// Of the rows with the same number one suffices.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub any_of: Option<usize>,
    /// The rule that the test is a part of.
    pub rule: RuleDocument,
    /// What to do.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub remedy: Option<String>,
}

/// A rule of the catalog.
#[derive(Clone, Debug, JsonSchema, Serialize)]
pub struct RuleDocument {
    /// The file within the catalog and the line; nothing where the catalog keeps no places.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub file: Option<String>,
    /// The line, from 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub line: Option<usize>,
    /// What the rule is, such as `install-mde requires`.
    pub of: String,
    /// Where the knowledge comes from.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
    /// The article's number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub article: Option<String>,
}

/// The least that would change the answer.
#[derive(Clone, Debug, JsonSchema, Serialize)]
pub struct SmallestChangeDocument {
    /// What it brings about: `ready`, `not_ready`, `step_done`, `step_left_out` or `step_free`.
    pub brings: &'static str,
    /// The facts that change; null where no change of so many facts brings it about.
    pub changes: Option<Vec<ChangedFact>>,
    /// The most facts that were tried together.
    pub most_facts: usize,
}

/// A fact that changes.
#[derive(Clone, Debug, JsonSchema, Serialize)]
pub struct ChangedFact {
    /// The fact.
    pub fact: String,
    /// What is known of it; null for nothing.
    pub from: Json,
    /// What it would have to be.
    pub to: Json,
}

impl Explanation<'_> {
    /// The document of the explanation for a server of that name.
    pub fn document(&self, host: &str) -> ExplanationDocument {
        let plan = self.plan;
        let writer = Entries { plan, writer: Writer::new(plan) };
        ExplanationDocument {
            schema: SCHEMA,
            host: host.to_owned(),
            scenario: plan.scenario.map(|scenario| scenario.id.to_string()),
            named: plan.request.scenario.is_some(),
            status: plan.status.name(),
            candidates: self.candidates.iter().map(|candidate| writer.writer.candidate(candidate)).collect(),
            step: self.step.map(|at| writer.step(at)),
            entries: match self.step {
                Some(at) => writer.of_step(at),
                None => writer.of_plan(),
            },
            smallest_change: self.smallest_change(),
        }
    }

    fn smallest_change(&self) -> SmallestChangeDocument {
        let start = &self.plan.start;
        let vocabulary = self.plan.catalog.vocabulary();
        let changed = |(fact, value): &(crate::fact::FactId, crate::fact::Value)| ChangedFact {
            fact: vocabulary.name(*fact).to_owned(),
            from: start.shown(*fact),
            to: value.to_json(),
        };
        SmallestChangeDocument {
            brings: match self.wanted {
                Wanted::Good => "ready",
                Wanted::NotGood => "not_ready",
                Wanted::StepDone(_) => "step_done",
                Wanted::StepLeftOut(_) => "step_left_out",
                Wanted::StepFree(_) => "step_free",
            },
            changes: self.change.as_ref().map(|change| change.iter().map(changed).collect()),
            most_facts: MOST_FACTS,
        }
    }
}

struct Entries<'p> {
    plan: &'p Plan<'p>,
    writer: Writer<'p>,
}

impl Entries<'_> {
    /// What decides the plan as a whole.
    fn of_plan(&self) -> Vec<EntryDocument> {
        let plan = self.plan;
        match plan.status {
            Status::NotApplicable => {
                let supports = plan.blockers.iter().filter(|blocker| blocker.place == Place::Supports);
                supports.map(|blocker| self.blocker(blocker)).collect()
            }
            Status::Blocked => plan.blockers.iter().map(|blocker| self.blocker(blocker)).collect(),
            Status::Undetermined => plan.unknowns.iter().flat_map(|unknown| self.unknown(unknown)).collect(),
            Status::ReadyIf => plan.confirm.iter().map(|row| self.confirm(row)).collect(),
            Status::Done | Status::Ready => Vec::new(),
        }
    }

    /// What decides a step.
    fn of_step(&self, at: usize) -> Vec<EntryDocument> {
        let planned = &self.plan.steps[at];
        let place = Place::Step(planned.index);
        let because = planned.because.iter().map(|reason| self.entry("because", place, reason));
        let blockers = self.plan.blockers.iter().filter(|blocker| blocker.place == place);
        let confirm = self.plan.confirm.iter().filter(|row| row.place == place);
        because.chain(blockers.map(|blocker| self.blocker(blocker))).chain(confirm.map(|row| self.confirm(row))).collect()
    }

    fn step(&self, at: usize) -> StepExplanation {
        let planned = &self.plan.steps[at];
        let step = planned.step;
        let steps = self.plan.scenario.map_or(&[][..], |scenario| &scenario.steps);
        let exposures = |wanted: &dyn Fn(&crate::plan::Exposure) -> bool| {
            self.plan.exposures.iter().filter(|one| wanted(one)).map(|one| one.invariant.to_string()).collect()
        };
        StepExplanation {
            id: step.id.to_string(),
            title: step.action.title.to_string(),
            decision: planned.decision.name(),
            why: planned.decision.why(),
            blocked: self.plan.blockers.iter().any(|blocker| blocker.place == Place::Step(planned.index)),
            article: step.article.as_ref().map(ToString::to_string),
            says: self.says(step),
            supplement: step.supplement.as_ref().map(ToString::to_string),
            after: step
                .after
                .iter()
                .map(|edge| EdgeDocument {
                    step: steps[edge.from].id.to_string(),
                    kind: edge.kind.name(),
                    because: edge.because.as_ref().map(ToString::to_string),
                })
                .collect(),
            opens: exposures(&|one| one.opens == Some(at)),
            closes: exposures(&|one| one.closes == Some(at)),
        }
    }

    /// What the article says of a step.
    fn says(&self, step: &Step) -> Option<String> {
        let article = self.plan.catalog.article().ok()?;
        let (_, item) = article.item(&self.plan.scenario?.article, step.article.as_deref()?)?;
        Some(item.says.to_string())
    }

    fn entry(&self, kind: &'static str, place: Place, reason: &Reason) -> EntryDocument {
        EntryDocument {
            place: self.plan.place_name(place).to_owned(),
            kind,
            test: self.writer.test(reason),
            seen: self.seen(reason),
            at: None,
            any_of: None,
            rule: self.rule(place, &reason.rule, Some(&reason.leaf)),
            remedy: None,
        }
    }

    fn blocker(&self, blocker: &Blocker) -> EntryDocument {
        let remedy = Some(blocker.remedy.to_string());
        match &blocker.reason {
            Some(reason) => EntryDocument { remedy, ..self.entry("blocks", blocker.place, reason) },
            None => EntryDocument {
                place: self.plan.place_name(blocker.place).to_owned(),
                kind: "blocks",
                test: Map::new(),
                seen: None,
                at: None,
                any_of: None,
                rule: self.rule(blocker.place, &Rule::at(blocker.place, blocker.invariant.as_ref()), None),
                remedy,
            },
        }
    }

    fn confirm(&self, row: &Confirm) -> EntryDocument {
        let mut test = self.writer.confirm_test(row);
        test.insert("unknown".to_owned(), row.reason.to_string().into());
        EntryDocument {
            place: self.plan.place_name(row.place).to_owned(),
            kind: "confirm",
            test,
            seen: None,
            at: Some(row.at.name()),
            any_of: row.any_of,
            rule: self.rule(row.place, &Rule::at(row.place, row.invariant.as_ref()), Some(&row.leaf)),
            remedy: None,
        }
    }

    /// An unknown fact, once for each thing that it decides.
    fn unknown(&self, unknown: &UnknownFact) -> Vec<EntryDocument> {
        let (key, name) = match unknown.subject {
            Subject::Fact(fact) => ("fact", self.plan.catalog.vocabulary().name(fact)),
            Subject::Parameter(parameter) => ("parameter", self.plan.catalog.parameter_names().name(parameter)),
        };
        let test: Map<String, Json> =
            [(key.to_owned(), name.into()), ("unknown".to_owned(), unknown.reason.to_string().into())].into_iter().collect();
        let entry = |place: &Place| {
            let rule = match place {
                Place::Step(_) => Rule::When,
                other => Rule::at(*other, None),
            };
            let leaf = self.deciding(*place, unknown.subject);
            EntryDocument {
                place: self.plan.place_name(*place).to_owned(),
                kind: "decides",
                test: test.clone(),
                seen: None,
                at: None,
                any_of: None,
                rule: self.rule(*place, &rule, leaf.as_ref()),
                remedy: None,
            }
        };
        unknown.matters_to.iter().map(entry).collect()
    }

    /// The test about a fact or a parameter that decides at a place; where no scenario was chosen, in the first that may be.
    fn deciding(&self, place: Place, subject: Subject) -> Option<Leaf> {
        let Some(scenario) = self.plan.scenario else {
            let mut open = self.plan.candidates.iter().filter(|candidate| candidate.applies != Truth::False);
            return open.find_map(|candidate| leaf_about(&candidate.scenario.applies_when, subject));
        };
        let condition = match place {
            Place::Step(index) => &scenario.steps[index].when,
            Place::Supports => &scenario.supports,
            Place::AppliesWhen => &scenario.applies_when,
            Place::Goal => &scenario.goal,
        };
        leaf_about(condition, subject)
    }

    /// Where what was seen comes from.
    fn seen(&self, reason: &Reason) -> Option<String> {
        let Subject::Fact(fact) = reason.leaf.test.subject else { return None };
        if reason.seen == Seen::Known(Abstract::Unknown) {
            return None;
        }
        Some(match (&reason.touch, &self.plan.start.origins[fact.index()]) {
            (Some(touch), _) => format!("after {}", self.plan.place_name(Place::Step(touch.step))),
            (None, Origin::Observed) => "observed in this snapshot".to_owned(),
            (None, Origin::Assumed) => "assumed".to_owned(),
            (None, Origin::Derived) if self.plan.start.on_assumptions[fact.index()] => "follows from what is assumed".to_owned(),
            (None, Origin::Derived) => "follows from other facts".to_owned(),
            (None, Origin::Unknown(_)) => return None,
        })
    }

    fn rule(&self, place: Place, rule: &Rule, leaf: Option<&Leaf>) -> RuleDocument {
        let catalog = self.plan.catalog;
        let scenario = self.plan.scenario.map_or("the scenario", |scenario| &scenario.id);
        let step = match (place, self.plan.scenario) {
            (Place::Step(index), Some(scenario)) => Some(&scenario.steps[index]),
            _ => None,
        };
        let action = step.map_or("the action", |step| &step.action.id);
        let of = match rule {
            Rule::When => format!("step {} when", step.map_or("", |step| &step.id)),
            Rule::AchievedWhen => format!("{action} achieved_when"),
            Rule::Requires => format!("{action} requires"),
            Rule::Supports => format!("{scenario} supports"),
            Rule::AppliesWhen if self.plan.scenario.is_none() => "applies_when of what may be chosen".to_owned(),
            Rule::AppliesWhen => format!("{scenario} applies_when"),
            Rule::Goal => format!("{scenario} goal"),
            Rule::Invariant(id) => format!("invariant {id}"),
        };
        let source = match rule {
            Rule::AchievedWhen | Rule::Requires => step.map(|step| step.action.source.to_string()),
            Rule::Invariant(id) => catalog.invariants().iter().find(|one| one.id == *id).map(|one| one.source.to_string()),
            Rule::When | Rule::Supports | Rule::AppliesWhen | Rule::Goal => None,
        };
        let place = leaf.and_then(|leaf| leaf.test.place.as_ref());
        RuleDocument {
            file: place.map(|place| place.file.to_string()),
            line: place.and_then(|place| line(catalog, place)),
            of,
            source: source.filter(|source| !source.is_empty()),
            article: step.and_then(|step| step.article.as_ref()).map(ToString::to_string),
        }
    }
}

/// The first test of a condition that is about a fact or a parameter.
fn leaf_about(condition: &Condition, subject: Subject) -> Option<Leaf> {
    let mut found = None;
    condition.visit_shared(&mut |test| {
        if found.is_none() && test.subject == subject {
            found = Some(Leaf { test: std::sync::Arc::clone(test), needs: true });
        }
    });
    found
}

fn line(catalog: &Catalog, place: &Written) -> Option<usize> {
    let text = catalog.text(&place.file)?;
    Some(text.get(..place.offset)?.matches('\n').count() + 1)
}
