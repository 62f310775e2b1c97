//! Many plans at a glance: a table of the answers, and how many there are of each.

use super::phrases::count;
use super::{table, text};
use crate::plan::document::PlanDocument;
use crate::suggest::harmless;
use serde_json::Value as Json;

/// One line of the table.
#[derive(Clone, Debug)]
pub struct Row {
    host: String,
    status: &'static str,
    scenario: String,
    steps: usize,
    minutes: u32,
    restarts: String,
    gap: String,
    main: String,
}

impl Row {
    /// The line for a plan.
    pub fn of(plan: &PlanDocument) -> Self {
        let done = || plan.steps.iter().filter(|step| step.why.is_none());
        let planned = plan.status != "not_applicable";
        let gap: u32 = plan.exposures.iter().filter(|one| one.invariant == "antivirus-gap").map(|one| one.minutes).sum();
        Self {
            host: harmless(&plan.host),
            status: plan.status,
            scenario: plan.scenario.clone().unwrap_or_else(|| "-".to_owned()),
            steps: if planned { done().count() } else { 0 },
            minutes: if planned { done().map(|step| step.minutes).sum() } else { 0 },
            restarts: if planned {
                format!("{}-{}", plan.reboots.certain, plan.reboots.certain + plan.reboots.possible)
            } else {
                String::new()
            },
            gap: if planned { gap.to_string() } else { String::new() },
            main: main_reason(plan),
        }
    }

    /// The status of the plan.
    pub fn status(&self) -> &'static str {
        self.status
    }
}

/// The first thing that a person has to know.
fn main_reason(plan: &PlanDocument) -> String {
    let named = |json: Option<&Json>| json.and_then(Json::as_str).map(str::to_owned);
    let more = |number: usize| if number > 1 { format!(" and {} more", number - 1) } else { String::new() };
    match plan.status {
        "blocked" | "not_applicable" => text::in_the_way(plan).next().map_or_else(String::new, |blocker| {
            let name = named(blocker.test.get("fact")).or_else(|| named(blocker.test.get("parameter")));
            let name = name.or_else(|| blocker.invariant.clone()).unwrap_or_default();
            format!("{}: {name}{}", blocker.step, more(text::in_the_way(plan).count()))
        }),
        "undetermined" => plan.unknowns.first().map_or_else(String::new, |unknown| {
            let name = unknown.fact.clone().or_else(|| unknown.parameter.clone()).unwrap_or_default();
            format!("not known: {name}{}", more(plan.unknowns.len()))
        }),
        "ready_if" => plan.confirm.first().map_or_else(String::new, |row| {
            let name = named(row.test.get("fact")).or_else(|| named(row.test.get("parameter"))).unwrap_or_default();
            format!("confirm: {name}{}", more(plan.confirm.len()))
        }),
        _ => String::new(),
    }
}

/// The table of all plans, and below it how many there are of each status.
pub fn summary(rows: &[Row]) -> String {
    let cells = |row: &Row| {
        vec![
            row.host.clone(),
            text::status(row.status).to_owned(),
            row.scenario.clone(),
            row.steps.to_string(),
            row.minutes.to_string(),
            row.restarts.clone(),
            row.gap.clone(),
            row.main.clone(),
        ]
    };
    let header = ["server", "status", "scenario", "steps", "minutes", "restarts", "gap", "first of all"];
    format!("{}\n\n{}\n", table(&header, &[3, 4, 5, 6], rows.iter().map(cells).collect()), totals(rows))
}

/// How many servers there are of each status, in one sentence.
pub fn totals(rows: &[Row]) -> String {
    let of = |status: &str| rows.iter().filter(|row| row.status == status).count();
    let words = ["ready", "ready_if", "blocked", "undetermined", "done", "not_applicable"];
    let parts: Vec<String> =
        words.iter().filter(|word| of(word) > 0).map(|word| format!("{} {}", of(word), text::status(word))).collect();
    format!("{}: {}", count(rows.len(), "server", "servers"), parts.join(", "))
}
