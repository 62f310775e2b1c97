//! What a plan says of its server, in one word.

use super::reasons::Ledger;
use super::walk::{Decision, PlannedStep};
use crate::condition::Truth;

/// What a plan says of its server.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Status {
    /// No scenario is for this server.
    NotApplicable,
    /// Something stands in the way.
    Blocked,
    /// What is not known decides what has to be done.
    Undetermined,
    /// It can be migrated if what is listed turns out true.
    ReadyIf,
    /// Nothing is left to do.
    Done,
    /// It can be migrated.
    Ready,
}

impl Status {
    /// All statuses, in the order in which they are decided.
    pub const ALL: [Self; 6] = [Self::NotApplicable, Self::Blocked, Self::Undetermined, Self::ReadyIf, Self::Done, Self::Ready];

    /// The name in documents and on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Self::NotApplicable => "not_applicable",
            Self::Blocked => "blocked",
            Self::Undetermined => "undetermined",
            Self::ReadyIf => "ready_if",
            Self::Done => "done",
            Self::Ready => "ready",
        }
    }
}

/// The first that holds.
pub(super) fn status(supported: Truth, applies: Truth, ledger: &Ledger<'_>, steps: &[PlannedStep<'_>], goal: Truth) -> Status {
    if supported == Truth::False || applies == Truth::False {
        Status::NotApplicable
    } else if !ledger.blockers.is_empty() {
        Status::Blocked
    } else if !ledger.unknowns.is_empty() || supported == Truth::Unknown || applies == Truth::Unknown {
        Status::Undetermined
    } else if !ledger.confirm.is_empty() {
        Status::ReadyIf
    } else if goal == Truth::True && steps.iter().all(|planned| matches!(planned.decision, Decision::Skip(_))) {
        Status::Done
    } else {
        Status::Ready
    }
}
