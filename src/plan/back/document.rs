//! The way back as documents have it.

use super::{NoReturn, Outlook, Rollback, Stay};
use schemars::JsonSchema;
use serde::Serialize;

/// What a plan of a way back says besides.
#[derive(Clone, Debug, JsonSchema, Serialize)]
pub struct RollbackDocument {
    /// The step from which it goes back.
    pub from: String,
    /// The step after which there is no way back to a server no worse than before; null where it is not passed.
    pub no_return: Option<NoReturnDocument>,
    /// Steps that were done and stay as they are.
    pub stays: Vec<NoReturnDocument>,
    /// The steps that are left of the plan, where there is no way back and going on is possible.
    pub go_on: Vec<String>,
}

/// A step that is not undone.
#[derive(Clone, Debug, JsonSchema, Serialize)]
pub struct NoReturnDocument {
    /// The step.
    pub step: String,
    /// Why.
    pub why: String,
}

/// The way back from one step of a plan.
#[derive(Clone, Debug, JsonSchema, Serialize)]
pub struct OutlookDocument {
    /// The step.
    pub from: String,
    /// The steps of the furthest safe way back, in their order.
    pub steps: Vec<String>,
    /// The step after which there is no way back to a server no worse than before.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub no_return: Option<NoReturnDocument>,
    /// Steps of which it is not known whether they will be done, so that it is not known either what has to be undone.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub undecided: Vec<String>,
}

impl From<&NoReturn> for NoReturnDocument {
    fn from(NoReturn { step, why, .. }: &NoReturn) -> Self {
        Self { step: step.to_string(), why: why.to_string() }
    }
}

impl From<&Stay> for NoReturnDocument {
    fn from(Stay { step, why }: &Stay) -> Self {
        Self { step: step.to_string(), why: why.to_string() }
    }
}

impl From<&Rollback> for RollbackDocument {
    fn from(rollback: &Rollback) -> Self {
        Self {
            from: rollback.from.to_string(),
            no_return: rollback.no_return.as_ref().map(NoReturnDocument::from),
            stays: rollback.stays.iter().map(NoReturnDocument::from).collect(),
            go_on: rollback.go_on.iter().map(ToString::to_string).collect(),
        }
    }
}

impl From<&Outlook> for OutlookDocument {
    fn from(outlook: &Outlook) -> Self {
        Self {
            from: outlook.from.to_string(),
            steps: outlook.steps.iter().map(ToString::to_string).collect(),
            no_return: outlook.no_return.as_ref().map(NoReturnDocument::from),
            undecided: outlook.undecided.iter().map(ToString::to_string).collect(),
        }
    }
}
