//! Where choosing again chooses another scenario, that one has to go on.

use super::model::Model;
use super::ready::Ready;
use super::{Counterexample, Explored, Limit, Property, Wrong, story, wrong};
use crate::catalog::Scenario;
use crate::condition::Condition;
use std::sync::Arc;

/// Reachable states, where steps wait for these, for which another scenario would be chosen that is neither ready nor done.
pub(super) fn chosen(wide: &Model<'_>, ready: &Ready, after: &[Vec<usize>]) -> Result<Vec<(Property, Counterexample)>, Limit> {
    let scenario = wide.scenario;
    if scenario.on_request || wide.as_it_goes || !can_change(wide, &scenario.applies_when) {
        return Ok(Vec::new());
    }
    let Explored { model, ready, fronts, reached } = Explored::new(wide, ready, after)?;
    let catalog = model.catalog;
    let offered: Vec<&Scenario> = catalog.scenarios().iter().filter(|other| !other.on_request).collect();
    for other in offered.iter().filter(|other| other.id != scenario.id) {
        // Where several could be chosen none is.
        let third = offered.iter().filter(|third| third.id != other.id);
        let chosen =
            third.fold(model.predicate(&other.applies_when), |chosen, third| &chosen - &model.predicate(&third.applies_when));
        if (&reached & &chosen).is_empty()? {
            continue;
        }
        let wrong = &chosen - &Ready::new(&model.beside(other)).good;
        if (&reached & &wrong).is_empty()? {
            continue;
        }
        let Some((_, story)) = story::Search::new(model, ready, &fronts).shortest(&wrong)? else { continue };
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
