//! The edges of a scenario: cycles, the documented order, and edges that say nothing new.

use crate::catalog::finding::{Code, Finding};
use crate::catalog::{Edge, Scenario};
use petgraph::algo::tarjan_scc;
use petgraph::graph::{DiGraph, NodeIndex};
use std::collections::VecDeque;
use std::sync::Arc;

/// The scenario's edges, from the earlier step to the later one; a step's index is its position.
fn edges(scenario: &Scenario) -> DiGraph<(), ()> {
    let mut graph = DiGraph::new();
    let nodes: Vec<NodeIndex> = scenario.steps.iter().map(|_| graph.add_node(())).collect();
    for (to, step) in scenario.steps.iter().enumerate() {
        for edge in &step.after {
            graph.add_edge(nodes[edge.from], nodes[to], ());
        }
    }
    graph
}

/// Groups of steps that wait for each other.
fn groups(scenario: &Scenario) -> Vec<Vec<usize>> {
    let graph = edges(scenario);
    let alone = |group: &[NodeIndex]| matches!(group, [node] if !graph.contains_edge(*node, *node));
    let found = tarjan_scc(&graph).into_iter().filter(|group| !alone(group));
    let mut found: Vec<Vec<usize>> = found
        .map(|group| {
            let mut steps: Vec<usize> = group.into_iter().map(NodeIndex::index).collect();
            steps.sort_unstable();
            steps
        })
        .collect();
    found.sort_unstable();
    found
}

/// Steps that wait for each other, each group once, with the shortest way round.
pub(super) fn cycles(scenario: &Scenario, findings: &mut Vec<Finding>) {
    for group in groups(scenario) {
        let Some(round) = group.iter().filter_map(|step| round(scenario, *step)).min_by_key(Vec::len) else { continue };
        let names: Vec<&str> = round.iter().map(|step| &*scenario.steps[*step].id).collect();
        let span = closing(scenario, &round).map_or(scenario.steps[round[0]].span, |edge| edge.span);
        findings.push(Finding {
            code: Code::Cycle,
            message: format!("these steps wait for each other: {}", names.join(" -> ")),
            help: Some("each step can only follow steps that do not follow it; take one of these edges away".to_owned()),
            file: Arc::clone(&scenario.file),
            span,
        });
    }
}

/// The shortest way from a step back to itself, with the step at both ends.
fn round(scenario: &Scenario, start: usize) -> Option<Vec<usize>> {
    let mut came_from: Vec<Option<usize>> = vec![None; scenario.steps.len()];
    let mut open = VecDeque::from([start]);
    while let Some(step) = open.pop_front() {
        for edge in &scenario.steps[step].after {
            if edge.from == start {
                let mut way = vec![start];
                let mut at = Some(step);
                while let Some(step) = at {
                    way.push(step);
                    at = if step == start { None } else { came_from[step] };
                }
                return Some(way);
            }
            if came_from[edge.from].is_none() {
                came_from[edge.from] = Some(step);
                open.push_back(edge.from);
            }
        }
    }
    None
}

/// The edge of a way round that goes back in the documented order.
fn closing<'s>(scenario: &'s Scenario, round: &[usize]) -> Option<&'s Edge> {
    let pairs = round.windows(2).map(|pair| (pair[0], pair[1]));
    let back = pairs.into_iter().find(|(from, to)| from >= to);
    back.and_then(|(from, to)| scenario.steps[to].after.iter().find(|edge| edge.from == from))
}

/// Edges from a step that the list has later; those of a cycle are told as such.
pub(super) fn order(scenario: &Scenario, findings: &mut Vec<Finding>) {
    let groups = groups(scenario);
    for (to, step) in scenario.steps.iter().enumerate() {
        for edge in step.after.iter().filter(|edge| edge.from >= to) {
            if groups.iter().any(|group| group.contains(&edge.from) && group.contains(&to)) {
                continue;
            }
            let earlier = &scenario.steps[edge.from].id;
            findings.push(Finding {
                code: Code::OrderContradictsEdge,
                message: format!("`{}` must follow `{earlier}`, and the list has it before", step.id),
                help: Some(format!("the list is the documented order: move `{}` below `{earlier}`, or drop the edge", step.id)),
                file: Arc::clone(&scenario.file),
                span: edge.span,
            });
        }
    }
}

/// Edges that are there twice or that others imply.
pub(super) fn redundant_edges(scenario: &Scenario, findings: &mut Vec<Finding>) {
    if !groups(scenario).is_empty() {
        return;
    }
    for (to, step) in scenario.steps.iter().enumerate() {
        for (at, edge) in step.after.iter().enumerate() {
            let name = &scenario.steps[edge.from].id;
            let twice = step.after[..at].iter().any(|other| other.from == edge.from);
            let over =
                step.after.iter().filter(|other| other.from != edge.from).find(|other| follows(scenario, other.from, edge.from));
            let message = match over {
                _ if twice => format!("`{}` follows `{name}` twice", step.id),
                Some(over) => {
                    format!("`{}` follows `{name}` anyway, over `{}`", scenario.steps[to].id, scenario.steps[over.from].id)
                }
                None => continue,
            };
            findings.push(Finding {
                code: Code::RedundantEdge,
                message,
                help: Some("drop the edge: an edge that says nothing new hides the ones that do".to_owned()),
                file: Arc::clone(&scenario.file),
                span: edge.span,
            });
        }
    }
}

/// True where the edges make a step follow an earlier one, over however many others.
fn follows(scenario: &Scenario, step: usize, earlier: usize) -> bool {
    let mut seen = vec![false; scenario.steps.len()];
    let mut open = vec![step];
    while let Some(step) = open.pop() {
        for edge in &scenario.steps[step].after {
            if edge.from == earlier {
                return true;
            }
            if !std::mem::replace(&mut seen[edge.from], true) {
                open.push(edge.from);
            }
        }
    }
    false
}
