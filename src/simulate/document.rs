//! The timeline document, `cutover/timeline/v1`.

use crate::plan::document::PlanDocument;
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value as Json;

/// The schema that a timeline document names.
pub const SCHEMA: &str = "cutover/timeline/v1";

/// The way of one server, state by state.
#[derive(Clone, Debug, JsonSchema, Serialize)]
pub struct TimelineDocument {
    /// Always [`SCHEMA`].
    pub schema: &'static str,
    /// The server's name.
    pub host: String,
    /// The scenario.
    pub scenario: Option<String>,
    /// What the plan says of the server.
    pub status: &'static str,
    /// The server before the first step.
    pub start: StateDocument,
    /// The server after each step.
    pub states: Vec<StateDocument>,
    /// Where the way was broken off: what planning again says.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub again: Vec<Again>,
    /// Whether the goal holds at the end of the whole way; null where that is not known.
    pub goal: Option<bool>,
}

/// The server after a step.
#[derive(Clone, Debug, JsonSchema, Serialize)]
pub struct StateDocument {
    /// The step; null before the first.
    pub step: Option<String>,
    /// What is done with the step.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub decision: Option<&'static str>,
    /// For a step that is left out: why.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub why: Option<&'static str>,
    /// The facts that the step changes.
    pub changes: Vec<ChangeDocument>,
    /// What protects the server now.
    pub protection: ProtectionDocument,
    /// The exposures that open here.
    pub opens: Vec<String>,
    /// The exposures that close here.
    pub closes: Vec<String>,
    /// `possible` or `always` where the step may need a restart, `restart` where it is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub restart: Option<&'static str>,
    /// The step's budget in minutes.
    pub minutes: u32,
    /// Minutes since the first step began.
    pub elapsed: u32,
}

/// A fact that a step changes.
#[derive(Clone, Debug, JsonSchema, Serialize)]
pub struct ChangeDocument {
    /// The fact.
    pub fact: String,
    /// What was known of it; null for nothing.
    pub from: Json,
    /// What is known of it now; null for nothing.
    pub to: Json,
}

/// What protects a server: names, with a question mark where it is not certain, or `none`.
#[derive(Clone, Debug, JsonSchema, Serialize)]
pub struct ProtectionDocument {
    /// The active antivirus.
    pub antivirus: String,
    /// The sensor that reports.
    pub sensor: String,
}

/// A way that was broken off.
#[derive(Clone, Debug, JsonSchema, Serialize)]
pub struct Again {
    /// The step at which it was broken off.
    pub step: String,
    /// What happened.
    pub what: String,
    /// What to do about it, where the catalog has an answer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub remedy: Option<String>,
    /// What protects the server then.
    pub protection: ProtectionDocument,
    /// What planning again says.
    pub plan: PlanDocument,
}
