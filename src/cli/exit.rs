//! Exit statuses: the same for every verb.

use crate::fleet::document::Statuses;
use std::process::ExitCode;

/// How a verb ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
    /// The answer is yes: ready, done, holds, equal.
    Yes,
    /// The answer is no: blocked, violated, different, findings.
    No,
    /// The question was wrong: usage, unreadable or invalid input.
    Wrong,
    /// Not enough is known: `ready_if`, `undetermined`.
    Unknown,
    /// Of a run: a restart is needed before it goes on.
    Restart,
}

impl Exit {
    /// The number that the process ends with.
    pub fn code(self) -> u8 {
        match self {
            Self::Yes => 0,
            Self::No => 1,
            Self::Wrong => 2,
            Self::Unknown => 3,
            Self::Restart => 4,
        }
    }

    /// How a plan for a single server ends.
    pub fn for_one(status: &str) -> Self {
        match status {
            "ready" | "done" => Self::Yes,
            "ready_if" | "undetermined" => Self::Unknown,
            _ => Self::No,
        }
    }

    /// How plans for many servers end: the worst decides, and a server that no scenario is for does not count.
    pub fn for_many<'s>(statuses: impl Iterator<Item = &'s str>) -> Self {
        let one = |status: &str| if status == "not_applicable" { Self::Yes } else { Self::for_one(status) };
        statuses.map(one).fold(Self::Yes, |worst, next| match (worst, next) {
            (Self::No, _) | (_, Self::No) => Self::No,
            (Self::Unknown, _) | (_, Self::Unknown) => Self::Unknown,
            _ => Self::Yes,
        })
    }

    /// How a summary of many servers ends.
    pub fn for_summary(statuses: &Statuses) -> Self {
        Self::for_many(statuses.named().into_iter().filter(|(_, servers)| *servers > 0).map(|(status, _)| status))
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit.code())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_worst_server_decides() {
        let of = |statuses: &[&str]| Exit::for_many(statuses.iter().copied()).code();
        assert_eq!(of(&["ready", "done", "not_applicable"]), 0);
        assert_eq!(of(&["ready", "undetermined"]), 3);
        assert_eq!(of(&["ready_if", "blocked", "ready"]), 1);
    }

    #[test]
    fn not_applicable_is_a_no_for_a_single_server() {
        assert_eq!(Exit::for_one("not_applicable").code(), 1);
    }
}
