//! A plan as text for people.

use super::installer_script::ScriptUse;
use super::phrases::{count, failing, reason, to_confirm};
use super::texts::Texts;
use super::{indented, table};
use crate::plan::back::document::{NoReturnDocument, OutlookDocument};
use crate::plan::document::{BlockerDocument, FindingDocument, PlanDocument, StepDocument};
use crate::suggest::harmless;
use std::fmt::Write as _;

/// The whole plan of one server.
pub fn plan(plan: &PlanDocument, texts: &Texts, script: Option<&ScriptUse>) -> String {
    let mut out = headline(plan, texts);
    let sections = [
        rollback(plan).unwrap_or_default(),
        steps(plan),
        by_hand(plan),
        blockers(plan),
        confirm(plan),
        unknowns(plan),
        candidates(plan),
        exposures(plan, texts),
        restarts(plan),
        way_back(plan),
        findings(plan, texts),
        script.map(ScriptUse::text).unwrap_or_default(),
    ];
    for section in sections.iter().filter(|section| !section.is_empty()) {
        out.push('\n');
        out.push_str(section);
    }
    out
}

/// A status in words.
pub fn status(name: &str) -> &str {
    match name {
        "not_applicable" => "not applicable",
        "ready_if" => "ready if",
        other => other,
    }
}

fn headline(plan: &PlanDocument, texts: &Texts) -> String {
    let mut out = format!("{}: {}", harmless(&plan.host), status(plan.status));
    match &plan.scenario {
        Some(scenario) => {
            let _ = writeln!(out, "\n{scenario}: {}", texts.scenario(scenario));
        }
        None => out.push_str("\nno scenario was chosen\n"),
    }
    out
}

/// Of a way back: from where it goes, how far it can go, and what stays.
pub(super) fn rollback(plan: &PlanDocument) -> Option<String> {
    let rollback = plan.rollback.as_ref()?;
    let from = harmless(&rollback.from);
    if plan.status == "not_applicable" {
        return Some(format!("This scenario has no step {from} to go back from.\n"));
    }
    let undoes = plan.steps.iter().any(|step| step.undoes.is_some());
    let mut out = format!("The way back after {from}, to a server no worse than before the first step.\n");
    if let Some(passed) = &rollback.no_return {
        let _ = writeln!(out, "{}.", no_return(passed));
        let further = if undoes { "The steps below go back as far as that is safe." } else { "Nothing is undone." };
        let _ = writeln!(out, "{further}");
        if !rollback.go_on.is_empty() {
            let _ = writeln!(out, "Going on leads out: {}.", rollback.go_on.join(", "));
        }
    } else if !undoes && plan.unknowns.is_empty() {
        let _ = writeln!(out, "There is nothing to undo.");
    }
    for stay in &rollback.stays {
        let _ = writeln!(out, "{} stays: {}.", stay.step, stay.why);
    }
    Some(out)
}

/// Which point of no return is passed, and why.
pub(super) fn no_return(passed: &NoReturnDocument) -> String {
    format!("point of no return passed at {}: {}", passed.step, passed.why)
}

/// What a person does on a way back.
fn by_hand(plan: &PlanDocument) -> String {
    let mut out = String::new();
    for step in plan.steps.iter().filter(|step| step.why.is_none()) {
        if let Some(how) = &step.by_hand {
            out.push_str(if out.is_empty() { "By hand:\n" } else { "" });
            let _ = writeln!(out, "  {}: {how}", step.id);
        }
    }
    out
}

/// The way back from each step of a plan.
fn way_back(plan: &PlanDocument) -> String {
    let rows: Vec<Vec<String>> = ways_back(plan).into_iter().map(|(from, way)| vec![format!("after {from}"), way]).collect();
    if rows.is_empty() {
        return String::new();
    }
    format!("The way back, with --rollback-from STEP:\n{}", indented(&table(&["from", "undo, in this order"], &[], rows), 2))
}

/// The way back from each step, in words; of steps that follow each other and share it only the first is named.
pub(super) fn ways_back(plan: &PlanDocument) -> Vec<(&str, String)> {
    let mut found: Vec<(&str, String)> = Vec::new();
    for outlook in &plan.way_back {
        let way = outlook_words(outlook);
        if found.last().is_none_or(|(_, last)| *last != way) {
            found.push((&outlook.from, way));
        }
    }
    found
}

/// The way back from one step, in words.
fn outlook_words(outlook: &OutlookDocument) -> String {
    match &outlook.no_return {
        _ if !outlook.undecided.is_empty() => {
            format!("not known while it is not known whether {} will be done", outlook.undecided.join(", "))
        }
        Some(passed) if outlook.steps.is_empty() => no_return(passed),
        Some(passed) => format!("{}; no further: {}", outlook.steps.join(", "), no_return(passed)),
        None if outlook.steps.is_empty() => "nothing".to_owned(),
        None => outlook.steps.join(", "),
    }
}

fn steps(plan: &PlanDocument) -> String {
    if plan.steps.is_empty() || plan.status == "not_applicable" {
        return String::new();
    }
    let row = |(index, step): (usize, &StepDocument)| {
        let done = step.why.is_none();
        vec![
            (index + 1).to_string(),
            format!("{}{}", step.id, arguments(step)),
            decision(step),
            if done { step.minutes.to_string() } else { String::new() },
            if done && step.reboot != "never" { step.reboot.to_owned() } else { String::new() },
            step.undoes.clone().or_else(|| step.article.clone()).unwrap_or_else(|| "+".to_owned()),
            step.because.iter().map(reason).collect::<Vec<_>>().join("; "),
        ]
    };
    let rows = plan.steps.iter().enumerate().map(row).collect();
    let from = if plan.rollback.is_some() { "undoes" } else { "article" };
    table(&["#", "step", "decision", "min", "restart", from, "because"], &[0, 3], rows) + "\n"
}

/// The arguments that a step gives to its action, such as ` (passive)`; with a question mark where that is not known.
pub(super) fn arguments(step: &StepDocument) -> String {
    let given = step.with.iter().filter(|_| step.why.is_none()).filter_map(|(name, value)| match value {
        serde_json::Value::Bool(true) => Some(harmless(name)),
        serde_json::Value::Null => Some(format!("{}?", harmless(name))),
        _ => None,
    });
    let given: Vec<String> = given.collect();
    if given.is_empty() { String::new() } else { format!(" ({})", given.join(", ")) }
}

/// What is done with a step, in words.
pub(super) fn decision(step: &StepDocument) -> String {
    match (step.decision, step.why) {
        ("skip", Some("already_so")) => "- already so".to_owned(),
        ("skip", _) => "- not needed here".to_owned(),
        ("check_first", _) => "check first".to_owned(),
        ("decide_later", _) => "decide later".to_owned(),
        (other, _) => other.to_owned(),
    }
}

fn blockers(plan: &PlanDocument) -> String {
    if plan.blockers.is_empty() {
        return String::new();
    }
    let mut out = "In the way:\n".to_owned();
    for blocker in in_the_way(plan) {
        let told = match &blocker.invariant {
            Some(id) if blocker.test.is_empty() => format!("would end in {id}"),
            Some(id) => format!("{} (would make {id} true)", failing(&blocker.test)),
            None => failing(&blocker.test),
        };
        let _ = writeln!(out, "  {}: {told}\n      {}", blocker.step, blocker.remedy);
    }
    out
}

/// What stands in the way; of a server that the scenario does not support only that.
pub(super) fn in_the_way(plan: &PlanDocument) -> impl Iterator<Item = &BlockerDocument> {
    plan.blockers.iter().filter(|blocker| plan.status != "not_applicable" || blocker.step == "supports")
}

fn confirm(plan: &PlanDocument) -> String {
    if plan.confirm.is_empty() || plan.status == "not_applicable" {
        return String::new();
    }
    let mut out = "To confirm:\n".to_owned();
    for row in &plan.confirm {
        let when = match (&row.invariant, row.at) {
            (Some(invariant), _) => format!("or the step makes {invariant} true"),
            (None, "start") => "before the first step".to_owned(),
            (None, _) if row.step == "goal" => "at the end".to_owned(),
            (None, _) => "just before the step".to_owned(),
        };
        let group = row.any_of.map(|group| format!(" [one of group {group}]")).unwrap_or_default();
        let _ = writeln!(out, "  {}: {}, {when}{group} ({})", row.step, to_confirm(&row.test), harmless(&row.reason));
    }
    out
}

fn unknowns(plan: &PlanDocument) -> String {
    if plan.unknowns.is_empty() || plan.status == "not_applicable" {
        return String::new();
    }
    let mut out = "Not known, and decisive:\n".to_owned();
    for unknown in &plan.unknowns {
        let name = match (&unknown.fact, &unknown.parameter) {
            (Some(fact), _) => fact.clone(),
            (None, Some(parameter)) => format!("the parameter {parameter}"),
            (None, None) => String::new(),
        };
        let _ = writeln!(out, "  {name}: decides {} ({})", unknown.matters_to.join(", "), harmless(&unknown.reason));
        if let Some(parameter) = &unknown.parameter {
            let _ = writeln!(out, "      give it with --set {parameter}=VALUE");
        }
    }
    out
}

fn candidates(plan: &PlanDocument) -> String {
    let mut out = String::new();
    for candidate in plan.candidates.iter().filter(|candidate| candidate.applies != Some(false)) {
        if out.is_empty() {
            out.push_str("May apply:\n");
        }
        let join = |reasons: &[serde_json::Value]| reasons.iter().map(reason).collect::<Vec<_>>().join("; ");
        let _ = writeln!(out, "  {}", candidate.scenario);
        for (word, reasons) in [("for", &candidate.holds), ("open", &candidate.open)] {
            if !reasons.is_empty() {
                let _ = writeln!(out, "      {word}: {}", join(reasons));
            }
        }
    }
    out
}

fn exposures(plan: &PlanDocument, texts: &Texts) -> String {
    if plan.exposures.is_empty() || plan.status == "not_applicable" {
        return String::new();
    }
    let row = |exposure: &crate::plan::document::ExposureDocument| {
        vec![
            exposure.invariant.clone(),
            texts.note(&exposure.invariant).map(|note| note.title.clone()).unwrap_or_default(),
            exposure.opens.as_ref().map_or_else(|| "before the start".to_owned(), |step| format!("after {step}")),
            exposure.closes.as_ref().map_or_else(|| "stays open".to_owned(), |step| format!("with {step}")),
            exposure.steps.to_string(),
            exposure.minutes.to_string(),
            exposure.reboots.to_string(),
        ]
    };
    let rows = plan.exposures.iter().map(row).collect();
    let header = ["exposure", "meaning", "opens", "closes", "steps", "minutes", "restarts"];
    let better = better_order(plan).map(|better| format!("  {better}\n")).unwrap_or_default();
    format!("Exposed on the way:\n{}{better}", indented(&table(&header, &[4, 5, 6], rows), 2))
}

/// That another order exposes the server less, with the figures.
pub(super) fn better_order(plan: &PlanDocument) -> Option<String> {
    let better = plan.better_order.as_ref()?;
    let figures: Vec<String> =
        better.figures.iter().map(|figure| format!("{} {} instead of {}", figure.there, figure.of, figure.here)).collect();
    Some(format!("Another order that the edges allow, --order {}: {}.", better.order, figures.join(", ")))
}

fn restarts(plan: &PlanDocument) -> String {
    if plan.steps.is_empty() || plan.status == "not_applicable" {
        return String::new();
    }
    let goal = match plan.end.goal {
        Some(true) if plan.rollback.is_some() => "the server is no worse than before",
        Some(false) if plan.rollback.is_some() => "the server would be worse than before",
        Some(true) => "the goal is reached",
        Some(false) => "the goal is missed",
        None if plan.rollback.is_some() => "whether the server is no worse than before is not known",
        None => "whether the goal is reached is not known",
    };
    let assumed = match plan.assumed_effects {
        0 => String::new(),
        number => format!("; {} assumed, not documented", count(number, "effect is", "effects are")),
    };
    format!("Restarts: {} certain, {} possible. At the end {goal}{assumed}.\n", plan.reboots.certain, plan.reboots.possible)
}

fn findings(plan: &PlanDocument, texts: &Texts) -> String {
    if plan.findings.is_empty() {
        return String::new();
    }
    let mut out = "Worth knowing:\n".to_owned();
    for finding in &plan.findings {
        out.push_str(&finding_text(finding, texts));
    }
    out
}

fn finding_text(finding: &FindingDocument, texts: &Texts) -> String {
    let id = finding.invariant.as_ref().or(finding.finding.as_ref()).map_or("", String::as_str);
    let Some(note) = texts.note(id) else { return format!("  {id}\n") };
    let mut out = format!("  {id}: {}\n", note.title);
    if let Some(line) = &finding.line {
        let _ = writeln!(out, "      {} ({})", texts.line(line), finding.facts.join(", "));
    } else {
        let _ = writeln!(out, "      {}", note.about);
    }
    if !note.remedy.is_empty() {
        let _ = writeln!(out, "      {}", note.remedy);
    }
    out
}
