//! What the planner says of the servers that the explorer looks at.

use crate::explorer::{Course, Facts};
use cutover::catalog::Catalog;
use cutover::fact::{FakeHost, Value};
use cutover::plan::{Decision, Plan, PlannedStep, Request, Start, Status, WaysBack, plan};
use std::collections::BTreeSet;

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
    let request = Request { scenario: Some(course.scenario.id.to_string()), parameters: given.collect(), ..Request::default() };
    plan(catalog, Start::observe(catalog, &host, &[]).expect("nothing is assumed"), request)
}

/// What is planned of the way back after a step.
#[derive(Clone, Debug)]
pub struct Planned {
    /// The step, by its position in the scenario.
    pub step: usize,
    /// The answer.
    pub said: Status,
    /// The steps that are left as they are.
    pub stays: BTreeSet<usize>,
}

/// What is planned of the way back after each step that the plan for this server is certain to perform.
pub fn ways_back(catalog: &Catalog, course: &Course<'_>, values: &[Value]) -> Vec<Planned> {
    let plan = plan_of(catalog, course, values);
    let ways = WaysBack::of(&plan).expect("a scenario was chosen");
    let performed = plan.steps.iter().enumerate().filter(|(_, step)| step.decision == Decision::Perform);
    let planned = |(at, step): (usize, &PlannedStep<'_>)| {
        let back = ways.plan(at);
        let stays = back.rollback.as_ref().into_iter().flat_map(|rollback| &rollback.stays);
        let position = |id: &str| course.scenario.steps.iter().position(|step| *step.id == *id);
        Planned { step: step.index, said: back.status, stays: stays.filter_map(|stay| position(&stay.step)).collect() }
    };
    performed.map(planned).collect()
}
