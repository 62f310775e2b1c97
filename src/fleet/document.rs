//! The summary document, `cutover/summary/v1`.
//!
//! Lists and keys have a fixed order, so that the same servers give the same bytes, in one run or in merged parts.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;
use std::collections::BTreeMap;

/// The schema that a summary names.
pub const SCHEMA: &str = "cutover/summary/v1";

/// What is to be said of many servers together.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SummaryDocument {
    /// `cutover/summary/v1`.
    pub schema: String,
    /// The digest of the catalog.
    pub catalog: String,
    /// What was asked of the planner.
    pub asked: Asked,
    /// How many servers there are.
    pub servers: u64,
    /// How many of them have each status.
    pub statuses: Statuses,
    /// The servers by what their plans have in common, the largest class first; every server is in one class.
    pub classes: Vec<ClassDocument>,
    /// What the blocked servers are blocked by, what blocks most first.
    pub blockers: Vec<CauseDocument>,
    /// Why scenarios do not support servers that they would be chosen for.
    pub not_supported: Vec<CauseDocument>,
    /// How the plans expose their servers, by invariant; plans that do not apply are left out here and below.
    pub exposures: Vec<ExposedDocument>,
    /// The restarts of the plans: every plan is in one row.
    pub reboots: Vec<RebootsDocument>,
    /// What answers hang on and can be known before the first step, what most servers hang on first.
    pub unknowns: Vec<UnknownDocument>,
    /// What is worth knowing of the servers.
    pub findings: Vec<FindingDocument>,
}

/// What was asked of the planner besides the facts. Summaries of different questions do not add up.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Asked {
    /// The scenario that was named; null where each server has the one that applies.
    pub scenario: Option<String>,
    /// The order of the steps.
    pub order: String,
    /// True where supplements were left out.
    pub without_supplements: bool,
    /// The parameters that were given.
    pub parameters: BTreeMap<String, Json>,
    /// What was assumed.
    pub assumed: BTreeMap<String, Json>,
}

/// How many servers have each status.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Statuses {
    /// Nothing stands in the way.
    pub ready: u64,
    /// Ready if something turns out true.
    pub ready_if: u64,
    /// Something stands in the way.
    pub blocked: u64,
    /// What is not known decides what to do.
    pub undetermined: u64,
    /// Nothing is left to do.
    pub done: u64,
    /// No scenario is for them.
    pub not_applicable: u64,
}

/// Servers of which the plans have the same status, scenario and steps.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ClassDocument {
    /// The status.
    pub status: String,
    /// The scenario; null where none was chosen.
    pub scenario: Option<String>,
    /// How many servers there are.
    pub servers: u64,
    /// The first of them by name.
    pub example: String,
    /// The steps that are or may be done.
    pub steps: Vec<String>,
    /// Their budgets in minutes, together.
    pub minutes: u32,
    /// The restarts.
    pub reboots: Reboots,
    /// What stands in the way, is not known, or has to be confirmed, first of all.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub first: Option<FirstDocument>,
}

/// Restarts of a plan.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Reboots {
    /// Restarts that happen.
    pub certain: usize,
    /// Restarts that may be needed.
    pub possible: usize,
}

/// The first thing that stands in the way, is not known, or has to be confirmed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FirstDocument {
    /// Where it stands in the way.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub step: Option<String>,
    /// The fact, the parameter or the invariant.
    pub name: String,
}

/// A test that fails on servers.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CauseDocument {
    /// The fact.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fact: Option<String>,
    /// The parameter.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub parameter: Option<String>,
    /// What is needed, as in plans; null where nothing would do.
    #[serde(default)]
    pub needs: Json,
    /// The invariant that would be broken otherwise.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub invariant: Option<String>,
    /// On how many servers it fails.
    pub servers: u64,
    /// On how many of them nothing else does: so many are free once it is set right.
    pub alone: u64,
    /// Of a fact with a list of words: the words that were seen, each with the servers.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub seen: BTreeMap<String, u64>,
    /// The steps that need it, or `goal` or `supports`.
    pub steps: Vec<String>,
    /// What to do.
    pub remedies: Vec<String>,
}

/// How plans expose their servers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ExposedDocument {
    /// The invariant.
    pub invariant: String,
    /// How many servers are exposed.
    pub servers: u64,
    /// The minutes of all of them together.
    pub minutes: u64,
    /// The minutes of the longest stretch.
    pub longest: u32,
    /// How many servers have a restart inside.
    pub with_restart: u64,
    /// How many servers stay exposed at the end.
    pub open: u64,
}

/// How many plans have these restarts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RebootsDocument {
    /// Restarts that happen.
    pub certain: usize,
    /// Restarts that may be needed.
    pub possible: usize,
    /// How many servers there are.
    pub servers: u64,
}

/// Something that answers hang on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct UnknownDocument {
    /// What is missing.
    #[serde(flatten)]
    pub missing: Missing,
    /// How many servers hang on it.
    pub servers: u64,
    /// How many of them hang on nothing else that can be known before the first step.
    pub alone: u64,
}

/// A fact or a parameter that is missing.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
pub struct Missing {
    /// The fact.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fact: Option<String>,
    /// The parameter.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parameter: Option<String>,
    /// How it is seen on a server or elsewhere.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub observed: Option<String>,
    /// The exports that can say it, by their short names.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub exports: Vec<String>,
}

/// Something worth knowing of servers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FindingDocument {
    /// The finding, or an invariant that holds already.
    pub id: String,
    /// Of how many servers it is so.
    pub servers: u64,
}
