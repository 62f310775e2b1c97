//! Whether a scenario holds and of how many servers it is, and nothing besides: no stories, no counts of states, no edges.

use super::explore::{Fronts, first, reach};
use super::model::Model;
use super::other::Elsewhere;
use super::ready::Ready;
use super::verdicts::Wrong;
use super::{Limit, Options, Property, blocked, exposure, waits};
use crate::catalog::{Catalog, Scenario};

/// What one sees of a scenario at a glance.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Glance {
    /// A property that fails, the first that was found, which is always the same one; nothing where all hold. (f) only where
    /// no other fails.
    pub refuted: Option<Property>,
    /// The servers that can be told apart.
    pub servers: u128,
    /// Of the servers those that are ready or done.
    pub good: u128,
}

/// Looks whether a property fails, and no further once one does. Much quicker than [`prove`](super::prove()) for that.
///
/// # Errors
///
/// Where the proof needs more room than it may take.
pub fn glance(catalog: &Catalog, scenario: &Scenario, options: &Options) -> Result<Glance, Limit> {
    let model = Model::new(catalog, scenario, options)?;
    let after = waits(&model, options);
    let ready = Ready::new(&model);
    let servers = &model.chosen & &model.possible;
    let bits = model.layout.server_bits();
    Ok(Glance {
        refuted: refuted(&model, &ready, &after, (catalog, scenario, options))?,
        servers: servers.count(bits)?,
        good: (&servers & &ready.good).count(bits)?,
    })
}

fn refuted(
    model: &Model<'_>,
    ready: &Ready,
    after: &[Vec<usize>],
    (catalog, scenario, options): (&Catalog, &Scenario, &Options),
) -> Result<Option<Property>, Limit> {
    let fronts = Fronts::new(model, ready, after);
    let wrong = Wrong::new(model, ready, &fronts);
    let reached = reach(model, &fronts, &model.diagrams.none(), &first(model, ready), &wrong)?;
    if let Some(property) = wrong.first(&reached)? {
        return Ok(Some(property));
    }
    if exposure::longer(model, ready, &reached)?.is_some() {
        return Ok(Some(Property::Exposure));
    }
    let wide = Model::wide(catalog, scenario, options)?;
    let wide_ready = Ready::new(&wide);
    if let Some(elsewhere) = Elsewhere::new(&wide, &wide_ready, after)?
        && elsewhere.fails()?
    {
        return Ok(Some(Property::Resuming));
    }
    Ok(blocked::too_much(&wide, &wide_ready)?.map(|_| Property::RefusingTooMuch))
}
