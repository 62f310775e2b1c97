//! The vendor's installer script as a way to run the host steps of a plan: its command line, and what it leaves to do.

use crate::plan::document::{PlanDocument, StepDocument};
use crate::suggest::harmless;
use serde_json::Value as Json;
use std::fmt::Write as _;

/// How the installer script can be used for a plan.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ScriptUse {
    /// The command line; the workspace id is left open where it was not given.
    pub command: String,
    /// Steps of the plan to do before the script runs.
    pub before: Vec<String>,
    /// Steps of the plan that fall between steps of the script, which does not stop for them.
    pub between: Vec<String>,
    /// Steps of the plan to do after the script has run.
    pub after: Vec<String>,
}

impl ScriptUse {
    /// How the script with these steps can be used for a plan; nothing where it does not carry out the plan: where the plan
    /// is not ready, does not install and onboard, or is for another way of running.
    pub fn of(plan: &PlanDocument, script_steps: &[&str]) -> Option<Self> {
        let is_ready = matches!(plan.status, "ready" | "ready_if");
        let done = |step: &&StepDocument| step.why.is_none();
        let does = |id: &str| plan.steps.iter().find(|step| step.id == id).filter(done);
        if !is_ready || does("onboard").is_none() {
            return None;
        }
        let install = does("install-mde")?;
        let by_script = |step: &&StepDocument| script_steps.contains(&step.id.as_str());
        let steps: Vec<&StepDocument> = plan.steps.iter().filter(done).collect();
        let first = steps.iter().position(by_script)?;
        let last = steps.iter().rposition(by_script)?;
        let ids = |steps: &[&StepDocument]| steps.iter().filter(|step| !by_script(step)).map(|step| step.id.clone()).collect();
        Some(Self {
            command: command(plan, does("remove-mma-workspace").is_some(), install),
            before: ids(&steps[..first]),
            between: ids(&steps[first..=last]),
            after: ids(&steps[last + 1..]),
        })
    }

    /// The command and what it leaves to do, for people.
    pub fn text(&self) -> String {
        let mut out = format!("With the installer script:\n  {}\n", self.command);
        let lists = [("Do before it", &self.before), ("It does not stop for", &self.between), ("Do after it", &self.after)];
        for (what, steps) in lists.iter().filter(|(_, steps)| !steps.is_empty()) {
            let _ = writeln!(out, "  {what}: {}", steps.join(", "));
        }
        out.push_str("  It has an order of its own: it removes the workspace first, and SCEP before its last checks.\n");
        out.push_str("  It runs on past a failed onboarding with exit code 0: look at sense.onboarded afterwards.\n");
        let again =
            if self.command.contains("-RemoveMMA") { ", without -RemoveMMA: it refuses a workspace that is gone" } else { "" };
        let _ = writeln!(out, "  Where it ends with 12, restart and run it again{again}.");
        out
    }
}

fn command(plan: &PlanDocument, removes_workspace: bool, install: &StepDocument) -> String {
    let mut command = r".\install.ps1".to_owned();
    if removes_workspace {
        let workspace = plan.parameters.get("workspace_id").and_then(Json::as_str);
        let _ = write!(command, " -RemoveMMA {}", workspace.map_or_else(|| "<workspace_id>".to_owned(), harmless));
    }
    command.push_str(r#" -OnboardingScript ".\WindowsDefenderATPOnboardingScript.cmd""#);
    if install.with.get("passive") == Some(&Json::Bool(true)) {
        command.push_str(" -Passive");
    }
    command
}
