//! Pages of the documentation that are made from the catalog: facts, scenarios with their actions, and codes.

use super::markdown::escaped;
use super::pages;
use crate::catalog::{Action, Catalog, Code, FailureSign, Scenario, Undo};
use crate::condition::Condition;
use crate::execute::Code as RunCode;
use crate::fact::FactSpec;
use crate::plan::verify::Code as PlanCode;
use std::fmt::Write as _;

const MADE: &str = "<!-- made from the catalog by `UPDATE_DOCS=1 cargo test`; do not edit -->\n";

/// Everything that can be known of a server.
pub fn facts(catalog: &Catalog) -> String {
    let vocabulary = catalog.vocabulary();
    let mut out = format!(
        "{MADE}# Facts\n\nWhat can be known of a server, and how it is seen. `cutover facts show FACT` also says who reads it.\n"
    );
    out.push_str("\n| fact | type | true when this is so | seen by | source |\n|---|---|---|---|---|\n");
    for fact in vocabulary.ids() {
        let spec = vocabulary.spec(fact);
        let cells = [spec.about(), spec.observed(), spec.source()].map(escaped);
        let _ = writeln!(out, "| `{}` | {} | {} |", spec.id(), kind(spec), cells.join(" | "));
    }
    out.push_str("\n## What cannot be true together\n\n| line | a server cannot be so | because | source |\n|---|---|---|---|\n");
    for line in catalog.impossible() {
        let cells = [catalog.words(&line.when), line.about.to_string(), line.source.to_string()];
        let _ = writeln!(out, "| `{}` | {} |", line.id, cells.map(|cell| escaped(&cell)).join(" | "));
    }
    out.push_str("\n## What follows where no source says anything\n\n| fact | is | when |\n|---|---|---|\n");
    for rule in catalog.derived() {
        let name = vocabulary.name(rule.fact);
        let _ = writeln!(out, "| `{name}` | {} | {} |", escaped(&rule.is.to_string()), escaped(&catalog.words(&rule.when)));
    }
    out.push_str("\nBesides, a fact of which the lines above leave only one value has that value.\n");
    out
}

/// Every scenario with its steps, and every action.
pub fn scenarios(catalog: &Catalog) -> String {
    let mut out = format!("{MADE}# Scenarios and actions\n\nA plus marks a step that the article lacks and a server needs.\n");
    for scenario in catalog.scenarios() {
        out.push_str(&of_scenario(catalog, scenario));
    }
    out.push_str("\n# Actions\n");
    for action in catalog.actions() {
        out.push_str(&of_action(catalog, action));
    }
    out
}

/// Every code that the program shows, with its page.
pub fn codes(catalog: &Catalog) -> String {
    let page = |name: &str| {
        let text = pages::page(catalog, name).unwrap_or_default();
        format!("\n### `{name}`\n\n```text\n{text}```\n")
    };
    let checks: String = Code::ALL.iter().map(|code| page(code.name())).collect();
    let plans: String = PlanCode::ALL.iter().map(|code| page(code.name())).collect();
    let runs: String = RunCode::ALL.iter().map(|code| page(code.name())).collect();
    let invariants: String = catalog.invariants().iter().map(|one| page(&one.id)).collect();
    let findings: String = catalog.finding_rules().iter().map(|one| page(&one.id)).collect();
    format!(
        "{MADE}# Codes\n\n`cutover explain CODE` prints the same pages. The names are stable: they change only on purpose and with a \
         line in the changelog.\n\n## Findings of `scenarios check`\n{checks}\n## Findings of `verify`\n{plans}\n## Findings of `apply` and `resume`\n{runs}\n## Invariants\n{invariants}\n\
         ## Findings about servers and plans\n{findings}"
    )
}

fn kind(spec: &FactSpec) -> String {
    let words: Vec<String> = spec.values().iter().map(|word| format!("`{word}`")).collect();
    if words.is_empty() { spec.kind().name().to_owned() } else { format!("{}: {}", spec.kind().name(), words.join(" ")) }
}

fn of_scenario(catalog: &Catalog, scenario: &Scenario) -> String {
    let mut out = format!("\n## `{}`\n\n{}.", scenario.id, escaped(&scenario.title));
    if scenario.on_request {
        out.push_str(" Chosen only by name.");
    }
    let _ = write!(
        out,
        "\n\n- supports: {}\n- {}: {}\n- done when: {}\n",
        escaped(&catalog.words(&scenario.supports)),
        if scenario.on_request { "made for" } else { "chosen where" },
        escaped(&catalog.words(&scenario.applies_when)),
        escaped(&catalog.words(&scenario.goal))
    );
    for spec in &scenario.parameters {
        let given = match (&spec.default, spec.optional) {
            (Some(default), _) => format!(", {default} where it is not given"),
            (None, true) => ", optional".to_owned(),
            (None, false) => ", required".to_owned(),
        };
        let _ = writeln!(
            out,
            "- parameter `{}` ({}{}): {}",
            spec.name,
            spec.type_name(),
            escaped(&given),
            escaped(spec.spec.about())
        );
    }
    out.push_str("\n| # | step | from | when | after |\n|--:|---|---|---|---|\n");
    for (at, step) in scenario.steps.iter().enumerate() {
        let from = match (&step.article, &step.supplement) {
            (Some(article), _) => article.to_string(),
            (None, why) => format!("+ {}", why.as_deref().unwrap_or("")),
        };
        let after: Vec<String> = step.after.iter().map(|edge| format!("`{}`", scenario.steps[edge.from].id)).collect();
        let cells = [escaped(&from), escaped(&catalog.words(&step.when)), after.join(", ")];
        let _ = writeln!(out, "| {} | `{}` | {} |", at + 1, step.id, cells.join(" | "));
    }
    out
}

fn of_action(catalog: &Catalog, action: &Action) -> String {
    let mut out = format!("\n## `{}`\n\n{}.\n\n", action.id, escaped(&action.title));
    let mut line = |word: &str, text: &str| {
        let _ = writeln!(out, "- {word}: {text}");
    };
    line("where", if action.performed_by.name() == "host" { "on the server" } else { "in a console" });
    line("requires", &escaped(&catalog.words(&action.requires)));
    let achieved = action.achieved_when.as_ref().map_or_else(|| "never found done".to_owned(), |when| catalog.words(when));
    line("done when", &escaped(&achieved));
    line("restart", action.reboot.name());
    line("minutes", &action.minutes.to_string());
    for run in &action.run {
        let unless = match &run.unless {
            never if *never == Condition::never() => String::new(),
            unless => format!(" (unless {})", catalog.words(unless)),
        };
        line("run", &escaped(&format!("{}{unless}", run.work)));
    }
    line(
        "the way back",
        &match &action.undo {
            Undo::Steps(actions, by_hand) => {
                let actions = actions.iter().map(|id| format!("`{id}`"));
                let how = by_hand.iter().map(|by_hand| {
                    let always = by_hand.when == Condition::always();
                    let when = if always { String::new() } else { format!(" (where {})", catalog.words(&by_hand.when)) };
                    format!("{}{}", escaped(&by_hand.how), escaped(&when))
                });
                actions.chain(how).collect::<Vec<_>>().join(", then ")
            }
            Undo::Irreversible(why) => escaped(&format!("none: {why}")),
        },
    );
    line("known by", &format!("{} ({})", action.evidence.name(), escaped(&action.source)));
    if !action.failures.is_empty() {
        out.push_str("\n| failure | seen by | meaning | remedy |\n|---|---|---|---|\n");
    }
    for failure in &action.failures {
        let sign = match &failure.on {
            FailureSign::Exit { tool, code } => format!("{tool} ends with {code}"),
            FailureSign::Observed(observed) => observed.to_string(),
        };
        let cells = [sign.as_str(), &failure.about, &failure.remedy].map(escaped);
        let _ = writeln!(out, "| `{}` | {} |", failure.id, cells.join(" | "));
    }
    out
}
