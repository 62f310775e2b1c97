//! Whether a scenario holds, and nothing besides: no stories, no counts, no edges.

use super::explore::{Fronts, first, reach};
use super::model::Model;
use super::ready::Ready;
use super::verdicts::Wrong;
use super::{Limit, Options, Property, blocked, exposure, other, waits};
use crate::catalog::{Catalog, Scenario};

/// A property that fails; nothing where all hold. (f) only where no other fails.
///
/// It ends with the first that is found, which is always the same one, and is much quicker than [`prove`](super::prove()) for that.
///
/// # Errors
///
/// Where the proof needs more room than it may take.
pub fn first_refuted(catalog: &Catalog, scenario: &Scenario, options: &Options) -> Result<Option<Property>, Limit> {
    let model = Model::new(catalog, scenario, options)?;
    let after = waits(&model, options);
    let ready = Ready::new(&model);
    let fronts = Fronts::new(&model, &ready, &after);
    let wrong = Wrong::new(&model, &ready, &fronts);
    let reached = reach(&model, &fronts, &model.diagrams.none(), &first(&model, &ready), &wrong.any(&model))?;
    if let Some(property) = wrong.first(&reached)? {
        return Ok(Some(property));
    }
    if exposure::longer(&model, &ready, &reached)?.is_some() {
        return Ok(Some(Property::Exposure));
    }
    let wide = Model::wide(catalog, scenario, options)?;
    let wide_ready = Ready::new(&wide);
    if let Some((property, _)) = other::chosen(&wide, &wide_ready, &after)?.first() {
        return Ok(Some(*property));
    }
    Ok(blocked::too_much(&wide, &wide_ready)?.map(|_| Property::RefusingTooMuch))
}
