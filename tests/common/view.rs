//! A plan as others see it: through its document.

use cutover::plan::Plan;
use serde_json::Value as Json;

/// The document of a plan, with the questions that tests ask of it.
#[derive(Clone, Debug)]
pub struct View {
    /// The document.
    pub json: Json,
}

fn text(json: &Json) -> String {
    json.as_str().map_or_else(|| json.to_string(), str::to_owned)
}

impl View {
    /// The view of a plan.
    pub fn of(plan: &Plan<'_>) -> Self {
        Self { json: serde_json::to_value(plan.document("server")).expect("a document") }
    }

    fn list(&self, key: &str) -> &[Json] {
        self.json[key].as_array().map_or(&[], Vec::as_slice)
    }

    /// The status.
    pub fn status(&self) -> &str {
        self.json["status"].as_str().expect("a status")
    }

    /// The scenario that was chosen.
    pub fn scenario(&self) -> Option<&str> {
        self.json["scenario"].as_str()
    }

    fn step(&self, id: &str) -> &Json {
        let found = self.list("steps").iter().find(|step| step["id"] == id);
        found.unwrap_or_else(|| panic!("no step `{id}`"))
    }

    /// What is done with a step: `perform`, `check_first`, `decide_later`, `does_not_apply` or `already_so`.
    pub fn decision(&self, id: &str) -> String {
        let step = self.step(id);
        text(if step["decision"] == "skip" { &step["why"] } else { &step["decision"] })
    }

    /// The steps that are or may be done, in order.
    pub fn done(&self) -> Vec<String> {
        let kept = self.list("steps").iter().filter(|step| step["decision"] != "skip");
        kept.map(|step| text(&step["id"])).collect()
    }

    /// Every step, in order.
    pub fn order(&self) -> Vec<String> {
        self.list("steps").iter().map(|step| text(&step["id"])).collect()
    }

    /// The steps that a step follows.
    pub fn after(&self, id: &str) -> Vec<String> {
        self.step(id)["after"].as_array().expect("a list").iter().map(text).collect()
    }

    /// The fact or the parameter, and what is needed of it.
    fn test(row: &Json) -> String {
        let subject = match (row.get("fact"), row.get("parameter")) {
            (Some(fact), None) => text(fact),
            (Some(fact), Some(parameter)) => format!("{}/${}", text(fact), text(parameter)),
            (None, Some(parameter)) => format!("${}", text(parameter)),
            (None, None) => String::new(),
        };
        match row.get("needs") {
            Some(needs) => format!("{subject} {}", text(needs)),
            None => subject,
        }
    }

    /// The blockers, as `step: fact needed`.
    pub fn blockers(&self) -> Vec<String> {
        self.list("blockers").iter().map(|row| format!("{}: {}", text(&row["step"]), Self::test(row))).collect()
    }

    /// One field of a blocker.
    pub fn blocker(&self, at: usize, field: &str) -> &Json {
        &self.list("blockers")[at][field]
    }

    /// The rows to confirm, as `step: fact needed @start`; rows of which one suffices end in the same `#number`.
    pub fn confirm(&self) -> Vec<String> {
        let row = |row: &Json| {
            let any_of = row.get("any_of").map_or(String::new(), |number| format!(" #{number}"));
            format!("{}: {} @{}{any_of}", text(&row["step"]), Self::test(row), text(&row["at"]))
        };
        self.list("confirm").iter().map(row).collect()
    }

    /// One field of a row to confirm.
    pub fn confirm_field(&self, at: usize, field: &str) -> &Json {
        &self.list("confirm")[at][field]
    }

    /// What must be known before there is a plan, as `fact: place, place`.
    pub fn unknowns(&self) -> Vec<String> {
        let places = |row: &Json| row["matters_to"].as_array().expect("a list").iter().map(text).collect::<Vec<_>>().join(", ");
        self.list("unknowns").iter().map(|row| format!("{}: {}", Self::test(row), places(row))).collect()
    }

    /// The reason of something unknown.
    pub fn unknown_reason(&self, at: usize) -> String {
        text(&self.list("unknowns")[at]["reason"])
    }

    /// The exposures to an invariant, as `opens..closes steps minutes reboots`.
    pub fn exposures(&self, invariant: &str) -> Vec<String> {
        let rows = self.list("exposures").iter().filter(|row| row["invariant"] == invariant);
        let one = |row: &Json| {
            let (opens, closes) = (text(&row["opens"]), text(&row["closes"]));
            format!("{opens}..{closes} {} {} {}", row["steps"], row["minutes"], row["reboots"])
        };
        rows.map(one).collect()
    }

    /// The restarts: those that are certain, and those that are possible.
    pub fn reboots(&self) -> (u64, u64) {
        let count = |key: &str| self.json["reboots"][key].as_u64().expect("a count");
        (count("certain"), count("possible"))
    }

    /// The findings by id; an invariant that holds has an exclamation mark, a contradiction its line.
    pub fn findings(&self) -> Vec<String> {
        let one = |row: &Json| match (row.get("invariant"), row.get("finding"), row.get("line")) {
            (Some(invariant), ..) => format!("!{}", text(invariant)),
            (_, Some(finding), Some(line)) => format!("{}: {}", text(finding), text(line)),
            (_, Some(finding), None) => text(finding),
            _ => String::new(),
        };
        self.list("findings").iter().map(one).collect()
    }

    /// The facts that a finding rests on.
    pub fn finding_facts(&self, id: &str) -> Vec<String> {
        let found = self.list("findings").iter().find(|row| row["finding"] == id).expect("the finding");
        found["facts"].as_array().expect("facts").iter().map(text).collect()
    }

    /// Whether the goal holds at the simulated end.
    pub fn goal(&self) -> &Json {
        &self.json["end"]["goal"]
    }

    /// The candidates, as `scenario applies`.
    pub fn candidates(&self) -> Vec<String> {
        self.list("candidates").iter().map(|row| format!("{} {}", text(&row["scenario"]), row["applies"])).collect()
    }

    /// What speaks for (`for`) or against (`against`) a candidate, by fact.
    pub fn speaks(&self, scenario: &str, side: &str) -> Vec<String> {
        let found = self.list("candidates").iter().find(|row| row["scenario"] == scenario).expect("a candidate");
        found[side].as_array().expect("a list").iter().map(|row| text(&row["fact"])).collect()
    }

    /// How a test came out that a probe made: `true`, `false` or `unknown`.
    pub fn probe(&self, id: &str) -> &'static str {
        self.step(id);
        if self.list("blockers").iter().any(|row| row["step"] == id) {
            "false"
        } else if self.list("confirm").iter().any(|row| row["step"] == id) {
            "unknown"
        } else {
            "true"
        }
    }
}
