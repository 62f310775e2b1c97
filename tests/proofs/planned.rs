//! What the planner says of the servers that the explorer looks at.

use crate::explorer::{Course, Facts};
use cutover::catalog::Catalog;
use cutover::fact::{FakeHost, Value};
use cutover::plan::{Decision, Plan, Request, Start, Status, WaysBack, plan};

/// Every server of these classes, value by value.
pub fn shown_by(course: &Course<'_>, facts: &Facts) -> Vec<Vec<Value>> {
    let mut found = vec![Vec::new()];
    for (slot, class) in facts.iter().enumerate() {
        let values = &course.space.classes[slot][*class];
        let longer = |known: &Vec<Value>| {
            values.iter().map(|value| [&known[..], std::slice::from_ref(value)].concat()).collect::<Vec<_>>()
        };
        found = found.iter().flat_map(longer).collect();
    }
    found
}

/// The plan for a server.
pub fn plan_of<'c>(catalog: &'c Catalog, course: &Course<'_>, values: &[Value]) -> Plan<'c> {
    let mut host = FakeHost::new();
    for (fact, value) in course.space.facts.iter().zip(values) {
        host.set(*fact, value.clone());
    }
    let given = course.scenario.parameters.iter();
    let given = given.filter_map(|spec| Some((spec.name.clone(), course.given[spec.parameter.index()].clone()?)));
    let request = Request { scenario: Some("tiny".to_owned()), parameters: given.collect(), ..Request::default() };
    plan(catalog, Start::observe(catalog, &host, &[]).expect("nothing is assumed"), request)
}

/// For each step of the scenario what is planned of the way back after it, for each server of these classes. Nothing is said
/// of a step that is not certain to be performed on each.
pub fn ways_back(catalog: &Catalog, course: &Course<'_>, facts: &Facts) -> Vec<Option<Vec<Status>>> {
    let mut found = vec![Some(Vec::new()); course.scenario.steps.len()];
    for values in shown_by(course, facts) {
        let plan = plan_of(catalog, course, &values);
        let ways = WaysBack::of(&plan).expect("a scenario was chosen");
        for (at, planned) in plan.steps.iter().enumerate() {
            let said = &mut found[planned.index];
            match (planned.decision, said.as_mut()) {
                (Decision::Perform, Some(said)) => said.push(ways.plan(at).status),
                _ => *said = None,
            }
        }
    }
    found
}
