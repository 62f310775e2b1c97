//! Proof: every server that can be told apart, every order, every outcome, every resumption.
#![allow(missing_docs, dead_code)]

mod classes;
mod explore;
mod model;
mod ready;
mod sets;
mod variables;

use crate::catalog::{Catalog, Scenario};
use std::sync::Arc;

#[derive(Clone, Debug, Default)]
pub struct Options {
    pub documented_order_only: bool,
    pub without_supplements: bool,
}

/// Why there is no answer.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Limit {
    #[error("the sets of states need more room than a proof may take")]
    Full,
    #[error("a state has {0} variables, and no more than {most} can be counted", most = sets::MOST_VARIABLES)]
    Variables(u32),
    #[error("the set `{0}` is compared with too many elements")]
    Elements(Arc<str>),
}

impl From<sets::Full> for Limit {
    fn from(_: sets::Full) -> Self {
        Self::Full
    }
}

pub fn trial(catalog: &Catalog, scenario: &Scenario, options: &Options) -> Result<String, Limit> {
    use std::time::Instant;
    let t = Instant::now();
    let model = model::Model::new(catalog, scenario, options)?;
    let t1 = t.elapsed();
    let ready = ready::Ready::new(&model);
    let t2 = t.elapsed();
    let after: Vec<Vec<usize>> = model.steps.iter().map(|step| step.after.clone()).collect();
    let fronts = explore::Fronts::new(&model, &ready, &after);
    let first = explore::first(&model, &ready);
    let reached = explore::reach(&model, &fronts, &model.diagrams.none(), &first)?;
    let t3 = t.elapsed();
    let bits = model.layout.server_bits();
    let servers = &model.chosen & &model.possible;
    let forget = model.diagrams.variables(model.layout.held.iter().copied().chain([model.layout.performed, model.layout.hopeful]));
    Ok(format!(
        "{}: bits {bits} steps {} servers {:e} ready {:e} done {:e} states {:e} ({} nodes of {}) model {t1:?} ready {t2:?} reach {t3:?}",
        scenario.id,
        model.steps.len(),
        servers.count(bits)? as f64,
        (&(&servers & &ready.good) - &ready.done).count(bits)? as f64,
        (&servers & &ready.done).count(bits)? as f64,
        reached.without(&forget).count(model.layout.state_bits())? as f64,
        reached.nodes(),
        model.diagrams.nodes(),
    ))
}
