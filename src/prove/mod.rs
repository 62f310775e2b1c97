//! Proof: every server that can be told apart, every order, every outcome, every resumption.
#![allow(missing_docs, dead_code)]

mod blocked;
mod classes;
mod counts;
mod edges;
mod explore;
mod exposure;
mod model;
mod ready;
mod sets;
mod variables;
mod verdicts;

use crate::catalog::{Catalog, Scenario};
use std::sync::Arc;

#[derive(Clone, Debug, Default)]
pub struct Options {
    pub documented_order_only: bool,
    pub without_supplements: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Property {
    Goal,
    Forbidden,
    Refusal,
    Resuming,
    Exposure,
    RefusingTooMuch,
    Contradiction,
}

#[derive(Clone, Debug)]
pub struct EdgeVerdict {
    pub from: usize,
    pub to: usize,
    pub needed_for: Option<Property>,
}

/// Why there is no answer.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Limit {
    #[error("the sets of states need more room than a proof may take")]
    Full,
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
    let reached = explore::reach(&model, &fronts, &model.diagrams.none(), &first, &model.diagrams.none())?;
    let t3 = t.elapsed();
    let tt = Instant::now();
    let n = counts::transitions(&model, &fronts, &counts::plain(&model, &reached))?;
    println!("transitions {n:e} orders {:e} {:?}", counts::orders(&model.steps).unwrap() as f64, tt.elapsed(), n = n as f64);
    let tt = Instant::now();
    if !scenario.checks_as_it_goes {
    for e in edges::edges(&model, &ready, &reached)? {
        println!("   E {} -> {}: {:?}", scenario.steps[e.from].id, scenario.steps[e.to].id, e.needed_for);
    }
    println!("edges {:?}", tt.elapsed());
    }
    let tt = Instant::now();
    let wide = model::Model::wide(catalog, scenario, options)?;
    let tt1 = tt.elapsed();
    let wready = ready::Ready::new(&wide);
    let found = blocked::too_much(&wide, &wready)?;
    println!("wide {} bits {tt1:?} {:?} {}", wide.layout.server_bits(), tt.elapsed(), found.map_or("-".to_owned(), |f| format!("at {:?} {:?} needs {} action {}", f.at.map(|a| &wide.steps[a].step.id), f.part, f.needs, f.action)));
    let bits = model.layout.server_bits();
    let wrong = verdicts::Wrong::new(&model, &ready, &fronts);
    let fails: Vec<String> = wrong.0.iter().map(|(p, set)| {
        let bad = &reached & set;
        format!("{p:?} {:e}", bad.without(&model.diagrams.variables(model.layout.held.iter().copied().chain([model.layout.performed, model.layout.hopeful]))).count(model.layout.state_bits()).unwrap() as f64)
    }).collect();
    let t4 = t.elapsed();
    let e = exposure::longer(&model, &ready, &reached)?;
    let e = match e { None => String::new(), Some(l) => {
        let trace: Vec<String> = vec![];
        let bits = l.begin.pick()?.unwrap_or_default();
        let text: Vec<String> = model.classes.facts.iter().enumerate().map(|(i, f)| format!("{}={}", model.catalog.vocabulary().name(f.fact), f.classes[model.layout.facts[i].class(&bits)][0])).collect();
        let out: Vec<&str> = model.steps.iter().enumerate().filter(|(i, _)| bits[model.layout.outstanding[*i] as usize]).map(|(_, s)| &*s.step.id).collect();
        format!("{} {} {} {trace:?} {text:?} OUT {out:?}", l.invariant, l.measure.name(), l.begin.count(model.layout.state_bits())?)
    }};
    let t5 = t.elapsed();
    let servers = &model.chosen & &model.possible;
    let forget = model.diagrams.variables(model.layout.held.iter().copied().chain([model.layout.performed, model.layout.hopeful]));
    Ok(format!(
        "{}: bits {bits} steps {} servers {:e} ready {:e} done {:e} states {:e} ({} nodes of {}) model {t1:?} ready {t2:?} reach {t3:?} verdicts {t4:?} {fails:?} exposure {t5:?} {e}",
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
