//! Failures that leave a server where the scenario's way is closed for good.

use super::ground::{Ground, facts_of};
use crate::catalog::finding::{Code, Finding};
use crate::catalog::{Failure, Scenario, Step};
use crate::condition::{Classes, Condition};
use crate::fact::{FactId, Value};
use std::sync::Arc;

/// Failures after which planning again is blocked, whatever is done: what they leave is refused by a step that the server
/// still needs, or by the goal, and nothing on the way changes it. What a failure leaves may be odd, so lines about what cannot
/// be true together are left aside.
///
/// A scenario that says that a proof refutes its resumption (`expect: { refuted: [d] }`) says so itself.
pub(super) fn failures(ground: &Ground<'_>, findings: &mut Vec<Finding>) {
    if ground.scenario.refuted.iter().any(|property| &**property == "d") {
        return;
    }
    let way = ground.way(ground.supported());
    for (at, step) in ground.scenario.steps.iter().enumerate() {
        for failure in step.action.failures.iter().filter(|failure| !failure.leaves.changes.is_empty()) {
            if let Some(place) = closed_at(ground, &way, at, failure) {
                findings.push(finding(ground.scenario, step, failure, &place));
            }
        }
    }
}

fn finding(scenario: &Scenario, step: &Step, failure: &Failure, place: &str) -> Finding {
    let message = format!(
        "after the failure `{}` of `{}` in `{}` {place} is in the way for ever: no step changes what it leaves",
        failure.id, step.id, scenario.id
    );
    Finding {
        code: Code::FailureBlocksForever,
        message,
        help: Some("add a step that clears it away before, or correct what the failure leaves".to_owned()),
        file: Arc::clone(&step.action.file),
        span: failure.span,
    }
}

/// Where the way is closed after a failure of the step at a position.
fn closed_at(ground: &Ground<'_>, way: &[Classes<'_>], at: usize, failure: &Failure) -> Option<String> {
    let steps = &ground.scenario.steps;
    let left: Vec<FactId> = failure.leaves.changes.iter().map(|change| change.fact).collect();
    let start = after_failure(ground, &way[at], &steps[at], failure)?;
    let again = ground.way(start);
    for (index, step) in steps.iter().enumerate() {
        let requires = &step.action.requires;
        if !left.iter().any(|fact| requires.reads(*fact)) || index < at && !needed_again(step, &left) {
            continue;
        }
        let achieved: Vec<&Condition> = step.action.achieved_when.iter().collect();
        let needed = again[index].can_hold(&[&step.when], &achieved);
        let was_possible = ground.possible(&way[index], &[&step.when, requires], &achieved);
        if needed && was_possible && !again[index].can_hold(&[&step.when, requires], &achieved) {
            return Some(format!("what `{}` requires", step.id));
        }
    }
    let goal = &ground.scenario.goal;
    let end = |way: &[Classes<'_>]| way.last().is_some_and(|end| end.can_hold(&[goal], &[]));
    let reads = left.iter().any(|fact| goal.reads(*fact));
    (reads && end(way) && !end(&again)).then(|| "the goal".to_owned())
}

/// A step that was passed is needed again where a failure changes what decides that it is not, or where it is never found
/// done.
fn needed_again(step: &Step, left: &[FactId]) -> bool {
    let Some(achieved) = &step.action.achieved_when else { return true };
    left.iter().any(|fact| achieved.reads(*fact) || step.when.reads(*fact))
}

/// The values of servers on which the step failed; nothing where no server gets so far.
fn after_failure<'s>(ground: &Ground<'_>, before: &Classes<'s>, step: &Step, failure: &Failure) -> Option<Classes<'s>> {
    let mut classes = before.clone();
    let begun = [&step.when, &step.action.requires];
    for condition in begun {
        for fact in facts_of(condition) {
            let allowed = classes.allowed(fact, condition);
            classes.set(fact, allowed);
        }
    }
    // It was not achieved already: where a single test says so, the fact has another value.
    if let Some(achieved) = &step.action.achieved_when {
        let undone = Condition::Not(Box::new(achieved.clone()));
        for fact in facts_of(achieved) {
            let allowed = classes.allowed(fact, &undone);
            classes.set(fact, allowed);
        }
    }
    if failure.leaves.effects {
        let mut done = classes.clone();
        ground.perform(&mut done, &step.action);
        classes = done;
    }
    for change in &failure.leaves.changes {
        let values: Vec<Value> = ground.values_after(&classes, change).into_iter().collect();
        classes.set(change.fact, values);
    }
    classes.can_hold(&[], &[]).then_some(classes)
}
