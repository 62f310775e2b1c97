//! The report of a run, `cutover/run/v1`.

use schemars::JsonSchema;
use serde::Serialize;

/// The schema that a run report names.
pub const SCHEMA: &str = "cutover/run/v1";

/// What a run did, saw, or would do.
#[derive(Clone, Debug, JsonSchema, Serialize)]
pub struct RunDocument {
    /// Always [`SCHEMA`].
    pub schema: &'static str,
    /// The server's own name.
    pub host: String,
    /// True where the server is a simulated one.
    pub simulated: bool,
    /// True where nothing was done.
    pub dry_run: bool,
    /// The plan's file.
    pub plan: String,
    /// The journal's file; null where there is none.
    pub journal: Option<String>,
    /// The scenario.
    pub scenario: String,
    /// Who performs the steps on the server: `cutover` or `console`.
    pub host_steps: &'static str,
    /// How it ended: `done`, `would_run`, `refused`, `failed`, `not_known`, `waiting`, `restart` or `restarting`.
    pub status: &'static str,
    /// The step that it stopped at.
    pub stopped_at: Option<String>,
    /// Why it stopped; null where it is done.
    pub because: Option<String>,
    /// What was done with each step whose turn came.
    pub steps: Vec<StepDocument>,
    /// Why it was refused, or what is not known.
    pub findings: Vec<FindingDocument>,
    /// Console steps that a person has to do and attest before it goes on.
    pub checklist: Vec<CheckDocument>,
    /// Facts that nothing on the server sees, and that are taken from the plan.
    pub taken_from_plan: Vec<String>,
    /// The command that goes on; null where nothing is left to do.
    pub next: Option<Vec<String>>,
    /// When it began, by the clock of the server.
    pub began: String,
    /// When it ended.
    pub ended: String,
}

/// What was done with a step, or would be.
#[derive(Clone, Debug, Default, JsonSchema, Serialize)]
pub struct StepDocument {
    /// The step.
    pub step: String,
    /// What it does.
    pub title: String,
    /// `host` or `console`.
    pub scope: &'static str,
    /// What came of it: `done`, `already_so`, `does_not_apply`, `awaits_restart`, `attested`, `done_by_others`, `restarted`, `refused`,
    /// `failed`, `not_known`, `waits_for_attestation`, `waits_for_others`, `waits_for_restart` or `restarting`; of a dry run
    /// `would_do`, `would_check`, `would_attest`, `would_watch`, `would_restart` or `may_restart`.
    pub came: &'static str,
    /// What the tool said: `success`, `needs_restart`, `failed`, `refused`, `timed_out` or `still_running`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub outcome: Option<&'static str>,
    /// The tool, where it failed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tool: Option<String>,
    /// The code that it ended with.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub code: Option<i64>,
    /// The failure of the catalog that this is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub failure: Option<String>,
    /// More about it, in a sentence.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub says: Option<String>,
    /// Of a dry run: what the step needs when its turn comes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub needs: Option<String>,
    /// Of a dry run: how it is seen that it is done.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub achieved_when: Option<String>,
    /// Of a dry run: how it is carried out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub how: Option<String>,
    /// How long it may take, or took, in minutes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub minutes: Option<i64>,
}

/// Why a run was refused, or what is not known.
#[derive(Clone, Debug, JsonSchema, PartialEq, Serialize)]
pub struct FindingDocument {
    /// The kind of finding: one of `verify`, or one that only a run has.
    pub code: &'static str,
    /// `violated` or `not_known`.
    pub severity: &'static str,
    /// What is wrong, as a sentence in lower case.
    pub message: String,
    /// What to do.
    pub help: String,
}

/// A console step that a person has to do.
#[derive(Clone, Debug, JsonSchema, Serialize)]
pub struct CheckDocument {
    /// The step.
    pub step: String,
    /// What it does.
    pub title: String,
    /// How a person does it.
    pub how: String,
}

impl FindingDocument {
    pub(super) fn no(code: &'static str, message: String, help: &str) -> Self {
        Self { code, severity: "violated", message, help: help.to_owned() }
    }

    pub(super) fn not_known(self) -> Self {
        Self { severity: "not_known", ..self }
    }

    /// Whether this says that something does not hold, rather than that it is not known.
    pub(super) fn is_violated(&self) -> bool {
        self.severity == "violated"
    }
}
