//! What each edge is for: the properties that fail where it is left out, and the edges that would mend what fails.

use super::explore::{Fronts, reach, stepped};
use super::model::Model;
use super::ready::Ready;
use super::sets::{Full, Set};
use super::verdicts::Wrong;
use super::{EdgeVerdict, Property, exposure};
use crate::catalog::EdgeKind;

/// For each edge that the machine makes necessary, a property that fails without it.
pub(super) fn edges(model: &Model<'_>, ready: &Ready, reached: &Set) -> Result<Vec<EdgeVerdict>, Full> {
    let mut found = Vec::new();
    for to in 0..model.steps.len() {
        for from in model.steps[to].after.clone() {
            if model.edge(from, to) == Some(EdgeKind::Technical) {
                let needed_for = without(model, ready, reached, from, to)?;
                found.push(EdgeVerdict { from: model.steps[from].index, to: model.steps[to].index, needed_for });
            }
        }
    }
    Ok(found)
}

/// A property that fails without an edge.
fn without(model: &Model<'_>, ready: &Ready, reached: &Set, from: usize, to: usize) -> Result<Option<Property>, Full> {
    let mut after: Vec<Vec<usize>> = model.steps.iter().map(|step| step.after.clone()).collect();
    after[to].retain(|one| *one != from);
    let fronts = Fronts::new(model, ready, &after);
    let wrong = Wrong::new(model, ready, &fronts);
    if let Some(failed) = wrong.first(reached)? {
        return Ok(Some(failed));
    }
    let new = &stepped(model, to, &(reached & &fronts.turn[to])) - reached;
    if new.is_empty()? {
        return Ok(None);
    }
    let all = reach(model, &fronts, reached, &new, &wrong.any(model))?;
    if let Some(failed) = wrong.first(&all)? {
        return Ok(Some(failed));
    }
    Ok(exposure::longer(model, ready, &(&all - reached))?.map(|_| Property::Exposure))
}
