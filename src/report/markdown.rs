//! A plan as Markdown, for tickets and reviews.

use super::phrases::{failing, reason, to_confirm};
use super::text::{decision, status};
use super::texts::Texts;
use crate::plan::document::PlanDocument;
use crate::suggest::harmless;
use std::fmt::Write as _;

/// The plan of one server.
pub fn plan(plan: &PlanDocument, texts: &Texts) -> String {
    let mut out = format!("## {}: {}\n", escaped(&plan.host), status(plan.status));
    match &plan.scenario {
        Some(scenario) => {
            let _ = writeln!(out, "\n`{scenario}`: {}", escaped(texts.scenario(scenario)));
        }
        None => out.push_str("\nNo scenario was chosen.\n"),
    }
    if plan.status != "not_applicable" && !plan.steps.is_empty() {
        out.push_str("\n| # | step | decision | minutes | restart | because |\n|--:|---|---|--:|---|---|\n");
        for (index, step) in plan.steps.iter().enumerate() {
            let because: Vec<_> = step.because.iter().map(|one| escaped(&reason(one))).collect();
            let (minutes, restart) =
                if step.why.is_some() { (String::new(), "") } else { (step.minutes.to_string(), step.reboot) };
            let restart = if restart == "never" { "" } else { restart };
            let number = index + 1;
            let (id, decision) = (&step.id, decision(step));
            let _ = writeln!(out, "| {number} | `{id}` | {decision} | {minutes} | {restart} | {} |", because.join("; "));
        }
    }
    list(
        &mut out,
        "In the way",
        super::text::in_the_way(plan)
            .map(|one| format!("`{}`: {}. {}", one.step, escaped(&failing(&one.test)), escaped(&one.remedy))),
    );
    list(
        &mut out,
        "To confirm",
        plan.confirm.iter().map(|one| {
            let group = one.any_of.map(|group| format!(" (one of group {group})")).unwrap_or_default();
            format!("`{}`: {}{group}: {}", one.step, escaped(&to_confirm(&one.test)), escaped(&one.reason))
        }),
    );
    list(
        &mut out,
        "Not known, and decisive",
        plan.unknowns.iter().map(|one| {
            let name = one.fact.as_deref().or(one.parameter.as_deref()).unwrap_or("");
            format!("`{name}` decides {}: {}", one.matters_to.join(", "), escaped(&one.reason))
        }),
    );
    list(
        &mut out,
        "Exposed on the way",
        plan.exposures.iter().map(|one| {
            let opens = one.opens.as_deref().map_or_else(|| "from the start".to_owned(), |step| format!("after `{step}`"));
            let closes = one.closes.as_deref().map_or_else(|| "and stays open".to_owned(), |step| format!("until `{step}`"));
            format!(
                "`{}` {opens} {closes}: {} steps, {} minutes, {} restarts",
                one.invariant, one.steps, one.minutes, one.reboots
            )
        }),
    );
    list(
        &mut out,
        "Worth knowing",
        plan.findings.iter().map(|one| {
            let id = one.invariant.as_deref().or(one.finding.as_deref()).unwrap_or("");
            format!("`{id}`: {}", texts.note(id).map(|note| escaped(&note.about)).unwrap_or_default())
        }),
    );
    out
}

fn list(out: &mut String, title: &str, items: impl Iterator<Item = String>) {
    let mut first = true;
    for item in items {
        if first {
            let _ = writeln!(out, "\n**{title}**\n");
            first = false;
        }
        let _ = writeln!(out, "- {item}");
    }
}

/// Text that Markdown and HTML show as it is.
pub(super) fn escaped(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for character in harmless(text).chars() {
        match character {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '\\' | '`' | '*' | '_' | '[' | ']' | '|' | '#' | '!' | '~' | '$' => {
                safe.push('\\');
                safe.push(character);
            }
            other => safe.push(other),
        }
    }
    safe
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_with_markup_is_shown_and_not_obeyed() {
        assert_eq!(escaped("<b>|x|</b>[a](b)"), "&lt;b&gt;\\|x\\|&lt;/b&gt;\\[a\\](b)");
    }
}
