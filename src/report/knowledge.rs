//! The catalog for people: scenarios, facts, and what encodes the article.

use super::{indented, table};
use crate::catalog::{Catalog, Scenario};
use crate::condition::{Condition, Describer, ParameterId};
use crate::fact::FactId;
use std::fmt::Write as _;

/// All scenarios in a table.
pub fn scenarios(catalog: &Catalog) -> String {
    let row = |scenario: &Scenario| {
        vec![
            scenario.id.to_string(),
            scenario.steps.len().to_string(),
            if scenario.on_request { "by name" } else { "where it applies" }.to_owned(),
            scenario.title.to_string(),
        ]
    };
    table(&["scenario", "steps", "chosen", "for"], &[1], catalog.scenarios().iter().map(row).collect()) + "\n"
}

/// Everything about a scenario.
pub fn scenario(catalog: &Catalog, scenario: &Scenario) -> String {
    let name = |parameter: ParameterId| catalog.parameter_names().name(parameter).to_owned();
    let words = Describer::new(catalog.vocabulary(), &name);
    let mut out = format!("{}: {}\n", scenario.id, scenario.title);
    let chosen = if scenario.on_request { "Chosen only by name. Made for" } else { "Chosen where" };
    for (title, condition) in [("Supports", &scenario.supports), (chosen, &scenario.applies_when), ("Done when", &scenario.goal)]
    {
        let _ = write!(out, "\n{title}:\n{}", lines(&words, condition));
    }
    if !scenario.parameters.is_empty() {
        let row = |parameter: &crate::catalog::ParameterSpec| {
            let default = match (&parameter.default, parameter.optional) {
                (Some(value), _) => format!("default {value}"),
                (None, true) => "optional".to_owned(),
                (None, false) => "required".to_owned(),
            };
            vec![parameter.name.to_string(), parameter.type_name().to_owned(), default, parameter.spec.about().to_owned()]
        };
        let rows = scenario.parameters.iter().map(row).collect();
        let _ = write!(out, "\nParameters:\n{}", indented(&table(&["name", "type", "", "about"], &[], rows), 2));
    }
    let row = |(index, step): (usize, &crate::catalog::Step)| {
        let before: Vec<_> = step.after.iter().map(|edge| &*scenario.steps[edge.from].id).collect();
        vec![
            (index + 1).to_string(),
            step.id.to_string(),
            step.article.as_ref().map_or_else(|| "+".to_owned(), ToString::to_string),
            step.action.performed_by.name().to_owned(),
            step.action.minutes.to_string(),
            step.action.reboot.name().to_owned(),
            words.words(&step.when),
            before.join(", "),
        ]
    };
    let rows = scenario.steps.iter().enumerate().map(row).collect();
    let header = ["#", "step", "article", "by", "min", "restart", "when", "after"];
    let _ = write!(
        out,
        "\nSteps, in documented order (+ is a step that the article lacks):\n{}",
        indented(&table(&header, &[0, 4], rows), 2)
    );
    out
}

fn lines(words: &Describer<'_>, condition: &Condition) -> String {
    indented(&words.parts(condition).join("\n"), 2)
}

/// All facts in a table.
pub fn facts(catalog: &Catalog) -> String {
    let vocabulary = catalog.vocabulary();
    let row = |fact: FactId| {
        let spec = vocabulary.spec(fact);
        let values: Vec<_> = spec.values().iter().map(|word| &**word).collect();
        let kind = if values.is_empty() {
            spec.kind().name().to_owned()
        } else {
            format!("{}: {}", spec.kind().name(), values.join(" "))
        };
        vec![spec.id().to_owned(), kind, spec.about().to_owned()]
    };
    table(&["fact", "type", "about"], &[], vocabulary.ids().map(row).collect()) + "\n"
}

/// Everything about a fact.
pub fn fact(catalog: &Catalog, fact: FactId) -> String {
    let spec = catalog.vocabulary().spec(fact);
    let mut out = format!("{} ({})\n", spec.id(), spec.kind().name());
    if !spec.values().is_empty() {
        let values: Vec<_> = spec.values().iter().map(|word| &**word).collect();
        let _ = writeln!(out, "  values: {}", values.join(", "));
    }
    let pairs = [
        ("about", Some(spec.about())),
        ("seen by", Some(spec.observed())),
        ("remedy", spec.remedy()),
        ("source", Some(spec.source())),
    ];
    for (key, text) in pairs {
        if let Some(text) = text.filter(|text| !text.is_empty()) {
            let _ = writeln!(out, "  {key}: {text}");
        }
    }
    for (title, names) in uses(catalog, fact) {
        if !names.is_empty() {
            let _ = writeln!(out, "  {title}: {}", names.join(", "));
        }
    }
    out
}

fn uses(catalog: &Catalog, fact: FactId) -> [(&'static str, Vec<String>); 5] {
    let reads = |condition: &Condition| {
        let mut found = false;
        condition.facts(&mut |read| found |= read == fact);
        found
    };
    let actions = || catalog.actions().iter();
    let id = |action: &std::sync::Arc<crate::catalog::Action>| action.id.to_string();
    let changes = |action: &&std::sync::Arc<crate::catalog::Action>| {
        action.all_effects().any(|effect| effect.changes.iter().any(|change| change.fact == fact))
    };
    let achieved = |action: &&std::sync::Arc<crate::catalog::Action>| action.achieved_when.as_ref().is_some_and(reads);
    let scenarios = catalog.scenarios().iter().filter(|scenario| {
        reads(&scenario.applies_when)
            || reads(&scenario.supports)
            || reads(&scenario.goal)
            || scenario.steps.iter().any(|step| reads(&step.when))
    });
    [
        ("needed by", actions().filter(|action| reads(&action.requires)).map(id).collect()),
        ("shows as done", actions().filter(achieved).map(id).collect()),
        ("changed by", actions().filter(changes).map(id).collect()),
        ("read by scenarios", scenarios.map(|scenario| scenario.id.to_string()).collect()),
        (
            "read by invariants",
            catalog.invariants().iter().filter(|one| reads(&one.when)).map(|one| one.id.to_string()).collect(),
        ),
    ]
}
