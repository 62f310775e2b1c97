//! Comparing plans, server by server.

use super::cause::causes;
use super::document::{DiffDocument, DiffTotals, ExposureDiff, FromTo, OtherDiff, SCHEMA, ServerDiff, StepDiff, StepSide};
use super::sequence::moved;
use super::view::View;
use crate::catalog::Catalog;
use crate::plan::Status;
use std::collections::{HashMap, HashSet};

/// What differs between two sets of plans. Servers are brought together by name; the catalog says which facts matter.
pub fn plans(catalog: &Catalog, first: &[View], second: &[View]) -> DiffDocument {
    let mut totals = DiffTotals::default();
    let mut servers = Vec::new();
    let mut by_name: HashMap<String, &View> = HashMap::with_capacity(second.len());
    for view in second {
        by_name.entry(view.key()).or_insert(view);
    }
    let mut seen = HashSet::with_capacity(first.len());
    for view in first {
        let key = view.key();
        if let Some(other) = by_name.get(&key) {
            match compare(catalog, view, other) {
                Some(diff) => {
                    totals.changed_servers += 1;
                    servers.push(diff);
                }
                None => totals.same_servers += 1,
            }
        } else {
            totals.only_first_servers += 1;
            servers.push(only(view, true));
        }
        seen.insert(key);
    }
    for view in second.iter().filter(|view| !seen.contains(&view.key())) {
        totals.only_second_servers += 1;
        servers.push(only(view, false));
    }
    DiffDocument { schema: SCHEMA, equal: servers.is_empty(), servers, scenarios: Vec::new(), totals }
}

/// A server that only one of the two has.
fn only(view: &View, first: bool) -> ServerDiff {
    let status = view.status.clone();
    ServerDiff {
        host: view.name(),
        change: if first { "only_first" } else { "only_second" },
        status: if first { FromTo { from: status, to: None } } else { FromTo { from: None, to: status } },
        scenario: None,
        because: Vec::new(),
        steps: Vec::new(),
        same_steps: 0,
        exposures: Vec::new(),
        restarts: None,
        others: Vec::new(),
        budget: None,
    }
}

/// What differs between two plans of a server; nothing where they say the same.
fn compare(catalog: &Catalog, first: &View, second: &View) -> Option<ServerDiff> {
    let for_nobody = |view: &View| view.status.as_deref() == Some(Status::NotApplicable.name());
    if for_nobody(first) && for_nobody(second) && first.scenario == second.scenario {
        return None;
    }
    let (steps, same_steps) = steps(first, second);
    let exposures = exposures(first, second);
    // What only one of the two can say is no difference.
    let both = |a: bool, b: bool| a && b;
    let restarts = if both(first.restarts.is_some(), second.restarts.is_some()) {
        FromTo::of(first.restarts, second.restarts)
    } else {
        None
    };
    let others = others(first, second);
    let scenario = FromTo::of(first.scenario.clone(), second.scenario.clone());
    let budget = FromTo::of(first.budget.clone(), second.budget.clone());
    let status = FromTo { from: first.status.clone(), to: second.status.clone() };
    let says_otherwise = both(status.from.is_some(), status.to.is_some()) && status.from != status.to;
    let is_same = steps.is_empty()
        && exposures.is_empty()
        && restarts.is_none()
        && others.is_empty()
        && scenario.is_none()
        && budget.is_none()
        && !says_otherwise
        && first.parameters == second.parameters;
    if is_same {
        return None;
    }
    let choice = if scenario.is_some() { chosen_by(catalog, first, second) } else { Vec::new() };
    let named = named(first, second, &steps, &others, choice);
    Some(ServerDiff {
        host: second.name(),
        change: "changed",
        status,
        scenario,
        because: causes(catalog, first, second, &named),
        steps,
        same_steps,
        exposures,
        restarts,
        others,
        budget,
    })
}

/// The steps that differ, in the order of the second plan with those of the first only where they stood; and how many do not.
fn steps(first: &View, second: &View) -> (Vec<StepDiff>, usize) {
    let first_ids: Vec<&str> = first.steps.iter().map(|(id, _)| id.as_str()).collect();
    let second_ids: Vec<&str> = second.steps.iter().map(|(id, _)| id.as_str()).collect();
    let moved = moved(&first_ids, &second_ids);
    let side = |view: &View, id: &str| view.steps.iter().find(|(known, _)| known == id).map(|(_, side)| side.clone());
    let mut found = Vec::new();
    let mut same = 0;
    let mut passed = 0;
    let gone = |from: usize, to: usize, found: &mut Vec<StepDiff>| {
        for id in first_ids[from..to].iter().filter(|id| !second_ids.contains(id)) {
            let from = side(first, id);
            if from.as_ref().is_some_and(|from| !need_not_be_listed(second, from)) {
                found.push(StepDiff { step: (*id).to_owned(), from, to: None, moved_below: None });
            }
        }
    };
    for (at, id) in second_ids.iter().enumerate() {
        if let Some(place) = first_ids.iter().position(|known| known == id).filter(|place| *place >= passed) {
            gone(passed, place, &mut found);
            passed = place;
        }
        let (from, to) = (side(first, id), side(second, id));
        let above = || at.checked_sub(1).map_or_else(String::new, |above| second_ids[above].to_owned());
        let moved_below = moved.contains(id).then(above);
        let differs = match (&from, &to) {
            (Some(from), Some(to)) => sides_differ(from, to),
            (None, Some(to)) => !need_not_be_listed(first, to),
            _ => true,
        };
        if differs || moved_below.is_some() {
            found.push(StepDiff { step: (*id).to_owned(), from, to, moved_below });
        } else {
            same += 1;
        }
    }
    gone(passed, first_ids.len(), &mut found);
    (found, same)
}

/// What one of the two does not say, since it was written by hand, does not differ.
fn sides_differ(from: &StepSide, to: &StepSide) -> bool {
    from.decision.is_some() && to.decision.is_some() && from != to
}

/// A plan that was written by hand need not list what the server leaves out.
fn need_not_be_listed(written: &View, step: &StepSide) -> bool {
    written.status.is_none() && step.decision.as_deref() == Some("skip")
}

fn exposures(first: &View, second: &View) -> Vec<ExposureDiff> {
    // Plans that were written by hand do not say when the server is exposed.
    if first.restarts.is_none() || second.restarts.is_none() {
        return Vec::new();
    }
    let of = |view: &View, name: &str| view.exposures.iter().find(|(known, _)| known == name).map(|(_, side)| *side);
    let mut all: Vec<&String> = first.exposures.iter().map(|(name, _)| name).collect();
    all.extend(second.exposures.iter().map(|(name, _)| name).filter(|name| of(first, name).is_none()));
    let differ = |name: &String| {
        let (from, to) = (of(first, name), of(second, name));
        (from != to).then(|| ExposureDiff { invariant: name.clone(), from, to })
    };
    all.into_iter().filter_map(differ).collect()
}

fn others(first: &View, second: &View) -> Vec<OtherDiff> {
    if first.status.is_none() || second.status.is_none() {
        return Vec::new();
    }
    let mut found: Vec<OtherDiff> = Vec::new();
    let mut add = |rows: &[(String, String)], known: &[(String, String)], new: bool| {
        for (place, about) in rows.iter().filter(|row| !known.contains(row)) {
            let one = OtherDiff { place: place.clone(), about: about.clone(), new };
            if !found.contains(&one) {
                found.push(one);
            }
        }
    };
    add(&first.others, &second.others, false);
    add(&second.others, &first.others, true);
    found
}

/// The facts that the reasons of what differs name, in their order: what refuses first, then what decides.
fn named(first: &View, second: &View, steps: &[StepDiff], others: &[OtherDiff], choice: Vec<String>) -> Vec<String> {
    let mut found = choice;
    let mut add = |name: &str| {
        let name = name.rsplit(": ").next().unwrap_or(name);
        if !name.is_empty() && !found.iter().any(|known| known == name) {
            found.push(name.to_owned());
        }
    };
    for side in steps.iter().flat_map(|step| [&step.to, &step.from]).flatten() {
        side.refused.iter().chain(&side.confirm).for_each(|name| add(name));
    }
    for other in others {
        add(&other.about);
    }
    for step in steps {
        for view in [second, first] {
            if let Some(at) = view.steps.iter().position(|(id, _)| *id == step.step) {
                view.reasons[at].iter().for_each(|name| add(name));
            }
        }
    }
    found
}

/// The facts by which the scenarios of two plans are chosen.
fn chosen_by(catalog: &Catalog, first: &View, second: &View) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    let mut add = |name: &str| {
        if !found.iter().any(|known| known == name) {
            found.push(name.to_owned());
        }
    };
    for view in [first, second] {
        if let Some(scenario) = view.scenario.as_deref().and_then(|id| catalog.scenario(id)) {
            scenario.applies_when.facts(&mut |fact| add(catalog.vocabulary().name(fact)));
        }
        view.candidates.iter().for_each(|name| add(name));
    }
    found
}
