//! What a proof says beside what the explorer found.

use super::going_back;
use crate::explorer::{Given, Report, Space, relation_holds, space};
use cutover::catalog::{Catalog, Scenario};
use cutover::condition::Argument;
use cutover::fact::{FactId, Value};
use cutover::prove::{End, Options, Proof, Property, ends, prove};
use std::collections::{BTreeMap, BTreeSet};

/// The counts: servers, impossible ones, ready ones, done ones, states, transitions, orders.
pub fn counts(report: &Report) -> [u128; 7] {
    [report.servers, report.impossible, report.ready, report.done, report.states, report.transitions, report.orders]
}

/// The same of a proof.
pub fn proven(proof: &Proof) -> [u128; 7] {
    [
        proof.servers,
        proof.impossible,
        proof.ready,
        proof.done,
        proof.states,
        proof.transitions,
        proof.orders.expect("a small number"),
    ]
}

/// The properties that a proof refutes, by their letters.
pub fn refuted(proof: &Proof) -> String {
    let mut letters: Vec<char> = proof.verdicts.iter().filter(|one| !one.holds).map(|one| one.property.letter()).collect();
    letters.sort_unstable();
    letters.into_iter().collect()
}

/// Edges of which the proof says something else than the explorer: one that nothing needs, or what fails without it.
pub fn misjudged(proof: &Proof, explored: &BTreeMap<(usize, usize), BTreeSet<char>>) -> Vec<String> {
    let judged: BTreeMap<(usize, usize), Option<char>> =
        proof.edges.iter().map(|edge| ((edge.from, edge.to), edge.needed_for.map(Property::letter))).collect();
    let mut found = Vec::new();
    if judged.len() != explored.len() {
        found.push(format!("edges: explored {explored:?}, proven {judged:?}"));
    }
    for (edge, fails) in explored {
        match judged.get(edge) {
            Some(Some(letter)) if fails.contains(letter) => {}
            Some(None) if fails.is_empty() => {}
            other => found.push(format!("edge {edge:?}: explored {fails:?}, proven {other:?}")),
        }
    }
    found
}

/// Where the prover differs from the explorer.
pub fn differences(catalog: &Catalog, scenario: &Scenario, options: &Options, report: &Report) -> Vec<String> {
    let (proof, reached) = match (prove(catalog, scenario, options), ends(catalog, scenario, options)) {
        (Ok(proof), Ok(reached)) => (proof, reached),
        (Err(limit), _) | (_, Err(limit)) => return vec![format!("no answer: {limit:?}")],
    };
    let mut found = Vec::new();
    let names = ["servers", "impossible", "ready", "done", "states", "transitions", "orders"];
    for ((name, explored), proven) in names.iter().zip(counts(report)).zip(proven(&proof)) {
        if explored != proven {
            found.push(format!("{name}: explored {explored}, proven {proven}"));
        }
    }
    for verdict in &proof.verdicts {
        let letter = verdict.property.letter();
        match report.refuted.get(&letter) {
            None if !verdict.holds => found.push(format!("({letter}) holds, but is refuted by {:?}", verdict.counterexamples)),
            Some(place) if verdict.holds => found.push(format!("({letter}) is refuted: {place}")),
            _ => {}
        }
        if verdict.holds != verdict.counterexamples.is_empty() {
            found.push(format!("({letter}) holds: {}, with {} counterexamples", verdict.holds, verdict.counterexamples.len()));
        }
    }
    if proof.verdicts.len() != 7 {
        found.push(format!("{} verdicts", proof.verdicts.len()));
    }
    let whole = !options.without_supplements && !options.documented_order_only;
    if report.refuted.is_empty() && whole {
        found.extend(misjudged(&proof, &report.edges));
    }
    found.extend(going_back::differences(&proof, report));
    let space = space(catalog, scenario, options);
    let (explored, proven) = (explored_ends(&space, report), proven_ends(&space, &reached));
    for end in explored.keys().chain(proven.keys()).collect::<BTreeSet<_>>() {
        let (of, there) = (explored.get(end).unwrap_or(&0), proven.get(end).unwrap_or(&0));
        if of != there {
            found.push(format!("ends such as {end:?}: explored {of}, proven {there}"));
        }
    }
    found
}

/// An end as its own parameters tell it apart, how every test of each fact comes out, and what is outstanding. Several
/// ends of different classes may look alike with their own parameters, so that they are counted.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Seen {
    parameters: Vec<String>,
    tests: Vec<(FactId, Vec<bool>)>,
    outstanding: BTreeSet<usize>,
}

fn explored_ends(space: &Space<'_>, report: &Report) -> BTreeMap<Seen, usize> {
    let mut found = BTreeMap::new();
    for (given, ends) in &report.ends {
        for end in ends {
            let shown = |(slot, class): (usize, &usize)| (space.facts[slot], space.classes[slot][*class][0].clone());
            let facts: Vec<(FactId, Value)> = end.facts.iter().enumerate().map(shown).collect();
            *found.entry(seen(space, &facts, given, end.outstanding.clone())).or_insert(0) += 1;
        }
    }
    found
}

fn proven_ends(space: &Space<'_>, ends: &BTreeSet<End>) -> BTreeMap<Seen, usize> {
    let mut found = BTreeMap::new();
    for end in ends {
        let mut given: Given = vec![None; space.catalog.parameter_names().len()];
        for (parameter, argument) in &end.parameters {
            given[parameter.index()] = match argument {
                Argument::Given(value) => Some(value.clone()),
                Argument::Omitted | Argument::Missing => None,
            };
        }
        *found.entry(seen(space, &end.facts, &given, end.outstanding.iter().copied().collect())).or_insert(0) += 1;
    }
    found
}

fn seen(space: &Space<'_>, facts: &[(FactId, Value)], given: &Given, outstanding: BTreeSet<usize>) -> Seen {
    let result = |(fact, value): &(FactId, Value)| {
        let tests = space.slot(*fact).map_or(&[][..], |slot| &space.tests[slot]);
        (*fact, tests.iter().map(|test| relation_holds(&test.relation, value, given)).collect())
    };
    let mut tests: Vec<(FactId, Vec<bool>)> = facts.iter().map(result).collect();
    tests.sort_unstable();
    Seen { parameters: space.named(given), tests, outstanding }
}
