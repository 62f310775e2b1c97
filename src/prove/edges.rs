//! What each edge is for: the properties that fail where it is left out, and the edges that would mend what fails.

use super::explore::{Fronts, first, reach, stepped};
use super::model::Model;
use super::other::Elsewhere;
use super::ready::Ready;
use super::sets::Full;
use super::verdicts::Wrong;
use super::{EdgeVerdict, Explored, MissingEdge, Property, Verdict, exposure};
use crate::catalog::EdgeKind;
use std::collections::BTreeSet;

/// For each edge that is not there by procedure, a property that fails without it.
pub(super) fn edges(explored: &Explored<'_, '_>, elsewhere: Option<&Elsewhere<'_, '_>>) -> Result<Vec<EdgeVerdict>, Full> {
    let model = explored.model;
    let mut found = Vec::new();
    for to in 0..model.steps.len() {
        for from in model.steps[to].after.clone() {
            if model.edge(from, to).is_some_and(|kind| kind != EdgeKind::Procedural) {
                let needed_for = without(explored, elsewhere, from, to)?;
                found.push(EdgeVerdict { from: model.steps[from].index, to: model.steps[to].index, needed_for });
            }
        }
    }
    Ok(found)
}

/// A property that fails without an edge.
fn without(
    explored: &Explored<'_, '_>,
    elsewhere: Option<&Elsewhere<'_, '_>>,
    from: usize,
    to: usize,
) -> Result<Option<Property>, Full> {
    let Explored { model, ready, reached, .. } = explored;
    let mut after: Vec<Vec<usize>> = model.steps.iter().map(|step| step.after.clone()).collect();
    after[to].retain(|one| *one != from);
    let fronts = Fronts::new(model, ready, &after);
    let wrong = Wrong::new(model, ready, &fronts);
    if let Some(failed) = wrong.first(reached)? {
        return Ok(Some(failed));
    }
    let new = &stepped(model, to, &(reached & &fronts.turn[to])) - reached;
    if !new.is_empty()? {
        let all = reach(model, &fronts, reached, &new, &wrong)?;
        if let Some(failed) = wrong.first(&all)? {
            return Ok(Some(failed));
        }
        if exposure::longer(model, ready, &(&all - reached))?.is_some() {
            return Ok(Some(Property::Exposure));
        }
    }
    let fails = elsewhere.map_or(Ok(false), |elsewhere| elsewhere.fails_with(&after, to))?;
    Ok(fails.then_some(Property::Resuming))
}

/// Edges in the direction of the documented order of which each alone mends a property that holds in that order and fails in
/// another.
///
/// More edges leave fewer ways: what all edges into a step together do not mend, none of them does.
pub(super) fn missing(explored: &Explored<'_, '_>, verdicts: &[Verdict]) -> Result<Vec<MissingEdge>, Full> {
    let Explored { model, ready, .. } = explored;
    let edges: Vec<Vec<usize>> = model.steps.iter().map(|step| step.after.clone()).collect();
    let before = closure(&edges);
    let mut found = Vec::new();
    for verdict in verdicts.iter().filter(|verdict| !verdict.holds && verdict.property != Property::RefusingTooMuch) {
        let property = verdict.property;
        let documented: Vec<Vec<usize>> = (0..edges.len()).map(|at| (0..at).collect()).collect();
        if fails(model, ready, &documented, property)? {
            continue;
        }
        for to in 0..edges.len() {
            let open: Vec<usize> = (0..to).filter(|from| !before[to].contains(from)).collect();
            let with = |more: &[usize]| {
                let mut with = edges.clone();
                with[to].extend(more);
                with
            };
            if open.is_empty() || fails(model, ready, &with(&open), property)? {
                continue;
            }
            for from in open {
                if !fails(model, ready, &with(&[from]), property)? {
                    found.push(MissingEdge { from: model.steps[from].index, to: model.steps[to].index, mends: property });
                }
            }
        }
    }
    Ok(found)
}

/// For each step all that come before it.
fn closure(edges: &[Vec<usize>]) -> Vec<BTreeSet<usize>> {
    let mut before: Vec<BTreeSet<usize>> = Vec::new();
    for after in edges {
        let further = after.iter().flat_map(|from| before.get(*from).into_iter().flatten());
        before.push(after.iter().chain(further).copied().collect());
    }
    before
}

/// Whether a property fails with these edges.
fn fails(model: &Model<'_>, ready: &Ready, after: &[Vec<usize>], property: Property) -> Result<bool, Full> {
    let fronts = Fronts::new(model, ready, after);
    let mut stop = Wrong::new(model, ready, &fronts);
    stop.0.retain(|(of, _)| *of == property);
    let reached = reach(model, &fronts, &model.diagrams.none(), &first(model, ready), &stop)?;
    if property == Property::Exposure {
        return Ok(exposure::longer(model, ready, &reached)?.is_some());
    }
    Ok(stop.first(&reached)?.is_some())
}
