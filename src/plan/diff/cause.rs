//! What a difference between two plans comes from: of the facts that differ those that matter to it.

use super::document::CauseDiff;
use super::view::View;
use crate::catalog::Catalog;
use crate::condition::Argument;
use crate::plan::apart::{known, tells_apart};
use crate::plan::start;
use serde_json::Value as Json;
use std::sync::Arc;

/// The causes: the catalog, parameters, and facts, those first that the reasons of what differs name, in their order.
pub(super) fn causes(catalog: &Catalog, first: &View, second: &View, named: &[String]) -> Vec<CauseDiff> {
    let mut found = Vec::new();
    if let (Some(from), Some(to)) = (&first.catalog, &second.catalog)
        && from != to
    {
        found.push(CauseDiff { kind: "catalog", name: None, from: from.as_str().into(), to: to.as_str().into() });
    }
    let new = second.parameters.keys().filter(|name| !first.parameters.contains_key(*name));
    for name in first.parameters.keys().chain(new) {
        let value = |view: &View| view.parameters.get(name).cloned().unwrap_or(Json::Null);
        let (from, to) = (value(first), value(second));
        if from != to {
            found.push(CauseDiff { kind: "parameter", name: Some(name.clone()), from, to });
        }
    }
    let arguments = arguments(catalog, second);
    let mut facts: Vec<(usize, CauseDiff)> = Vec::new();
    for (name, from) in &first.facts_read {
        let Some(to) = second.facts_read.get(name) else { continue };
        if from == to {
            continue;
        }
        let at = named.iter().position(|known| known == name);
        if at.is_some() || matters(catalog, &arguments, name, from, to) {
            let cause = CauseDiff { kind: "fact", name: Some(name.clone()), from: from.clone(), to: to.clone() };
            facts.push((at.unwrap_or(usize::MAX), cause));
        }
    }
    facts.sort_by_key(|(at, _)| *at);
    found.extend(facts.into_iter().map(|(_, cause)| cause));
    found
}

/// True where a rule tells the two values apart, or the catalog does not know the fact.
fn matters(catalog: &Catalog, arguments: &[Argument], name: &str, from: &Json, to: &Json) -> bool {
    let Some(fact) = catalog.vocabulary().find(name) else { return true };
    let spec = catalog.vocabulary().spec(fact);
    match (known(spec, from), known(spec, to)) {
        (Some(from), Some(to)) => from != to && tells_apart(catalog, arguments, fact, &from, &to),
        _ => true,
    }
}

/// The parameters of a plan, as far as the catalog knows them.
fn arguments(catalog: &Catalog, plan: &View) -> Vec<Argument> {
    let Some(scenario) = plan.scenario.as_deref().and_then(|id| catalog.scenario(id)) else {
        return vec![Argument::Omitted; catalog.parameter_names().len()];
    };
    let given = scenario.parameters.iter().filter_map(|spec| {
        let written = plan.parameters.get(&*spec.name)?;
        let text = written.as_str().map_or_else(|| written.to_string(), str::to_owned);
        Some((Arc::clone(&spec.name), spec.parse(&text).ok()?))
    });
    start::arguments(catalog, scenario, &given.collect::<Vec<_>>())
}
