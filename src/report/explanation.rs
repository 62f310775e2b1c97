//! An explanation as text for people.

use super::phrases::{count, decided, needed, reason, seen, value};
use super::text::status;
use super::texts::Texts;
use crate::plan::document::CandidateDocument;
use crate::plan::explain::document::{EntryDocument, ExplanationDocument, RuleDocument, StepExplanation};
use crate::suggest::harmless;
use serde_json::Value as Json;
use std::fmt::Write as _;

/// The whole explanation.
pub fn explanation(explanation: &ExplanationDocument, texts: &Texts) -> String {
    let mut out = format!("{}: {}\n", harmless(&explanation.host), status(explanation.status));
    match &explanation.scenario {
        Some(scenario) => {
            let _ = writeln!(out, "{}: {}", harmless(scenario), harmless(texts.scenario(scenario)));
        }
        None => out.push_str("no scenario was chosen\n"),
    }
    match &explanation.step {
        Some(step) => out.push_str(&step_text(step)),
        None => out.push_str(&choice(explanation)),
    }
    out.push_str(&entries(explanation));
    out.push_str(&smallest_change(explanation));
    out
}

fn joined(reasons: &[Json]) -> String {
    reasons.iter().map(reason).collect::<Vec<_>>().join("; ")
}

/// Why this scenario, and why no other.
fn choice(explanation: &ExplanationDocument) -> String {
    let chosen = |candidate: &&CandidateDocument| explanation.scenario.as_ref() == Some(&candidate.scenario);
    let mut out = String::new();
    for candidate in explanation.candidates.iter().filter(chosen) {
        let title = if explanation.named { "this scenario was named" } else { "why this scenario" };
        let _ = writeln!(out, "\n{title}");
        for (word, reasons) in [("for", &candidate.holds), ("against", &candidate.against), ("open", &candidate.open)] {
            if !reasons.is_empty() {
                let _ = writeln!(out, "  {word:<8}{}", joined(reasons));
            }
        }
    }
    let others: Vec<_> = explanation.candidates.iter().filter(|candidate| !chosen(candidate)).collect();
    if !others.is_empty() && !explanation.named {
        let title = if explanation.scenario.is_some() { "why no other" } else { "the scenarios" };
        let _ = writeln!(out, "\n{title}");
        let longest = others.iter().map(|candidate| candidate.scenario.len()).max().unwrap_or(0);
        for candidate in others {
            let told = match candidate.applies {
                Some(false) => joined(&candidate.against),
                _ => format!("may apply: {}", joined(&candidate.open)),
            };
            let _ = writeln!(out, "  {:<longest$}  {told}", harmless(&candidate.scenario));
        }
    }
    out
}

/// What is done with a step, and where it comes from.
fn step_text(step: &StepExplanation) -> String {
    let decided = decided(step.decision, step.why);
    let blocked = if step.blocked { ", and is blocked" } else { "" };
    let mut out = format!("\n{} {decided}{blocked}\n  does    {}\n", harmless(&step.id), harmless(&step.title));
    match (&step.article, &step.supplement) {
        (Some(article), _) => {
            let says = step.says.as_ref().map(|says| format!(": {}", harmless(says))).unwrap_or_default();
            let _ = writeln!(out, "  from    article {}{says}", harmless(article));
        }
        (None, Some(why)) => {
            let _ = writeln!(out, "  from    no step of the article: {}", harmless(why));
        }
        (None, None) => {}
    }
    for edge in &step.after {
        let because = edge.because.as_ref().map(|because| format!(": {}", harmless(because))).unwrap_or_default();
        let _ = writeln!(out, "  after   {} ({}{because})", harmless(&edge.step), edge.kind);
    }
    for (word, exposures) in [("opens", &step.opens), ("closes", &step.closes)] {
        if !exposures.is_empty() {
            let _ = writeln!(out, "  {word:<8}{}", exposures.join(", "));
        }
    }
    out
}

fn entries(explanation: &ExplanationDocument) -> String {
    let mut out = String::new();
    let mut title = String::new();
    for entry in &explanation.entries {
        let next = heading(entry);
        if next != title {
            let _ = writeln!(out, "\n{next}");
            title = next;
        } else if entry.kind != "because" {
            out.push('\n');
        }
        out.push_str(&entry_text(entry));
    }
    if explanation.entries.is_empty() && explanation.step.is_none() {
        out.push_str(match explanation.status {
            "ready" => "\nevery requirement holds on the simulated way, nothing forbidden comes true, and the goal is reached\n",
            "done" => "\nno step is left to do, and the goal holds\n",
            _ => "",
        });
    }
    out
}

fn heading(entry: &EntryDocument) -> String {
    let place = match entry.place.as_str() {
        "supports" => "what the scenario supports".to_owned(),
        "applies_when" => "the choice of a scenario".to_owned(),
        "goal" => "the goal".to_owned(),
        step => harmless(step),
    };
    match entry.kind {
        "blocks" if entry.place == "goal" => "the goal is missed".to_owned(),
        "blocks" if entry.place == "supports" => "no scenario for this server".to_owned(),
        "blocks" => format!("{place} is blocked"),
        "confirm" => format!("{place} hangs on what is not known"),
        "decides" => format!("{place} hangs on what is not known, and so does the plan"),
        _ => "because".to_owned(),
    }
}

fn entry_text(entry: &EntryDocument) -> String {
    if entry.kind == "because" {
        // Where it comes from says already that it is assumed.
        let mut test = entry.test.clone();
        if entry.seen.is_some() {
            test.remove("assumed");
            test.remove("derived");
        }
        return format!("  {}{}\n          {}\n", reason(&Json::Object(test)), from(entry), rule(&entry.rule));
    }
    let mut out = String::new();
    if entry.kind == "decides" {
        let _ = writeln!(out, "  open    {}", reason(&Json::Object(entry.test.clone())));
    } else if entry.test.contains_key("needs") {
        let here = match &entry.seen {
            Some(_) => format!("here {}{}", seen(&entry.test), from(entry)),
            None => format!("here {}", seen(&entry.test)),
        };
        let _ = writeln!(out, "  needs   {}    {here}", needed(&entry.test));
    }
    if let Some(at) = entry.at {
        let when = match (at, entry.place.as_str()) {
            ("start", _) => "before the first step",
            (_, "goal") => "at the end",
            _ => "just before the step",
        };
        let group = entry.any_of.map(|group| format!("; of group {group} one suffices")).unwrap_or_default();
        let _ = writeln!(out, "  look    {when}{group}");
    }
    if let Some(parameter) = entry.test.get("parameter").and_then(Json::as_str)
        && entry.kind != "blocks"
    {
        let _ = writeln!(out, "  give    --set {}=VALUE", harmless(parameter));
    }
    let _ = writeln!(out, "  rule    {}", rule(&entry.rule));
    if let Some(remedy) = &entry.remedy {
        let _ = writeln!(out, "  remedy  {}", harmless(remedy));
    }
    out
}

fn from(entry: &EntryDocument) -> String {
    entry.seen.as_ref().map(|from| format!(" ({})", harmless(from))).unwrap_or_default()
}

/// `catalog/actions.yaml:212  install-mde requires   (domain-facts 1.7; article 2.4)`.
fn rule(rule: &RuleDocument) -> String {
    let place = match (&rule.file, rule.line) {
        (Some(file), Some(line)) => format!("{}:{line}  ", harmless(file)),
        _ => String::new(),
    };
    let article = rule.article.as_ref().map(|article| format!("article {article}"));
    let sources: Vec<String> = rule.source.iter().cloned().chain(article).map(|text| harmless(&text)).collect();
    let sources = if sources.is_empty() { String::new() } else { format!("   ({})", sources.join("; ")) };
    format!("{place}{}{sources}", harmless(&rule.of))
}

fn smallest_change(explanation: &ExplanationDocument) -> String {
    let change = &explanation.smallest_change;
    let brings = match change.brings {
        "ready" => "makes this server ready".to_owned(),
        "not_ready" => "would change this answer".to_owned(),
        other => {
            let step = explanation.step.as_ref().map_or("the step", |step| &step.id);
            match other {
                "step_done" => format!("makes {step} necessary"),
                "step_left_out" => format!("makes {step} unnecessary"),
                _ => format!("clears the way for {step}"),
            }
        }
    };
    let Some(changes) = &change.changes else {
        return format!("\nsmallest change that {brings}\n  none within {}\n", count(change.most_facts, "fact", "facts"));
    };
    let mut out = format!("\nsmallest change that {brings}\n");
    let longest = changes.iter().map(|one| one.fact.len()).max().unwrap_or(0);
    for one in changes {
        let from = if one.from.is_null() { "not known".to_owned() } else { value(&one.from) };
        let _ = writeln!(out, "  {:<longest$}  {from} -> {}", harmless(&one.fact), value(&one.to));
    }
    out
}
