//! A plan as Markdown: a change request that a person reads, ticks off and signs.

use super::phrases::{count, failing, reason, to_confirm};
use super::text::{in_the_way, status};
use super::texts::Texts;
use crate::plan::document::{ConfirmDocument, PlanDocument, StepDocument};
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
    let applies = plan.status != "not_applicable";
    if let Some(rollback) = super::text::rollback(plan) {
        let _ = writeln!(out, "\n{}", escaped(rollback.trim_end()).replace('\n', "\n\n"));
    }
    if applies && !plan.steps.is_empty() {
        out.push_str(&summary(plan));
    }
    list(
        &mut out,
        "In the way",
        in_the_way(plan).map(|one| {
            let told = match &one.invariant {
                Some(id) if one.test.is_empty() => format!("would end in {id}"),
                _ => failing(&one.test),
            };
            format!("`{}`: {}. {}", one.step, escaped(&told), escaped(&one.remedy))
        }),
    );
    list(
        &mut out,
        "Not known, and decisive",
        plan.unknowns.iter().filter(|_| applies).map(|one| {
            let name = one.fact.as_deref().or(one.parameter.as_deref()).unwrap_or("");
            format!("`{name}` decides {}: {}", one.matters_to.join(", "), escaped(&one.reason))
        }),
    );
    if applies {
        list(&mut out, "To confirm before the first step", plan.confirm.iter().filter(|one| one.at == "start").map(confirm));
        steps(&mut out, plan, texts);
        exposures(&mut out, plan, texts);
        way_back(&mut out, plan, texts);
    }
    list(
        &mut out,
        "Worth knowing",
        plan.findings.iter().map(|one| {
            let id = one.invariant.as_deref().or(one.finding.as_deref()).unwrap_or("");
            let note = texts.note(id).map(|note| format!("{} {}", note.about, note.remedy)).unwrap_or_default();
            format!("`{id}`: {}", escaped(note.trim()))
        }),
    );
    if matches!(plan.status, "ready" | "ready_if") {
        out.push_str(
            "\n**Signed**\n\n| | name | date |\n|---|---|---|\n| planned | | |\n| approved | | |\n| carried out | | |\n",
        );
    }
    out
}

/// How long it takes, how often the server restarts, and how long it is without antivirus.
fn summary(plan: &PlanDocument) -> String {
    let done: Vec<&StepDocument> = to_do(plan).collect();
    let on_server = done.iter().filter(|step| step.scope == "host").count();
    let minutes: u32 = done.iter().map(|step| step.minutes).sum();
    let gaps = plan.exposures.iter().filter(|one| one.invariant == "antivirus-gap");
    let (gap, inside): (u32, usize) = gaps.fold((0, 0), |(minutes, reboots), one| (minutes + one.minutes, reboots + one.reboots));
    let assumed: Vec<String> =
        plan.assumed.iter().map(|(fact, value)| format!("`{fact}` {}", escaped(&super::phrases::value(value)))).collect();
    let rows = [
        ("steps", format!("{}, of them {on_server} on the server", done.len())),
        ("time", count(usize::try_from(minutes).unwrap_or(usize::MAX), "minute", "minutes")),
        ("restarts", format!("{} certain, {} possible", plan.reboots.certain, plan.reboots.possible)),
        ("without active antivirus", format!("{gap} minutes, {} inside", count(inside, "restart", "restarts"))),
        ("assumed", assumed.join(", ")),
        ("catalog", format!("`{}`", plan.catalog)),
    ];
    let mut out = "\n| | |\n|---|---|\n".to_owned();
    for (word, text) in rows.iter().filter(|(_, text)| !text.is_empty()) {
        let _ = writeln!(out, "| {word} | {text} |");
    }
    out
}

fn to_do(plan: &PlanDocument) -> impl Iterator<Item = &StepDocument> {
    plan.steps.iter().filter(|step| step.decision != "skip")
}

fn confirm(one: &ConfirmDocument) -> String {
    let group = one.any_of.map(|group| format!(" (of group {group} one suffices)")).unwrap_or_default();
    format!("[ ] `{}`: {}{group}: {}", one.step, escaped(&to_confirm(&one.test)), escaped(&one.reason))
}

/// The steps as a checklist, each with who performs it and what has to be looked at just before; then those left out.
fn steps(out: &mut String, plan: &PlanDocument, texts: &Texts) {
    let mut left_out = Vec::new();
    let mut number = 0;
    for step in &plan.steps {
        if let Some(why) = step.why {
            left_out.push(format!("`{}` ({})", step.id, if why == "already_so" { "already so" } else { "not needed here" }));
            continue;
        }
        if number == 0 {
            out.push_str("\n**Steps**\n\n");
        }
        number += 1;
        let who = if step.scope == "host" { "on the server" } else { "in a console" };
        let restart = match step.reboot {
            "restart" => ", the restart",
            "possible" => ", may need a restart",
            "always" => ", needs a restart",
            _ => "",
        };
        let first = match step.decision {
            "check_first" => " *Only if it is not so already.*",
            "decide_later" => " *Whether it is needed is not known yet.*",
            _ => "",
        };
        let from = match (&step.undoes, &step.article) {
            (Some(undone), _) => format!("undoes {undone}"),
            (None, Some(article)) => format!("article {article}"),
            (None, None) => "not in the article".to_owned(),
        };
        let title = match (&step.by_hand, texts.action(&step.action)) {
            (Some(how), _) => escaped(how.trim_end_matches('.')),
            (None, action) => action.map(|action| escaped(&action.title)).unwrap_or_default(),
        };
        let because: Vec<_> = step.because.iter().map(|one| escaped(&reason(one))).collect();
        let _ = writeln!(
            out,
            "- [ ] {number}. `{}{}` ({who}, {} min{restart}; {}): {title}.{first}",
            step.id,
            super::text::arguments(step),
            step.minutes,
            escaped(&from)
        );
        if !because.is_empty() {
            let _ = writeln!(out, "      Because {}.", because.join("; "));
        }
        for row in plan.confirm.iter().filter(|row| row.at == "step" && row.step == step.id) {
            let _ = writeln!(out, "  - {}", confirm(row));
        }
    }
    if !left_out.is_empty() {
        let _ = writeln!(out, "\nLeft out: {}.", left_out.join(", "));
    }
    list(out, "To confirm at the end", plan.confirm.iter().filter(|row| row.at == "step" && row.step == "goal").map(confirm));
}

fn exposures(out: &mut String, plan: &PlanDocument, texts: &Texts) {
    let one = |one: &crate::plan::document::ExposureDocument| {
        let opens = one.opens.as_deref().map_or_else(|| "from the start".to_owned(), |step| format!("after `{step}`"));
        let closes = one.closes.as_deref().map_or_else(|| "and stays open".to_owned(), |step| format!("until `{step}`"));
        let title = texts.note(&one.invariant).map(|note| escaped(&note.title)).unwrap_or_default();
        format!(
            "`{}` {opens} {closes}: {}, {} minutes, {}. {title}.",
            one.invariant,
            count(one.steps, "step", "steps"),
            one.minutes,
            count(one.reboots, "restart", "restarts")
        )
    };
    list(out, "Exposed on the way", plan.exposures.iter().map(one).chain(super::text::better_order(plan)));
}

/// What undoes each step, the last one first.
fn way_back(out: &mut String, plan: &PlanDocument, texts: &Texts) {
    let steps: Vec<&StepDocument> = to_do(plan).filter(|step| step.reboot != "restart").collect();
    let one = |step: &&StepDocument| {
        let undo = texts.action(&step.action).map(|action| escaped(&action.undo)).unwrap_or_default();
        format!("`{}`: {undo}", step.id)
    };
    list(out, "The way back, last step first", steps.iter().rev().map(one).filter(|_| plan.rollback.is_none()));
    let far = super::text::ways_back(plan).into_iter().map(|(from, way)| format!("after `{from}`: {}", escaped(&way)));
    list(out, "How far back, `--rollback-from STEP` plans it", far);
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
    let text = harmless(text);
    let mut before = ' ';
    for (at, character) in text.char_indices() {
        let after = text[at + character.len_utf8()..].chars().next().unwrap_or(' ');
        let inside_word = before.is_alphanumeric() && after.is_alphanumeric();
        before = character;
        match character {
            // Inside a word it emphasises nothing.
            '_' if inside_word => safe.push('_'),
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            // A mention would call somebody.
            '@' => safe.push_str("&#64;"),
            '\\' | '`' | '*' | '_' | '[' | ']' | '|' | '#' | '!' | '~' | '$' => {
                safe.push('\\');
                safe.push(character);
            }
            other => safe.push(other),
        }
    }
    // What looks like an address would become a link.
    safe.replace("://", "&#58;//").replace("www.", "www&#46;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_with_markup_is_shown_and_not_obeyed() {
        assert_eq!(escaped("<b>|x|</b>[a](b)"), "&lt;b&gt;\\|x\\|&lt;/b&gt;\\[a\\](b)");
        assert_eq!(escaped("@all https://x: www.y"), "&#64;all https&#58;//x: www&#46;y");
        assert_eq!(escaped("policy.force_passive _a_ _"), "policy.force_passive \\_a\\_ \\_");
    }
}
