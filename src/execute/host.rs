//! The seam between the runner and a server that can be changed: a real one or a simulated one.

use crate::catalog::{Action, Catalog, FailureSign, Step};
use crate::condition::Argument;
use crate::fact::{FactId, HostFacts, Value};
use jiff::{SignedDuration, Timestamp};
use std::fmt;

/// A server that can be changed, with its clock.
///
/// [`HostFacts::observe`] answers from the last [`Host::look`]; nothing is observed behind the runner's back. The runner is the
/// only one that calls these methods, from one thread, and it judges every action by what is observed afterwards: a host
/// reports what the tool said and decides nothing.
pub trait Host: HostFacts {
    /// The server's own name, in full where it knows that.
    fn name(&self) -> &str;

    /// Whether this host has a probe for the fact at all. A fact that it could see and did not, such as for want of rights, is
    /// seen and unknown. What it cannot see, such as what only a console knows, is taken from the plan and from attested steps.
    fn sees(&self, fact: FactId) -> bool;

    /// Observes every fact afresh.
    fn look(&mut self);

    /// Makes this run the only one that may change the server, for as long as the host lives.
    ///
    /// # Errors
    ///
    /// With a sentence that says that another run does, or why that cannot be told.
    fn claim(&mut self) -> Result<(), String> {
        Ok(())
    }

    /// Whether a tool is still at work that was started for the step by a run that was killed: it goes on without the run.
    fn is_at_work(&self, _step: &Step) -> bool {
        false
    }

    /// Carries out an action that is done on the server, and returns when the tool has ended or the time is up, whichever is
    /// first. A tool whose time is up is left alone: an installer that is killed halfway leaves more to mend than one that is
    /// late. It never restarts the server, whatever the tool offers. Actions that are restarts do not come here, see
    /// [`Host::restart`].
    fn perform(&mut self, task: &Task<'_>) -> Outcome;

    /// Hears that somebody else does the action or has done it: a person in a console, or a deployment. A real server has nothing
    /// to do about it; a simulated one makes it so.
    fn left_to_others(&mut self, _task: &Task<'_>) {}

    /// The time.
    fn now(&self) -> Timestamp;

    /// Lets some time pass.
    fn wait(&mut self, time: SignedDuration);

    /// Names the present start of the machine: the same text as long as it runs, another one after every restart.
    fn boot(&self) -> String;

    /// Has this command (the program and its arguments, each one word) run once, elevated, when the server has started again,
    /// instead of any command that was registered before; nothing takes that back and is no error where there is none.
    ///
    /// # Errors
    ///
    /// With a sentence that says why it cannot be registered.
    fn resume_at_start(&mut self, command: Option<&[String]>) -> Result<(), String>;

    /// Asks for a restart. A real server takes it a little later, so that the runner can still end; a simulated one has been
    /// restarted when this returns, and its [`Host::boot`] is another one.
    ///
    /// # Errors
    ///
    /// With a sentence that says why the restart was refused.
    fn restart(&mut self, task: &Task<'_>) -> Result<(), String>;
}

/// An action to carry out, with everything that its step and the plan give it.
#[derive(Clone, Copy)]
pub struct Task<'a> {
    /// The catalog, for names.
    pub catalog: &'a Catalog,
    /// The step.
    pub step: &'a Step,
    /// Its position in the scenario.
    pub index: usize,
    /// The arguments of the action that are true, such as `passive`; the others are false.
    pub flags: &'a [&'a str],
    /// The parameters of the plan, in the order of the catalog.
    pub parameters: &'a [Argument],
    /// How long it may take.
    pub timeout: SignedDuration,
}

/// What came of an action, as the tool tells it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The tool says that it is done.
    Success,
    /// The tool says that it is done, and that a restart is needed (such as 3010, or 1641 where the tool was told not to restart).
    NeedsRestart,
    /// The tool says that it failed.
    Failed(Failed),
    /// It was not begun, and why: a package that is not signed, a file that is missing, a command that nobody knows how to run.
    Refused(String),
    /// The tool had not ended when the time was up.
    TimedOut,
    /// The tool has ended and the work goes on without it, such as `ccmsetup /uninstall`; or somebody else has to do it.
    StillRunning,
}

/// How a tool failed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Failed {
    /// The tool as failures in the catalog call it, such as `msiexec` or `onboarding-script`.
    pub tool: String,
    /// The code that it ended with. Codes of 32 bits may come signed or unsigned.
    pub code: Option<i64>,
    /// The id of the action's failure, where the host recognised one that no code tells.
    pub failure: Option<String>,
    /// What the tool said, such as the reason in its log: shown to the operator, never kept in the journal.
    pub says: Option<String>,
}

impl Task<'_> {
    /// The action, with the step's arguments filled in.
    pub fn action(&self) -> &Action {
        &self.step.action
    }

    /// Whether an argument of the action is true.
    pub fn flag(&self, name: &str) -> bool {
        self.flags.contains(&name)
    }

    /// The value of a parameter of the plan.
    pub fn parameter(&self, name: &str) -> Option<&Value> {
        let spec = self.catalog.parameter(name)?;
        match self.parameters.get(spec.parameter.index()) {
            Some(Argument::Given(value)) => Some(value),
            _ => None,
        }
    }
}

impl fmt::Debug for Task<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Task").field("step", &self.step.id).field("timeout", &self.timeout).finish_non_exhaustive()
    }
}

impl Outcome {
    /// The name in the journal.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Success => "success",
            Self::NeedsRestart => "needs_restart",
            Self::Failed(_) => "failed",
            Self::Refused(_) => "refused",
            Self::TimedOut => "timed_out",
            Self::StillRunning => "still_running",
        }
    }
}

impl Failed {
    /// The failure of the action that this is, where the catalog lists it.
    pub fn listed<'a>(&self, action: &'a Action) -> Option<&'a crate::catalog::Failure> {
        if let Some(id) = &self.failure {
            return action.failure(id);
        }
        let ended = self.code?;
        action.failures.iter().find(|failure| match &failure.on {
            FailureSign::Exit { tool, code } => {
                tool.eq_ignore_ascii_case(&self.tool) && number(code).is_some_and(|code| same(code, ended))
            }
            FailureSign::Observed(_) => false,
        })
    }
}

/// A code as people write it: `1603`, `-2145124329` or `0x80240017`.
fn number(code: &str) -> Option<i64> {
    match code.strip_prefix("0x").or_else(|| code.strip_prefix("0X")) {
        Some(digits) => i64::from_str_radix(digits, 16).ok(),
        None => code.parse().ok(),
    }
}

/// Codes of 32 bits are the same whether they are read with a sign or without.
fn same(one: i64, other: i64) -> bool {
    one.rem_euclid(1 << 32) == other.rem_euclid(1 << 32)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn failed(action: &str, tool: &str, code: i64) -> Option<String> {
        let catalog = Catalog::built_in().expect("the built-in catalog");
        let action = catalog.actions().iter().find(|one| &*one.id == action).expect("an action");
        let failed = Failed { tool: tool.to_owned(), code: Some(code), ..Failed::default() };
        failed.listed(action).map(|failure| failure.id.to_string())
    }

    #[test]
    fn a_code_is_found_among_the_listed_failures_of_its_tool() {
        assert_eq!(failed("install-mde", "msiexec", 1618).as_deref(), Some("busy-installer"));
        assert_eq!(failed("install-mde", "wusa", 1618), None);
        assert_eq!(failed("install-mde", "msiexec", 1), None);
    }

    #[test]
    fn a_code_is_the_same_with_and_without_a_sign() {
        assert_eq!(failed("install-prerequisites", "WUSA", -2_145_124_329).as_deref(), Some("not-applicable"));
        assert_eq!(failed("install-prerequisites", "wusa", 0x8024_0017).as_deref(), Some("not-applicable"));
    }
}
