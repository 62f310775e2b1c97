//! The plan document, `cutover/plan/v1`: what other programs read.
//!
//! Keys and lists have a fixed order, and the same input gives the same bytes. The internal [`Plan`] may change; these types
//! change only on purpose.

use super::back::document::{OutlookDocument, RollbackDocument};
use super::reasons::{At, Blocker, Confirm, Place, Reason, Seen, UnknownFact};
use super::start::Origin;
use super::walk::{Decision, PlannedStep, WhySkip};
use super::{Candidate, EXPOSED, Order, Plan, Status, WaysBack};
use crate::catalog::Catalog;
use crate::condition::{Argument, Comparison, Leaf, Operand, ParameterId, Relation, Subject, Truth};
use crate::fact::{Abstract, FactId, Value};
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::{Map, Value as Json, json};

/// The schema that a plan document names.
pub const SCHEMA: &str = "cutover/plan/v1";

/// A plan for one server.
#[derive(Clone, Debug, JsonSchema, Serialize)]
pub struct PlanDocument {
    /// Always [`SCHEMA`].
    pub schema: &'static str,
    /// The server's name.
    pub host: String,
    /// The scenario; null where none was chosen.
    pub scenario: Option<String>,
    /// The digest of the catalog.
    pub catalog: String,
    /// The order of the steps.
    pub order: &'static str,
    /// True where supplements were left out.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub without_supplements: bool,
    /// The parameters of the scenario that were given.
    pub parameters: Map<String, Json>,
    /// What the plan says of the server.
    pub status: &'static str,
    /// Every step of the scenario in the chosen order.
    pub steps: Vec<StepDocument>,
    /// What stands in the way.
    pub blockers: Vec<BlockerDocument>,
    /// What must turn out true.
    pub confirm: Vec<ConfirmDocument>,
    /// What must be known before there is a plan.
    pub unknowns: Vec<UnknownDocument>,
    /// When the server is exposed.
    pub exposures: Vec<ExposureDocument>,
    /// An order that the edges allow and that exposes the server less.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub better_order: Option<BetterOrderDocument>,
    /// The way back from each step that is or may be done.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub way_back: Vec<OutlookDocument>,
    /// Of a plan that is a way back itself: from where, and how far.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rollback: Option<RollbackDocument>,
    /// The restarts.
    pub reboots: RebootsDocument,
    /// Every fact of any condition evaluated, with the value before the first step; null where it is unknown.
    pub facts_read: Map<String, Json>,
    /// The facts read that are assumed, with what is assumed.
    #[serde(skip_serializing_if = "Map::is_empty")]
    pub assumed: Map<String, Json>,
    /// What is worth saying.
    pub findings: Vec<FindingDocument>,
    /// How many of the effects relied on are assumed.
    pub assumed_effects: usize,
    /// Where the plan ends.
    pub end: EndDocument,
    /// Why no scenario was chosen.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub candidates: Vec<CandidateDocument>,
}

/// A step of a plan.
#[derive(Clone, Debug, JsonSchema, Serialize)]
pub struct StepDocument {
    /// The step's id.
    pub id: String,
    /// The action's id.
    pub action: String,
    /// The article's number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub article: Option<String>,
    /// Why the step is there although the article lacks it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub supplement: Option<String>,
    /// On a way back: the step that it undoes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub undoes: Option<String>,
    /// On a way back: what a person does.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub by_hand: Option<String>,
    /// `host` or `console`.
    pub scope: &'static str,
    /// `perform`, `check_first`, `skip` or `decide_later`.
    pub decision: &'static str,
    /// For a skip: `does_not_apply` or `already_so`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub why: Option<&'static str>,
    /// The arguments of the action; null where one is not known.
    #[serde(skip_serializing_if = "Map::is_empty")]
    pub with: Map<String, Json>,
    /// The tests that decided.
    pub because: Vec<Json>,
    /// The steps that it follows.
    pub after: Vec<String>,
    /// `never`, `possible`, `always`, or `restart` for a restart.
    pub reboot: &'static str,
    /// A budget in minutes.
    pub minutes: u32,
}

/// Something that stands in the way.
#[derive(Clone, Debug, JsonSchema, Serialize)]
pub struct BlockerDocument {
    /// The step, `goal`, or `supports`.
    pub step: String,
    /// The fact or the parameter, what was seen and what is needed.
    #[serde(flatten)]
    pub test: Map<String, Json>,
    /// The invariant that would be broken.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub invariant: Option<String>,
    /// What to do.
    pub remedy: String,
}

/// Something that must turn out true.
#[derive(Clone, Debug, JsonSchema, Serialize)]
pub struct ConfirmDocument {
    /// The step or `goal`.
    pub step: String,
    /// The fact or the parameter, and what is needed.
    #[serde(flatten)]
    pub test: Map<String, Json>,
    /// `start`, or `step` where an earlier step may have changed the fact.
    pub at: &'static str,
    /// Why it is not known.
    pub reason: String,
    /// Of the rows with the same number one suffices.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub any_of: Option<usize>,
    /// The invariant that would be broken otherwise.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub invariant: Option<String>,
}

/// Something that must be known before there is a plan.
#[derive(Clone, Debug, JsonSchema, Serialize)]
pub struct UnknownDocument {
    /// The fact.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fact: Option<String>,
    /// The parameter.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub parameter: Option<String>,
    /// The steps that it decides, or `supports`, or `applies_when`.
    pub matters_to: Vec<String>,
    /// Why it is not known.
    pub reason: String,
}

/// A stretch of the plan on which the server is exposed.
#[derive(Clone, Debug, JsonSchema, Serialize)]
pub struct ExposureDocument {
    /// The invariant.
    pub invariant: String,
    /// The step that opens it; null where it held before.
    pub opens: Option<String>,
    /// The step that closes it; null where none does.
    pub closes: Option<String>,
    /// Steps inside.
    pub steps: usize,
    /// Minutes inside.
    pub minutes: u32,
    /// Restarts inside.
    pub reboots: usize,
}

/// An order that exposes the server less than the documented one.
#[derive(Clone, Debug, JsonSchema, Serialize)]
pub struct BetterOrderDocument {
    /// The name by which it can be asked for.
    pub order: &'static str,
    /// Its steps.
    pub steps: Vec<String>,
    /// What differs, by weight.
    pub figures: Vec<FigureDocument>,
}

/// How much of an exposure there is in another order and in this one.
#[derive(Clone, Debug, JsonSchema, Serialize)]
pub struct FigureDocument {
    /// What is counted, such as `minutes of antivirus-gap`.
    pub of: &'static str,
    /// How much there is in the other order.
    pub there: u32,
    /// How much there is in this one.
    pub here: u32,
}

/// The restarts of a plan.
#[derive(Clone, Copy, Debug, JsonSchema, Serialize)]
pub struct RebootsDocument {
    /// Restarts that happen.
    pub certain: usize,
    /// Restarts that may be needed.
    pub possible: usize,
}

/// Something worth saying.
#[derive(Clone, Debug, JsonSchema, Serialize)]
pub struct FindingDocument {
    /// An invariant that holds already.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub invariant: Option<String>,
    /// Another finding.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub finding: Option<String>,
    /// `server` or `plan`.
    pub about: &'static str,
    /// The impossible line that is met.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub line: Option<String>,
    /// The facts that it rests on.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub facts: Vec<String>,
}

/// Where a plan ends.
#[derive(Clone, Copy, Debug, JsonSchema, Serialize)]
pub struct EndDocument {
    /// Whether the goal holds; null where that is not known.
    pub goal: Option<bool>,
}

/// A scenario that may apply.
#[derive(Clone, Debug, JsonSchema, Serialize)]
pub struct CandidateDocument {
    /// The scenario.
    pub scenario: String,
    /// Whether it applies; null where that is not known.
    pub applies: Option<bool>,
    /// What speaks for it.
    #[serde(rename = "for")]
    pub holds: Vec<Json>,
    /// What speaks against it.
    pub against: Vec<Json>,
    /// What is not known.
    pub open: Vec<Json>,
}

impl Plan<'_> {
    /// The document of the plan for a server of that name.
    pub fn document(&self, host: &str) -> PlanDocument {
        let better_order = self.better_order().map(|better| BetterOrderDocument {
            order: Order::LeastExposure.name(),
            steps: better.steps.iter().map(|index| self.place_name(Place::Step(*index)).to_owned()).collect(),
            figures: EXPOSED
                .iter()
                .zip(better.figures)
                .filter(|(_, (there, here))| there != here)
                .map(|(of, (there, here))| FigureDocument { of, there, here })
                .collect(),
        });
        let planned = self.rollback.is_none() && self.status != Status::NotApplicable;
        let ways = if planned { WaysBack::of(self) } else { None };
        let way_back = ways.map_or_else(Vec::new, |ways| ways.outlooks().iter().map(OutlookDocument::from).collect());
        PlanDocument { better_order, way_back, ..self.document_of_this_order(host) }
    }

    /// The document without another order and without the ways back, which take longer to look for than to plan.
    pub fn document_of_this_order(&self, host: &str) -> PlanDocument {
        let writer = Writer::new(self);
        let read = || self.catalog.vocabulary().ids().filter(|fact| self.facts_read[fact.index()]);
        let assumed = read().filter(|fact| self.start.origins[fact.index()] == Origin::Assumed);
        PlanDocument {
            schema: SCHEMA,
            host: host.to_owned(),
            scenario: self.scenario.map(|scenario| scenario.id.to_string()),
            catalog: self.catalog.digest().to_owned(),
            order: self.request.order.name(),
            without_supplements: self.request.without_supplements,
            parameters: writer.parameters(),
            status: self.status.name(),
            steps: self.steps.iter().enumerate().map(|(at, planned)| writer.step(at, planned)).collect(),
            blockers: self.blockers.iter().map(|blocker| writer.blocker(blocker)).collect(),
            confirm: self.confirm.iter().map(|row| writer.confirm(row)).collect(),
            unknowns: self.unknowns.iter().map(|unknown| writer.unknown(unknown)).collect(),
            exposures: self
                .exposures
                .iter()
                .map(|exposure| ExposureDocument {
                    invariant: exposure.invariant.to_string(),
                    opens: exposure.opens.map(|at| self.steps[at].step.id.to_string()),
                    closes: exposure.closes.map(|at| self.steps[at].step.id.to_string()),
                    steps: exposure.steps,
                    minutes: exposure.minutes,
                    reboots: exposure.reboots,
                })
                .collect(),
            better_order: None,
            way_back: Vec::new(),
            rollback: self.rollback.as_ref().map(RollbackDocument::from),
            reboots: RebootsDocument { certain: self.reboots.certain, possible: self.reboots.possible },
            facts_read: read().map(|fact| (writer.name(fact), self.start.shown(fact))).collect(),
            assumed: assumed.map(|fact| (writer.name(fact), self.start.shown(fact))).collect(),
            findings: self
                .findings
                .iter()
                .map(|finding| FindingDocument {
                    invariant: finding.invariant.then(|| finding.id.to_string()),
                    finding: (!finding.invariant).then(|| finding.id.to_string()),
                    about: finding.about.name(),
                    line: finding.line.as_ref().map(ToString::to_string),
                    facts: finding.facts.iter().map(|fact| writer.name(*fact)).collect(),
                })
                .collect(),
            assumed_effects: self.assumed_effects,
            end: EndDocument { goal: decided(self.goal) },
            candidates: self.candidates.iter().map(|candidate| writer.candidate(candidate)).collect(),
        }
    }

    /// The name by which documents call a place of the plan.
    pub fn place_name(&self, place: Place) -> &str {
        match place {
            Place::Step(index) => self.scenario.map_or("", |scenario| &scenario.steps[index].id),
            Place::Supports => "supports",
            Place::AppliesWhen => "applies_when",
            Place::Goal => "goal",
        }
    }
}

fn decided(truth: Truth) -> Option<bool> {
    match truth {
        Truth::True => Some(true),
        Truth::False => Some(false),
        Truth::Unknown => None,
    }
}

impl Decision {
    /// The name in documents.
    pub fn name(self) -> &'static str {
        match self {
            Self::Perform => "perform",
            Self::CheckFirst => "check_first",
            Self::Skip(_) => "skip",
            Self::DecideLater => "decide_later",
        }
    }
}

impl Decision {
    /// For a step that is left out: why, as documents name it.
    pub fn why(self) -> Option<&'static str> {
        match self {
            Self::Skip(why) => Some(why.name()),
            _ => None,
        }
    }
}

impl WhySkip {
    /// The name in documents.
    pub fn name(self) -> &'static str {
        match self {
            Self::DoesNotApply => "does_not_apply",
            Self::AlreadySo => "already_so",
        }
    }
}

impl At {
    /// The name in documents.
    pub fn name(self) -> &'static str {
        match self {
            Self::Start => "start",
            Self::Step => "step",
        }
    }
}

/// What a test needs of its subject, as documents write it: a value, a list, a comparison in a string, or a map.
pub fn needs(catalog: &Catalog, arguments: &[Argument], leaf: &Leaf) -> Json {
    let operand = |operand: &Operand| match operand {
        Operand::Literal(value) => value.to_json(),
        Operand::Parameter(parameter) => match arguments.get(parameter.index()) {
            Some(Argument::Given(value)) => value.to_json(),
            _ => format!("${}", catalog.parameter_names().name(*parameter)).into(),
        },
    };
    let negated = |needed: Json| if leaf.needs { needed } else { json!({ "not": needed }) };
    match &leaf.test.relation {
        Relation::Is(Operand::Literal(Value::Flag(flag))) => (*flag == leaf.needs).into(),
        Relation::Is(value) => negated(operand(value)),
        Relation::OneOf(values) => negated(values.iter().map(operand).collect::<Vec<_>>().into()),
        Relation::Compare(comparison, value) => {
            let sign = if leaf.needs { *comparison } else { opposite(*comparison) }.sign();
            let shown = operand(value);
            format!("{sign} {}", shown.as_str().map_or_else(|| shown.to_string(), str::to_owned)).into()
        }
        Relation::Contains(element) | Relation::Lacks(element) => {
            let contains = matches!(leaf.test.relation, Relation::Contains(_)) == leaf.needs;
            let key = if contains { "contains" } else { "lacks" };
            json!({ key: operand(element) })
        }
        Relation::Empty(empty) => json!({ "empty": *empty == leaf.needs }),
    }
}

fn opposite(comparison: Comparison) -> Comparison {
    match comparison {
        Comparison::AtLeast => Comparison::Below,
        Comparison::Below => Comparison::AtLeast,
        Comparison::AtMost => Comparison::Above,
        Comparison::Above => Comparison::AtMost,
    }
}

/// Writes parts of a plan as documents have them.
pub(super) struct Writer<'p> {
    plan: &'p Plan<'p>,
}

impl<'p> Writer<'p> {
    pub(super) fn new(plan: &'p Plan<'p>) -> Self {
        Self { plan }
    }
}

impl Writer<'_> {
    fn name(&self, fact: FactId) -> String {
        self.plan.catalog.vocabulary().name(fact).to_owned()
    }

    fn parameter_name(&self, parameter: ParameterId) -> String {
        self.plan.catalog.parameter_names().name(parameter).to_owned()
    }

    fn parameters(&self) -> Map<String, Json> {
        let given = &self.plan.request.parameters;
        let declared = self.plan.scenario.map_or(&[][..], |scenario| &scenario.parameters);
        let value = |name: &str| given.iter().find(|(known, _)| **known == *name).map(|(_, value)| value.to_json());
        declared.iter().filter_map(|spec| Some((spec.name.to_string(), value(&spec.name)?))).collect()
    }

    fn place(&self, place: Place) -> String {
        self.plan.place_name(place).to_owned()
    }

    fn step(&self, at: usize, planned: &PlannedStep<'_>) -> StepDocument {
        let (step, action) = (planned.step, &planned.step.action);
        let undone = self.plan.rollback.as_ref().and_then(|rollback| rollback.undoes[at].as_ref());
        let steps = self.plan.scenario.map_or(&[][..], |scenario| &scenario.steps);
        StepDocument {
            id: step.id.to_string(),
            action: action.id.to_string(),
            article: step.article.as_ref().map(ToString::to_string),
            supplement: step.supplement.as_ref().map(ToString::to_string),
            undoes: undone.map(|undone| undone.step.to_string()),
            by_hand: undone.and_then(|undone| undone.by_hand.as_ref().map(ToString::to_string)),
            scope: action.performed_by.name(),
            decision: planned.decision.name(),
            why: planned.decision.why(),
            with: planned.with.iter().map(|(name, truth)| (self.parameter_name(*name), decided(*truth).into())).collect(),
            because: planned.because.iter().map(|reason| self.reason(reason).into()).collect(),
            after: planned.after.iter().map(|index| steps[*index].id.to_string()).collect(),
            reboot: action.reboot.name(),
            minutes: action.minutes,
        }
    }

    /// `{"fact": ..., "is": ...}`, with `unknown` and the reason where the value is not known.
    fn reason(&self, reason: &Reason) -> Map<String, Json> {
        let mut written = Map::new();
        match (reason.leaf.test.subject, &reason.seen) {
            (Subject::Fact(fact), Seen::Known(known)) => {
                written.insert("fact".to_owned(), self.name(fact).into());
                self.seen(&mut written, fact, reason, known);
            }
            (Subject::Parameter(parameter), Seen::Parameter(argument)) => {
                written.insert("parameter".to_owned(), self.parameter_name(parameter).into());
                match argument {
                    Argument::Given(value) => written.insert("is".to_owned(), value.to_json()),
                    Argument::Omitted | Argument::Missing => written.insert("unknown".to_owned(), "not given".into()),
                };
            }
            _ => {}
        }
        if let (Subject::Fact(_), Some(parameter)) = (reason.leaf.test.subject, reason.missing) {
            written.insert("parameter".to_owned(), self.parameter_name(parameter).into());
        }
        written
    }

    fn seen(&self, written: &mut Map<String, Json>, fact: FactId, reason: &Reason, known: &Abstract) {
        let origin = &self.plan.start.origins[fact.index()];
        if *known == Abstract::Unknown {
            let why = match (&reason.touch, origin) {
                (Some(touch), _) => format!("depends on how `{}` goes", self.place(Place::Step(touch.step))),
                (None, Origin::Unknown(why)) => why.to_string(),
                (None, _) => "only known in part".to_owned(),
            };
            written.insert("unknown".to_owned(), why.into());
            return;
        }
        let shown = match (&reason.touch, &self.plan.start.given[fact.index()]) {
            (None, Some(value)) => value.to_json(),
            _ => known.to_json(),
        };
        written.insert("is".to_owned(), shown);
        if reason.touch.is_none() {
            match origin {
                Origin::Assumed => written.insert("assumed".to_owned(), true.into()),
                Origin::Derived => {
                    if self.plan.start.on_assumptions[fact.index()] {
                        written.insert("assumed".to_owned(), true.into());
                    }
                    written.insert("derived".to_owned(), true.into())
                }
                Origin::Observed | Origin::Unknown(_) => None,
            };
        }
    }

    fn blocker(&self, blocker: &Blocker) -> BlockerDocument {
        BlockerDocument {
            step: self.place(blocker.place),
            test: blocker.reason.as_ref().map(|reason| self.test(reason)).unwrap_or_default(),
            invariant: blocker.invariant.as_ref().map(ToString::to_string),
            remedy: blocker.remedy.to_string(),
        }
    }

    /// A reason together with what is needed.
    pub(super) fn test(&self, reason: &Reason) -> Map<String, Json> {
        let mut test = self.reason(reason);
        test.insert("needs".to_owned(), needs(self.plan.catalog, &self.plan.arguments, &reason.leaf));
        test
    }

    /// The fact or the parameter of a row to confirm, and what is needed.
    pub(super) fn confirm_test(&self, row: &Confirm) -> Map<String, Json> {
        let mut test = Map::new();
        if let Subject::Fact(fact) = row.leaf.test.subject {
            test.insert("fact".to_owned(), self.name(fact).into());
        }
        if let Some(parameter) = row.missing {
            test.insert("parameter".to_owned(), self.parameter_name(parameter).into());
        }
        test.insert("needs".to_owned(), needs(self.plan.catalog, &self.plan.arguments, &row.leaf));
        test
    }

    fn confirm(&self, row: &Confirm) -> ConfirmDocument {
        ConfirmDocument {
            step: self.place(row.place),
            test: self.confirm_test(row),
            at: row.at.name(),
            reason: row.reason.to_string(),
            any_of: row.any_of,
            invariant: row.invariant.as_ref().map(ToString::to_string),
        }
    }

    fn unknown(&self, unknown: &UnknownFact) -> UnknownDocument {
        let (fact, parameter) = match unknown.subject {
            Subject::Fact(fact) => (Some(self.name(fact)), None),
            Subject::Parameter(parameter) => (None, Some(self.parameter_name(parameter))),
        };
        UnknownDocument {
            fact,
            parameter,
            matters_to: unknown.matters_to.iter().map(|place| self.place(*place)).collect(),
            reason: unknown.reason.to_string(),
        }
    }

    pub(super) fn candidate(&self, candidate: &Candidate<'_>) -> CandidateDocument {
        let list = |reasons: &[Reason]| reasons.iter().map(|reason| self.reason(reason).into()).collect();
        CandidateDocument {
            scenario: candidate.scenario.id.to_string(),
            applies: decided(candidate.applies),
            holds: list(&candidate.holds),
            against: list(&candidate.fails),
            open: list(&candidate.open),
        }
    }
}
