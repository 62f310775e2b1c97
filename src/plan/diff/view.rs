//! A plan as it is compared: what it says, without the words in which it says it.

use super::document::{ExposureSide, RestartsSide, StepSide};
use serde_json::{Map, Value as Json};

/// A plan as it is compared: as much of its document as can differ.
#[derive(Clone, Debug, Default)]
pub struct View {
    host: Option<String>,
    pub(super) scenario: Option<String>,
    pub(super) catalog: Option<String>,
    pub(super) status: Option<String>,
    pub(super) parameters: Map<String, Json>,
    pub(super) budget: Option<Json>,
    pub(super) steps: Vec<(String, StepSide)>,
    /// For each step the facts that its reasons name.
    pub(super) reasons: Vec<Vec<String>>,
    pub(super) exposures: Vec<(String, ExposureSide)>,
    pub(super) restarts: Option<RestartsSide>,
    /// What stands in the way apart from steps, what is open there, and what is not known and decides.
    pub(super) others: Vec<(String, String)>,
    pub(super) facts_read: Map<String, Json>,
    /// The facts that speak for and against scenarios where none was chosen.
    pub(super) candidates: Vec<String>,
}

fn text(json: &Json, key: &str) -> Option<String> {
    json.get(key).and_then(Json::as_str).map(str::to_owned)
}

fn list<'j>(json: &'j Json, key: &str) -> &'j [Json] {
    json.get(key).and_then(Json::as_array).map_or(&[], Vec::as_slice)
}

fn map(json: &Json, key: &str) -> Map<String, Json> {
    json.get(key).and_then(Json::as_object).cloned().unwrap_or_default()
}

fn number(json: &Json, key: &str) -> u64 {
    json.get(key).and_then(Json::as_u64).unwrap_or(0)
}

/// The fact or the parameter that a test is about.
fn subject(test: &Json) -> String {
    text(test, "fact").or_else(|| text(test, "parameter").map(|name| format!("${name}"))).unwrap_or_default()
}

impl View {
    /// The view of a plan document, whoever made it. What is not there is not compared.
    pub fn of(plan: &Json) -> Self {
        let (blockers, confirm, unknowns) = (list(plan, "blockers"), list(plan, "confirm"), list(plan, "unknowns"));
        let at = |rows: &[Json], step: &str| {
            let mut names: Vec<String> = Vec::new();
            for row in rows.iter().filter(|row| row.get("step").is_some_and(|place| place == step)) {
                let name = match text(row, "invariant") {
                    Some(invariant) => format!("{invariant}: {}", subject(row)),
                    None => subject(row),
                };
                if !names.contains(&name) {
                    names.push(name);
                }
            }
            names
        };
        let step = |json: &Json| {
            let id = json.as_str().map(str::to_owned).or_else(|| text(json, "id")).unwrap_or_default();
            let side = StepSide {
                decision: text(json, "decision"),
                why: text(json, "why"),
                with: map(json, "with"),
                minutes: json.get("minutes").and_then(Json::as_u64),
                refused: at(blockers, &id),
                confirm: at(confirm, &id),
            };
            (id, side)
        };
        let reasons = |json: &Json| list(json, "because").iter().map(subject).collect();
        let placed = |row: &Json, names: [(&str, &str); 2]| {
            let place = names.iter().find(|(place, _)| row.get("step").is_some_and(|step| step == place));
            place.map(|(_, called)| ((*called).to_owned(), subject(row)))
        };
        let blocked = blockers.iter().filter_map(|row| placed(row, [("goal", "goal"), ("supports", "supports")]));
        let open = confirm.iter().filter_map(|row| placed(row, [("goal", "goal_to_confirm"), ("supports", "supports")]));
        let unknown = unknowns.iter().map(|row| ("unknown".to_owned(), subject(row)));
        let mut named = Vec::new();
        for candidate in list(plan, "candidates") {
            for key in ["for", "against", "open"] {
                named.extend(list(candidate, key).iter().map(subject));
            }
        }
        Self {
            host: text(plan, "host"),
            scenario: text(plan, "scenario"),
            catalog: text(plan, "catalog"),
            status: text(plan, "status"),
            parameters: map(plan, "parameters"),
            budget: plan.get("budget").cloned(),
            steps: list(plan, "steps").iter().map(step).collect(),
            reasons: list(plan, "steps").iter().map(reasons).collect(),
            exposures: exposures(list(plan, "exposures")),
            restarts: plan
                .get("reboots")
                .map(|reboots| RestartsSide { certain: number(reboots, "certain"), possible: number(reboots, "possible") }),
            others: blocked.chain(open).chain(unknown).collect(),
            facts_read: map(plan, "facts_read"),
            candidates: named,
        }
    }

    /// The server that the plan names.
    pub fn host(&self) -> Option<&str> {
        self.host.as_deref()
    }

    /// The name by which plans are brought together: the server's, or the scenario of a plan that names none.
    pub fn key(&self) -> String {
        match &self.host {
            Some(host) => host.to_lowercase(),
            None => format!("\0{}", self.scenario.as_deref().unwrap_or("")),
        }
    }

    /// What the plan is called: the server, or the scenario of a plan that names none.
    pub fn name(&self) -> String {
        match (&self.host, &self.scenario) {
            (Some(host), _) => host.clone(),
            (None, Some(scenario)) => format!("every server of {scenario}"),
            (None, None) => String::new(),
        }
    }
}

/// The exposures, all stretches of one together.
fn exposures(rows: &[Json]) -> Vec<(String, ExposureSide)> {
    let mut found: Vec<(String, ExposureSide)> = Vec::new();
    for row in rows {
        let invariant = text(row, "invariant").unwrap_or_default();
        let side = ExposureSide {
            minutes: number(row, "minutes"),
            reboots: number(row, "reboots"),
            steps: number(row, "steps"),
            closes: row.get("closes").is_some_and(|closes| !closes.is_null()),
        };
        match found.iter_mut().find(|(known, _)| *known == invariant) {
            Some((_, sum)) => sum.add(side),
            None => found.push((invariant, side)),
        }
    }
    found
}
