//! Differences as text for people.

use super::phrases::{count, value};
use super::text::status;
use crate::plan::diff::document::{
    CauseDiff, DiffDocument, DiffTotals, Difference, ExposureDiff, ExposureSide, FromTo, OtherDiff, RestartsSide, ScenarioDiff,
    ServerDiff, StepDiff, StepSide,
};
use crate::suggest::harmless;
use std::fmt::Write as _;

/// Everything that differs, and how much does not.
pub fn difference(diff: &DiffDocument) -> String {
    let mut out = String::new();
    for scenario in &diff.scenarios {
        out.push_str(&of_scenario(scenario));
        out.push('\n');
    }
    for server in &diff.servers {
        out.push_str(&of_server(server));
        out.push('\n');
    }
    out.push_str(&totals(&diff.totals));
    out.push('\n');
    out
}

fn totals(totals: &DiffTotals) -> String {
    let mut parts = Vec::new();
    let mut add = |number: usize, one: &str, many: &str| {
        if number > 0 {
            parts.push(count(number, one, many));
        }
    };
    add(totals.changed_scenarios, "scenario differs", "scenarios differ");
    add(totals.same_scenarios, "scenario is the same", "scenarios are the same");
    add(totals.changed_servers, "server differs", "servers differ");
    add(totals.only_first_servers, "server only in the first", "servers only in the first");
    add(totals.only_second_servers, "server only in the second", "servers only in the second");
    add(totals.same_servers, "server is the same", "servers are the same");
    if parts.is_empty() { "nothing to compare".to_owned() } else { parts.join(", ") }
}

fn of_server(server: &ServerDiff) -> String {
    let host = harmless(&server.host);
    let said = |name: &Option<String>| name.as_ref().map_or_else(String::new, |name| harmless(status(name)));
    if server.change != "changed" {
        let (place, name) =
            if server.change == "only_first" { ("first", &server.status.from) } else { ("second", &server.status.to) };
        let name = name.as_ref().map(|name| format!(" ({})", harmless(status(name)))).unwrap_or_default();
        return format!("{host}: only in the {place}{name}\n");
    }
    let (from, to) = (said(&server.status.from), said(&server.status.to));
    let mut out = match (from == to, from.is_empty() || to.is_empty()) {
        (_, true) => format!("{host}: changed\n"),
        (true, false) => format!("{host}: {to} as before, but\n"),
        (false, false) => format!("{host}: {from} -> {to}\n"),
    };
    let mut line = |name: &str, text: &str| {
        let _ = writeln!(out, "  {}  {text}", harmless(name));
    };
    if let Some(scenario) = &server.scenario {
        line("scenario", &either(scenario));
    }
    because(&server.because, &mut line);
    for step in &server.steps {
        line(&step.step, &of_step(step));
    }
    for exposure in &server.exposures {
        line(&exposure.invariant, &of_exposure(exposure));
    }
    if let Some(restarts) = &server.restarts {
        let range = |side: &Option<RestartsSide>| {
            side.as_ref().map_or_else(|| "none".to_owned(), |side| format!("{}-{}", side.certain, side.certain + side.possible))
        };
        line("restarts", &format!("{} -> {}", range(&restarts.from), range(&restarts.to)));
    }
    for other in &server.others {
        let (name, text) = of_other(other);
        line(name, &text);
    }
    if let Some(budget) = &server.budget {
        let side = |side: &Option<serde_json::Value>| side.as_ref().map_or_else(|| "none".to_owned(), budget_words);
        line("budget", &format!("{} -> {}", side(&budget.from), side(&budget.to)));
    }
    if server.same_steps > 0 {
        let _ = writeln!(out, "  ({} the same)", count(server.same_steps, "step", "steps"));
    }
    out
}

/// `antivirus-gap minutes 20, reboots 0; restarts 2`.
fn budget_words(budget: &serde_json::Value) -> String {
    let serde_json::Value::Object(entries) = budget else { return value(budget) };
    entries.iter().map(|(name, figures)| format!("{} {}", harmless(name), value(figures))).collect::<Vec<_>>().join("; ")
}

fn either(pair: &FromTo<String>) -> String {
    let side = |side: &Option<String>| side.as_ref().map_or_else(|| "none".to_owned(), |text| harmless(text));
    format!("{} -> {}", side(&pair.from), side(&pair.to))
}

fn because(causes: &[CauseDiff], line: &mut impl FnMut(&str, &str)) {
    const SHOWN: usize = 5;
    for cause in causes.iter().take(SHOWN) {
        let name = cause.name.as_deref().map(harmless).unwrap_or_default();
        let known = |json: &serde_json::Value, nothing: &str| if json.is_null() { nothing.to_owned() } else { value(json) };
        let text = match cause.kind {
            "parameter" => format!("parameter {name}  {} -> {}", known(&cause.from, "not given"), known(&cause.to, "not given")),
            "catalog" => format!("catalog  {} -> {}", short(&value(&cause.from)), short(&value(&cause.to))),
            _ => format!("{name}  {} -> {}", known(&cause.from, "not known"), known(&cause.to, "not known")),
        };
        line("because", &text);
    }
    if causes.len() > SHOWN {
        line("because", &format!("{} more", causes.len() - SHOWN));
    }
}

/// The beginning of a digest, which is enough to tell two apart.
fn short(digest: &str) -> String {
    digest.chars().take(15).collect()
}

fn of_step(step: &StepDiff) -> String {
    let moved = step
        .moved_below
        .as_ref()
        .map(|above| if above.is_empty() { "moved to the top".to_owned() } else { format!("moved below {}", harmless(above)) });
    match (&step.from, &step.to) {
        (Some(from), Some(to)) if from == to => moved.unwrap_or_default(),
        (from, to) => {
            let both = from.as_ref().zip(to.as_ref());
            let minutes = both.is_some_and(|(from, to)| from.minutes != to.minutes);
            let with = both.is_some_and(|(from, to)| from.with != to.with);
            let said = |side: &Option<StepSide>| {
                side.as_ref().map_or_else(|| "not there".to_owned(), |side| of_side(side, minutes, with))
            };
            let moved = moved.map(|moved| format!(", {moved}")).unwrap_or_default();
            format!("{} -> {}{moved}", said(from), said(to))
        }
    }
}

fn of_side(side: &StepSide, minutes: bool, with: bool) -> String {
    let mut out = match (side.decision.as_deref(), side.why.as_deref()) {
        (Some("skip"), Some("already_so")) => "already so".to_owned(),
        (Some("skip"), _) => "not needed here".to_owned(),
        (Some("check_first"), _) => "check first".to_owned(),
        (Some("decide_later"), _) => "decide later".to_owned(),
        (Some(other), _) => harmless(other),
        (None, _) => "listed".to_owned(),
    };
    if with && !side.with.is_empty() {
        let given: Vec<String> = side.with.iter().map(|(name, given)| format!("{}: {}", harmless(name), value(given))).collect();
        let _ = write!(out, " with {}", given.join(", "));
    }
    if let (true, Some(number)) = (minutes, side.minutes) {
        let _ = write!(out, ", {}", count(usize::try_from(number).unwrap_or(usize::MAX), "minute", "minutes"));
    }
    let names = |names: &[String]| names.iter().map(|name| harmless(name)).collect::<Vec<_>>().join(", ");
    if !side.refused.is_empty() {
        let _ = write!(out, ", refused ({})", names(&side.refused));
    }
    if !side.confirm.is_empty() {
        let _ = write!(out, ", to confirm ({})", names(&side.confirm));
    }
    out
}

fn of_exposure(exposure: &ExposureDiff) -> String {
    let minutes = |side: &ExposureSide| count(usize::try_from(side.minutes).unwrap_or(usize::MAX), "minute", "minutes");
    let open = |side: &ExposureSide| if side.closes { "" } else { ", stays open" };
    match (&exposure.from, &exposure.to) {
        (Some(from), Some(to)) => {
            let mut out = format!("{} -> {}", from.minutes, minutes(to));
            for (old, new, what) in [(from.reboots, to.reboots, "restarts inside"), (from.steps, to.steps, "steps")] {
                if old != new {
                    let _ = write!(out, ", {old} -> {new} {what}");
                }
            }
            match (from.closes, to.closes) {
                (true, false) => out.push_str(", no longer closes"),
                (false, true) => out.push_str(", closes now"),
                (false, false) => out.push_str(", stays open"),
                (true, true) => {}
            }
            out
        }
        (None, Some(to)) => format!("none -> {}{}", minutes(to), open(to)),
        (Some(from), None) => format!("{}{} -> none", minutes(from), open(from)),
        (None, None) => String::new(),
    }
}

fn of_other(other: &OtherDiff) -> (&str, String) {
    let about = harmless(&other.about);
    match (other.place.as_str(), other.new) {
        ("goal", true) => ("goal", format!("missed now ({about})")),
        ("goal", false) => ("goal", format!("no longer missed ({about})")),
        ("goal_to_confirm", true) => ("goal", format!("to confirm now ({about})")),
        ("goal_to_confirm", false) => ("goal", format!("no longer to confirm ({about})")),
        ("supports", true) => ("supports", format!("no longer this server ({about})")),
        ("supports", false) => ("supports", format!("this server in respect of {about}")),
        (_, true) => (&other.about, "decides, and is not known now".to_owned()),
        (_, false) => (&other.about, "no longer leaves the plan open".to_owned()),
    }
}

fn of_scenario(scenario: &ScenarioDiff) -> String {
    let id = harmless(&scenario.scenario);
    match scenario.change {
        "only_first" => return format!("{id}: only in the first\n"),
        "only_second" => return format!("{id}: only in the second\n"),
        _ => {}
    }
    let mut out = format!("{id}: changed\n");
    for one in &scenario.differences {
        let (name, text) = of_difference(one);
        let _ = writeln!(out, "  {name}  {text}");
    }
    if scenario.same_steps > 0 {
        let _ = writeln!(out, "  ({} the same)", count(scenario.same_steps, "step", "steps"));
    }
    out
}

/// What a difference is called, and what it means.
fn of_difference(one: &Difference) -> (String, String) {
    let of = one.of.as_deref().map(harmless).unwrap_or_default();
    let name = match one.what {
        "parameter" => format!("parameter {of}"),
        "applies_when" => "chosen where".to_owned(),
        "choice" => "chosen".to_owned(),
        what if of.is_empty() => what.to_owned(),
        _ => of,
    };
    // The words for what is new, for what is gone, and before what was exchanged.
    let (new, gone, exchanged) = match one.what {
        "supports" | "applies_when" | "goal" => ("now also ", "no longer ", ""),
        "parameter" => ("added: ", "removed: ", ""),
        "step" => ("added ", "removed; it stood ", ""),
        "order" => ("", "", "moved: "),
        "edge" => ("now follows ", "no longer follows ", "follows "),
        "when" => ("now only where ", "no longer only where ", "done where "),
        "with" => ("now with ", "no longer with ", "with "),
        "action" => ("", "", "action "),
        "requires" => ("now needs ", "no longer needs ", "needs "),
        "achieved_when" => ("now seen as done only where ", "seen as done no longer only where ", "seen as done where "),
        "effect" => ("now leaves: ", "no longer leaves: ", "leaves: "),
        "restart" => ("", "", "restart "),
        "performed_by" => ("", "", "performed by "),
        _ => ("", "", ""),
    };
    let unit = if one.what == "minutes" { " minutes" } else { "" };
    let text = match (one.from.as_deref().map(harmless), one.to.as_deref().map(harmless)) {
        (Some(from), Some(to)) => format!("{exchanged}{from} -> {to}{unit}"),
        (None, Some(to)) => format!("{new}{to}{unit}"),
        (Some(from), None) => format!("{gone}{from}{unit}"),
        (None, None) => String::new(),
    };
    (name, text)
}
