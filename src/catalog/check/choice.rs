//! Which scenario is chosen, and the scenarios that findings name.

use crate::catalog::Catalog;
use crate::catalog::finding::{Code, Finding};
use crate::condition::{Argument, Condition, Space, Witness};
use crate::suggest::{excerpt, nearest};
use std::sync::Arc;

/// Two scenarios that one server can match. The choice knows no parameters: tests of theirs count as true.
pub(super) fn overlaps(catalog: &Catalog, findings: &mut Vec<Finding>) {
    let offered: Vec<_> = catalog.scenarios().iter().filter(|scenario| !scenario.on_request).collect();
    let impossible: Vec<&Condition> = catalog.impossible().iter().map(|line| &line.when).collect();
    let arguments = vec![vec![Argument::Omitted]; catalog.parameter_names().len()];
    let mut space = Space::new(catalog.vocabulary(), arguments);
    offered.iter().map(|scenario| &scenario.applies_when).chain(impossible.iter().copied()).for_each(|read| space.read(read));
    let classes = space.classes();
    for (at, scenario) in offered.iter().enumerate() {
        for other in &offered[..at] {
            let both = [&other.applies_when, &scenario.applies_when];
            if let Some(witness) = classes.witness(&both, &impossible) {
                let told: Vec<String> = told(catalog, &witness, &both);
                let server = if told.is_empty() { "any server".to_owned() } else { format!("a server with {}", told.join(", ")) };
                findings.push(Finding {
                    code: Code::OverlappingScenarios,
                    message: format!("{server} matches `{}` as well as `{}`", other.id, scenario.id),
                    help: Some("let one of them exclude what the other asks for, or mark one `on_request: true`".to_owned()),
                    file: Arc::clone(&scenario.file),
                    span: scenario.places.applies_when,
                });
            }
        }
    }
}

/// The facts of a server that the conditions read, in words.
fn told(catalog: &Catalog, witness: &Witness, conditions: &[&Condition]) -> Vec<String> {
    let decisive = witness.iter().filter(|(fact, _)| conditions.iter().any(|condition| condition.reads(*fact)));
    decisive.map(|(fact, value)| format!("{} {value}", catalog.vocabulary().name(*fact))).collect()
}

/// Scenarios that a finding about servers names and that do not exist.
pub(super) fn finding_scenarios(catalog: &Catalog, findings: &mut Vec<Finding>) {
    for rule in catalog.finding_rules() {
        for (name, span) in rule.scenarios.iter().zip(&rule.scenario_spans) {
            if catalog.scenario(name).is_none() {
                let known = catalog.scenarios().iter().map(|scenario| &*scenario.id);
                findings.push(Finding {
                    code: Code::UnknownName,
                    message: format!("there is no scenario `{}`", excerpt(name)),
                    help: nearest(name, known).map(|near| format!("did you mean `{near}`?")),
                    file: Arc::from("catalog/invariants.yaml"),
                    span: *span,
                });
            }
        }
    }
}
