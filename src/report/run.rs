//! A run, and what a journal says, as text for people: one line a step, then what to do next.

use super::phrases::count;
use crate::execute::document::{RunDocument, StepDocument};
use crate::execute::status::StatusDocument;
use crate::suggest::harmless;
use std::fmt::Write as _;

/// The report of a run.
pub fn run(run: &RunDocument) -> String {
    let simulated = if run.simulated { " (simulated)" } else { "" };
    let who = match run.host_steps {
        "console" => ", the steps on the server performed by others",
        _ => "",
    };
    let mut out = format!("{}{simulated}: {}{who}\n", harmless(&run.host), run.scenario);
    if run.dry_run {
        out.push_str("a dry run: nothing was done\n");
    }
    if !run.steps.is_empty() {
        out.push('\n');
    }
    let width = run.steps.iter().map(|step| step.step.len()).max().unwrap_or(0);
    for step in &run.steps {
        let _ = writeln!(out, "  {:width$}  {}", step.step, came(step));
        details(&mut out, step);
    }
    if !run.taken_from_plan.is_empty() && run.dry_run && run.findings.is_empty() {
        let _ = writeln!(out, "\nTaken from the plan, since no probe of this server sees it: {}", run.taken_from_plan.join(", "));
    }
    let _ = writeln!(out, "\n{}", ending(run));
    for finding in &run.findings {
        let _ = writeln!(out, "  {}: {}\n    {}", finding.code, harmless(&finding.message), harmless(&finding.help));
    }
    for check in &run.checklist {
        let _ = writeln!(out, "  [ ] {}: {}\n      {}", check.step, check.title, check.how);
    }
    next(&mut out, run);
    out
}

/// What came of a step, in words.
fn came(step: &StepDocument) -> String {
    let minutes = step.minutes.unwrap_or(0);
    let limit = || format!("at most {}", count(usize::try_from(minutes).unwrap_or(0), "minute", "minutes"));
    match step.came {
        "already_so" => "already so".to_owned(),
        "does_not_apply" => "not needed here".to_owned(),
        "done" | "awaits_restart" | "done_by_others" => {
            let who = if step.came == "done_by_others" { " by others" } else { "" };
            let restart = if step.came == "awaits_restart" { ", complete after a restart" } else { "" };
            let despite = if step.outcome == Some("failed") { ", although its tool says that it failed" } else { "" };
            format!("done{who} in {minutes} min{restart}{despite}")
        }
        "waits_for_attestation" => "to be done in a console".to_owned(),
        "waits_for_others" => "not done by others yet".to_owned(),
        "waits_for_restart" => "waits for a restart".to_owned(),
        "not_known" => "not known whether it can be done".to_owned(),
        "would_do" => format!("would be done, {}", limit()),
        "may_restart" => "would restart the server where one is needed by then, with --restart".to_owned(),
        "would_check" => format!("would be done unless it is so by then, {}", limit()),
        "would_watch" => format!("would be waited for, {}", limit()),
        "would_attest" => "would have to be done in a console and attested".to_owned(),
        "would_restart" => "would restart the server, with --restart".to_owned(),
        other => other.to_owned(),
    }
}

fn details(out: &mut String, step: &StepDocument) {
    if let Some(how) = &step.how {
        let _ = writeln!(out, "      how: {}", harmless(how));
    }
    if let Some(needs) = &step.needs {
        let _ = writeln!(out, "      needs: {}", harmless(needs));
    }
    if let Some(achieved) = &step.achieved_when {
        let _ = writeln!(out, "      is done when: {}", harmless(achieved));
    }
    let code = step.code.map(|code| format!(" {code}")).unwrap_or_default();
    if let Some(tool) = &step.tool {
        let _ = writeln!(out, "      {} ended with{code}", harmless(tool));
    }
    if let Some(says) = &step.says {
        let _ = writeln!(out, "      {}", harmless(says));
    }
}

fn ending(run: &RunDocument) -> String {
    let at = run.stopped_at.as_ref().map(|step| format!(" at {step}")).unwrap_or_default();
    let because = run.because.as_ref().map(|because| format!(": {}", harmless(because))).unwrap_or_default();
    match run.status {
        "done" => "Done: nothing is left to do, and the goal holds.".to_owned(),
        "would_run" => "The plan holds on this server as it is.".to_owned(),
        "refused" => format!("Refused{at}{because}."),
        "failed" => format!("Failed{at}{because}"),
        "not_known" => format!("Stopped{at}{because}."),
        "waiting" => format!("Waiting{at}{because}."),
        "restarting" => format!("Restarting{at}{because}."),
        _ => format!("A restart is needed{at}{because}."),
    }
}

fn next(out: &mut String, run: &RunDocument) {
    let Some(command) = &run.next else { return };
    let before = match run.status {
        "would_run" => "To carry it out",
        "failed" | "refused" | "not_known" => "Once that is mended",
        "waiting" => "Once that is done",
        _ if run.simulated => "Go on with",
        _ => "Restart the server, then",
    };
    let _ = writeln!(out, "\n{before}:\n  {}", typed(command));
}

/// A command as it is typed.
fn typed(command: &[String]) -> String {
    let word = |word: &String| {
        let plain = !word.is_empty() && !word.contains(|c: char| c.is_whitespace() || "\"'&|<>^%$`*?;()".contains(c));
        if plain { harmless(word) } else { format!("\"{}\"", harmless(word)) }
    };
    command.iter().map(word).collect::<Vec<_>>().join(" ")
}

/// What a journal says.
pub fn status(status: &StatusDocument) -> String {
    let simulated = if status.simulated { " (simulated)" } else { "" };
    let mut out = format!("{}{simulated}: {}\n", harmless(&status.host), harmless(&status.scenario));
    if !status.done.is_empty() {
        out.push('\n');
    }
    let width = status.done.iter().map(|step| step.step.chars().count()).max().unwrap_or(0);
    for done in &status.done {
        let how = match done.how {
            "awaits_restart" => "done, complete after a restart",
            "restarted" => "a restart was asked for",
            other => other,
        };
        let _ = writeln!(out, "  {:width$}  {how} ({})", harmless(&done.step), harmless(&done.at));
    }
    let step = status.step.as_ref().map(|step| harmless(step)).unwrap_or_default();
    let since = harmless(&status.since);
    let _ = match status.state {
        "running" if step.is_empty() => writeln!(out, "\nRunning just now."),
        "running" => writeln!(out, "\nRunning just now: {step}, since {since}."),
        "interrupted" if step.is_empty() => writeln!(out, "\nInterrupted between two steps, after {since}."),
        "interrupted" => writeln!(out, "\nInterrupted at {step}, which was begun at {since}: whether it is done is not known."),
        _ => {
            let at = if step.is_empty() { String::new() } else { format!(" at {step}") };
            writeln!(out, "\nEnded{at}, {}, at {since}.", ended(status.ended.as_deref().unwrap_or_default()))
        }
    };
    if status.restart_awaited {
        out.push_str("A restart is awaited.\n");
    }
    if status.torn_bytes > 0 {
        let _ = writeln!(out, "The last line is torn and does not count ({} bytes).", status.torn_bytes);
    }
    if !status.left.is_empty() {
        let left: Vec<_> = status.left.iter().map(|step| harmless(step)).collect();
        let _ = writeln!(out, "Left of the plan: {}", left.join(", "));
    }
    if let Some(command) = &status.next {
        let _ = writeln!(out, "\nTo go on:\n  {}", typed(command));
    }
    out
}

fn ended(status: &str) -> String {
    match status {
        "done" => "done".to_owned(),
        "refused" => "refused".to_owned(),
        "failed" => "failed".to_owned(),
        "not_known" => "for want of knowledge".to_owned(),
        "waiting" => "waiting for somebody".to_owned(),
        "restart" | "restarting" => "for a restart".to_owned(),
        other => harmless(other),
    }
}
