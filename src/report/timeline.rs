//! A timeline as text for people: one state a paragraph.

use super::phrases::value;
use super::text;
use super::texts::Texts;
use crate::simulate::document::{Again, StateDocument, TimelineDocument};
use crate::suggest::harmless;
use std::fmt::Write as _;

/// The whole timeline.
pub fn timeline(timeline: &TimelineDocument, texts: &Texts) -> String {
    let mut out = format!("{}: {}", harmless(&timeline.host), text::status(timeline.status));
    if let Some(scenario) = &timeline.scenario {
        let _ = write!(out, "\n{scenario}: {}", texts.scenario(scenario));
    }
    out.push_str("\n\n  0:00  at the start\n");
    out.push_str(&after(&timeline.start, texts));
    for state in &timeline.states {
        out.push_str(&step(state, texts));
    }
    for again in &timeline.again {
        out.push_str(&broken_off(again));
    }
    if timeline.again.is_empty() {
        let end = match timeline.goal {
            Some(true) => "The whole way reaches the goal.",
            Some(false) => "The whole way misses the goal.",
            None => "Whether the whole way reaches the goal is not known.",
        };
        let _ = writeln!(out, "\n{end}");
    }
    out
}

fn clock(minutes: u32) -> String {
    format!("{:>3}:{:02}", minutes / 60, minutes % 60)
}

fn step(state: &StateDocument, texts: &Texts) -> String {
    let id = state.step.as_deref().unwrap_or("");
    if let Some(why) = state.why {
        let why = if why == "already_so" { "already so" } else { "not needed here" };
        return format!("{}  {id} - {why}\n", clock(state.elapsed));
    }
    let decision = match state.decision {
        Some("check_first") => ", unless it is so already",
        Some("decide_later") => ", if it is needed",
        _ => "",
    };
    let restart = match state.restart {
        Some("restart") => ", the restart",
        Some("possible") => ", may need a restart",
        Some(_) => ", needs a restart",
        None => "",
    };
    let mut out = format!("{}  {id}{decision} ({} min{restart})\n", clock(state.elapsed), state.minutes);
    for change in &state.changes {
        let _ = writeln!(out, "          {}: {} -> {}", change.fact, value(&change.from), value(&change.to));
    }
    out + &after(state, texts)
}

fn after(state: &StateDocument, texts: &Texts) -> String {
    let mut out = format!("        = antivirus: {}; sensor: {}\n", state.protection.antivirus, state.protection.sensor);
    let title = |id: &str| texts.note(id).map_or_else(String::new, |note| format!(" ({})", note.title));
    for id in &state.opens {
        let _ = writeln!(out, "        ! {id} opens{}", title(id));
    }
    for id in &state.closes {
        let _ = writeln!(out, "        . {id} closes");
    }
    out
}

fn broken_off(again: &Again) -> String {
    let mut out = format!("\nAt {}: {}\n", again.step, harmless(&again.what));
    if let Some(remedy) = &again.remedy {
        let _ = writeln!(out, "  {remedy}");
    }
    let _ = writeln!(out, "  then antivirus: {}; sensor: {}", again.protection.antivirus, again.protection.sensor);
    let _ = writeln!(out, "  planning again says: {}", text::status(again.plan.status));
    for blocker in &again.plan.blockers {
        let _ = writeln!(out, "    in the way of {}: {}", blocker.step, super::phrases::failing(&blocker.test));
    }
    for unknown in &again.plan.unknowns {
        let name = unknown.fact.as_deref().or(unknown.parameter.as_deref()).unwrap_or("");
        let _ = writeln!(out, "    not known: {name} (decides {})", unknown.matters_to.join(", "));
    }
    for row in &again.plan.confirm {
        let _ = writeln!(out, "    to confirm for {}: {}", row.step, super::phrases::to_confirm(&row.test));
    }
    let steps: Vec<_> = again.plan.steps.iter().filter(|step| step.why.is_none()).map(|step| step.id.as_str()).collect();
    if !steps.is_empty() {
        let _ = writeln!(out, "    what is left: {}", steps.join(", "));
    }
    out
}
