//! What the way of a scenario can reach: its steps, its goal, and a restart where one is needed.

use super::ground::{Ground, facts_of};
use crate::catalog::Reboot;
use crate::catalog::finding::{Code, Finding};
use crate::condition::{Condition, ParameterId};
use crate::fact::Value;
use std::sync::Arc;

impl Ground<'_> {
    pub(super) fn words(&self, condition: &Condition) -> String {
        self.catalog.words(condition)
    }
}

/// Steps that no server can ever need or take.
pub(super) fn steps(ground: &Ground<'_>, findings: &mut Vec<Finding>) {
    let way = ground.way(ground.supported());
    for (step, before) in ground.scenario.steps.iter().zip(&way) {
        let requires = &step.action.requires;
        let (message, help) = if !ground.possible(before, &[&step.when], &[]) {
            let message = format!("`{}` is for no server: {} never holds here", step.id, ground.words(&step.when));
            (message, "no supported server can be so when the step's turn comes; correct its `when`, or drop the step")
        } else if !ground.possible(before, &[&step.when, requires], &[]) {
            let message = format!("`{}` can never be done: where it applies, {} never holds", step.id, ground.words(requires));
            (message, "a step before it has to bring about what the action requires")
        } else {
            continue;
        };
        findings.push(Finding {
            code: Code::StepNeverEnabled,
            message,
            help: Some(help.to_owned()),
            file: Arc::clone(&ground.scenario.file),
            span: step.span,
        });
    }
}

/// Parts of the goal that hold neither of every server that the scenario is for nor through any step.
pub(super) fn goal(ground: &Ground<'_>, findings: &mut Vec<Finding>) {
    let scenario = ground.scenario;
    let parts = match &scenario.goal {
        Condition::All(parts) => parts.as_slice(),
        one => std::slice::from_ref(one),
    };
    let supported = ground.supported();
    let entries = parts
        .iter()
        .enumerate()
        .flat_map(|(at, part)| flattened(std::slice::from_ref(part)).into_iter().map(move |one| (at, one)));
    for (at, part) in entries {
        let part = &without_optional(ground, part);
        let given = ground.possible(&supported, &[&scenario.supports, &scenario.applies_when], &[part]);
        if !given || brought_about(ground, part) {
            continue;
        }
        findings.push(Finding {
            code: Code::GoalUnreachable,
            message: format!("no step brings about this part of the goal: {}", ground.words(part)),
            help: Some("add a step whose effects do, or ask for it under `applies_when`".to_owned()),
            file: Arc::clone(&scenario.file),
            span: scenario.places.goal.get(at).copied().unwrap_or(scenario.places.start),
        });
    }
}

fn flattened(parts: &[Condition]) -> Vec<&Condition> {
    let mut found = Vec::new();
    for part in parts {
        match part {
            Condition::All(inner) => found.extend(flattened(inner)),
            one => found.push(one),
        }
    }
    found
}

/// The condition as it is where no optional parameter is given: then the tests that use one are true.
fn without_optional(ground: &Ground<'_>, condition: &Condition) -> Condition {
    let optional =
        |parameter: ParameterId| ground.scenario.parameters.iter().any(|spec| spec.parameter == parameter && spec.optional);
    let inside = |parts: &[Condition]| parts.iter().map(|part| without_optional(ground, part)).collect();
    match condition {
        Condition::All(parts) => Condition::All(inside(parts)),
        Condition::Any(parts) => Condition::Any(inside(parts)),
        Condition::Not(part) => Condition::Not(Box::new(without_optional(ground, part))),
        Condition::Test(_) => {
            let mut uses = false;
            condition.parameters(&mut |parameter| uses |= optional(parameter));
            if uses { Condition::always() } else { condition.clone() }
        }
    }
}

/// True where some effect gives a fact a value with which the condition can hold.
fn brought_about(ground: &Ground<'_>, wanted: &Condition) -> bool {
    let all = ground.supported();
    let changes = ground.scenario.steps.iter().flat_map(|step| step.action.all_effects()).flat_map(|effect| &effect.changes);
    changes.filter(|change| wanted.reads(change.fact)).any(|change| {
        let values = ground.values_after(&all, change);
        values.iter().any(|value| ground.possible(&all.with(change.fact, value), &[wanted], &[]))
    })
}

/// Steps that need no restart pending, with none between them and a step that may leave one so.
pub(super) fn restarts(ground: &Ground<'_>, findings: &mut Vec<Finding>) {
    let Some(pending) = ground.catalog.restart_pending() else { return };
    let steps = &ground.scenario.steps;
    for (at, step) in steps.iter().enumerate() {
        let requires = &step.action.requires;
        let all = ground.supported();
        let needs_none =
            facts_of(requires).contains(&pending) && !ground.possible(&all.with(pending, &Value::Flag(true)), &[requires], &[]);
        if !needs_none {
            continue;
        }
        let since = steps[..at].iter().rposition(|step| step.action.reboot == Reboot::Restart).map_or(0, |restart| restart + 1);
        if let Some(open) = steps[since..at].iter().find(|earlier| ground.may_set_pending(&earlier.action)) {
            findings.push(Finding {
                code: Code::RestartMissing,
                message: format!("`{}` needs that no restart is pending, and `{}` may leave one so", step.id, open.id),
                help: Some(format!("put a restart between `{}` and `{}`", open.id, step.id)),
                file: Arc::clone(&ground.scenario.file),
                span: step.span,
            });
        }
    }
}
