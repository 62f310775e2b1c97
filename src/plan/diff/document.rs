//! Differences as a document, `cutover/diff/v1`.

use schemars::JsonSchema;
use serde::Serialize;
use serde_json::{Map, Value as Json};

/// The schema that a document of differences names.
pub const SCHEMA: &str = "cutover/diff/v1";

/// What differs.
#[derive(Clone, Debug, JsonSchema, Serialize)]
pub struct DiffDocument {
    /// Always [`SCHEMA`].
    pub schema: &'static str,
    /// True where nothing differs.
    pub equal: bool,
    /// The servers whose plans differ, in the order of the first.
    pub servers: Vec<ServerDiff>,
    /// The scenarios that differ, by id.
    pub scenarios: Vec<ScenarioDiff>,
    /// How many there are of each.
    pub totals: DiffTotals,
}

/// How many servers or scenarios there are.
#[derive(Clone, Copy, Debug, Default, JsonSchema, Serialize)]
pub struct DiffTotals {
    /// Servers whose plans are the same.
    pub same_servers: usize,
    /// Servers whose plans differ.
    pub changed_servers: usize,
    /// Servers that only the first has.
    pub only_first_servers: usize,
    /// Servers that only the second has.
    pub only_second_servers: usize,
    /// Scenarios that are the same.
    pub same_scenarios: usize,
    /// Scenarios that differ or that only one of the two has.
    pub changed_scenarios: usize,
}

impl DiffTotals {
    /// These servers with the scenarios of the other.
    #[must_use]
    pub fn with_scenarios_of(self, other: Self) -> Self {
        Self { same_scenarios: other.same_scenarios, changed_scenarios: other.changed_scenarios, ..self }
    }
}

/// Something before and after.
#[derive(Clone, Debug, JsonSchema, PartialEq, Serialize)]
pub struct FromTo<T> {
    /// What the first says; null where it says nothing.
    pub from: Option<T>,
    /// What the second says; null where it says nothing.
    pub to: Option<T>,
}

impl<T: PartialEq> FromTo<T> {
    /// The two, where they differ.
    pub(super) fn of(from: Option<T>, to: Option<T>) -> Option<Self> {
        (from != to).then_some(Self { from, to })
    }
}

/// What differs between the plans of a server.
#[derive(Clone, Debug, JsonSchema, Serialize)]
pub struct ServerDiff {
    /// The server, or what a plan that names none is for.
    pub host: String,
    /// `changed`, `only_first` or `only_second`.
    pub change: &'static str,
    /// What the plans say of the server, whether it differs or not.
    pub status: FromTo<String>,
    /// The scenario, where it differs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scenario: Option<FromTo<String>>,
    /// What the difference comes from: what differs of what the plans rest on and matters to it.
    pub because: Vec<CauseDiff>,
    /// The steps that differ.
    pub steps: Vec<StepDiff>,
    /// How many steps are the same.
    pub same_steps: usize,
    /// The exposures that differ.
    pub exposures: Vec<ExposureDiff>,
    /// The restarts, where they differ.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub restarts: Option<FromTo<RestartsSide>>,
    /// What else differs: what stands in the way of the goal, what the scenario does not support, what is not known.
    pub others: Vec<OtherDiff>,
    /// What the plan may cost, where that differs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub budget: Option<FromTo<Json>>,
}

/// Something that the plans rest on and that differs.
#[derive(Clone, Debug, JsonSchema, Serialize)]
pub struct CauseDiff {
    /// `fact`, `parameter` or `catalog`.
    pub kind: &'static str,
    /// The fact or the parameter; nothing for the catalog.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// What it was; null for nothing.
    pub from: Json,
    /// What it is; null for nothing.
    pub to: Json,
}

/// A step that differs.
#[derive(Clone, Debug, JsonSchema, Serialize)]
pub struct StepDiff {
    /// The step's id.
    pub step: String,
    /// What the first plan does with it; null where it does not have it.
    pub from: Option<StepSide>,
    /// What the second plan does with it; null where it does not have it.
    pub to: Option<StepSide>,
    /// The step that it stands below now, where it has moved; empty at the top.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub moved_below: Option<String>,
}

/// What a plan does with a step.
#[derive(Clone, Debug, Default, JsonSchema, PartialEq, Serialize)]
pub struct StepSide {
    /// The decision; null in a plan that was written by hand.
    pub decision: Option<String>,
    /// For a skip why.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub why: Option<String>,
    /// The arguments.
    #[serde(skip_serializing_if = "Map::is_empty")]
    pub with: Map<String, Json>,
    /// A budget in minutes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub minutes: Option<u64>,
    /// What it would be refused for.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub refused: Vec<String>,
    /// What has to be confirmed for it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub confirm: Vec<String>,
}

/// An exposure that differs.
#[derive(Clone, Debug, JsonSchema, Serialize)]
pub struct ExposureDiff {
    /// The invariant.
    pub invariant: String,
    /// In the first plan; null where there is none.
    pub from: Option<ExposureSide>,
    /// In the second plan; null where there is none.
    pub to: Option<ExposureSide>,
}

/// An exposure, all its stretches together.
#[derive(Clone, Copy, Debug, JsonSchema, PartialEq, Eq, Serialize)]
pub struct ExposureSide {
    /// Minutes.
    pub minutes: u64,
    /// Restarts inside.
    pub reboots: u64,
    /// Steps inside.
    pub steps: u64,
    /// True where every stretch ends.
    pub closes: bool,
}

impl ExposureSide {
    /// Another stretch besides.
    pub(super) fn add(&mut self, other: Self) {
        self.minutes += other.minutes;
        self.reboots += other.reboots;
        self.steps += other.steps;
        self.closes &= other.closes;
    }
}

/// The restarts of a plan.
#[derive(Clone, Copy, Debug, JsonSchema, PartialEq, Eq, Serialize)]
pub struct RestartsSide {
    /// Restarts that happen.
    pub certain: u64,
    /// Restarts that may be needed.
    pub possible: u64,
}

/// Something that one of the two plans has and the other has not.
#[derive(Clone, Debug, JsonSchema, PartialEq, Eq, Serialize)]
pub struct OtherDiff {
    /// `goal` and `supports` for what stands in their way, `goal_to_confirm`, or `unknown` for what is not known and decides.
    pub place: String,
    /// The fact, or the parameter with a dollar sign.
    pub about: String,
    /// True where the second has it.
    pub new: bool,
}

/// What differs between two versions of a scenario.
#[derive(Clone, Debug, JsonSchema, Serialize)]
pub struct ScenarioDiff {
    /// The scenario's id; that of the second, where the two have different ones.
    pub scenario: String,
    /// `changed`, `only_first` or `only_second`.
    pub change: &'static str,
    /// What differs, by what it means.
    pub differences: Vec<Difference>,
    /// How many steps are the same.
    pub same_steps: usize,
}

/// A difference between two versions of a scenario.
#[derive(Clone, Debug, JsonSchema, PartialEq, Eq, Serialize)]
pub struct Difference {
    /// `id`, `title`, `choice`, `checks`, `supports`, `applies_when`, `goal`, `parameter`, `step`, `order`, `edge`, `when`, `with`, `action`,
    /// `requires`, `achieved_when`, `effect`, `restart`, `minutes`, `performed_by`.
    pub what: &'static str,
    /// The step or the parameter that it is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub of: Option<String>,
    /// What the first says; null where it says nothing.
    pub from: Option<String>,
    /// What the second says; null where it says nothing.
    pub to: Option<String>,
}
