//! What is wrong with a catalog that could be read: one file a family of checks, one function a check.
//!
//! In comes a catalog, out go findings that point at the line. A check says nothing where it is not certain: what it calls
//! impossible no server can do.

mod article;
mod choice;
mod failures;
mod graph;
mod ground;
mod reach;

use super::{Catalog, Finding};

/// Checks everything, in the order of the files.
pub(super) fn check(catalog: &Catalog, findings: &mut Vec<Finding>) {
    let first = findings.len();
    article::article(catalog, findings);
    choice::overlaps(catalog, findings);
    choice::finding_scenarios(catalog, findings);
    for scenario in catalog.scenarios() {
        graph::cycles(scenario, findings);
        graph::order(scenario, findings);
        graph::redundant_edges(scenario, findings);
        let ground = ground::Ground::new(catalog, scenario);
        reach::steps(&ground, findings);
        reach::goal(&ground, findings);
        reach::restarts(&ground, findings);
        failures::failures(&ground, findings);
    }
    findings[first..].sort_by(|a, b| (a.file(), a.span().offset).cmp(&(b.file(), b.span().offset)));
}
