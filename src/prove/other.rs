//! Where choosing again chooses another scenario, that one has to go on.

use super::model::Model;
use super::ready::Ready;
use super::{Counterexample, Explored, Limit, Property, Wrong, story, wrong};
use crate::catalog::Scenario;
use crate::condition::Condition;
use std::sync::Arc;

/// Reachable states, where steps wait for these, for which another scenario would be chosen that is neither ready nor done.
pub(super) fn chosen(wide: &Model<'_>, after: &[Vec<usize>]) -> Result<Vec<(Property, Counterexample)>, Limit> {
    let scenario = wide.scenario;
    if scenario.on_request || wide.as_it_goes || !can_change(wide, &scenario.applies_when) {
        return Ok(Vec::new());
    }
    let Explored { model, ready, fronts, reached } = Explored::new(wide, after)?;
    let catalog = model.catalog;
    let left = &reached - &model.predicate(&scenario.applies_when);
    let others: Vec<&Scenario> =
        catalog.scenarios().iter().filter(|other| !other.on_request && other.id != scenario.id).collect();
    for other in &others {
        // Where several could be chosen none is.
        let alone = others.iter().filter(|third| third.id != other.id);
        let applies = model.predicate(&other.applies_when);
        let applies = alone.fold(applies, |applies, third| &applies - &model.predicate(&third.applies_when));
        let here = &left & &applies;
        if here.is_empty()? {
            continue;
        }
        let beside = model.beside(other);
        let good = Ready::new(&beside).good;
        let stranded = &here - &good;
        if stranded.is_empty()? {
            continue;
        }
        let wrong = &applies - &(&good | &model.predicate(&scenario.applies_when));
        let Some((_, story)) = story::Search::new(model, &ready, &fronts).shortest(&wrong)? else { continue };
        let server = story::server(model, &story.end);
        let unmet = wrong::blockers(catalog, other, &server, false);
        let elsewhere = Wrong::StrandedElsewhere { scenario: Arc::clone(&other.id), unmet };
        return Ok(vec![(Property::Resuming, wrong::counterexample(model, story, elsewhere))]);
    }
    Ok(Vec::new())
}

/// True where a step changes a fact that the condition reads.
fn can_change(model: &Model<'_>, condition: &Condition) -> bool {
    model.written().any(|at| condition.reads(model.fact(at)))
}
