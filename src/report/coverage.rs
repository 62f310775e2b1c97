//! The article and the scenarios, both ways: what encodes each item, and where each step comes from.

use crate::catalog::{Article, Catalog, Covered, Scenario, Step};
use crate::suggest::harmless;
use std::fmt::Write as _;

/// Every item of the article with what encodes it, then every step with the item that it encodes.
pub fn coverage(catalog: &Catalog, article: &Article, covered: &[Covered]) -> String {
    let mut out = format!("{}\n", harmless(&article.title));
    for section in &article.sections {
        let _ = writeln!(out, "\n{}: {}", harmless(&section.id), harmless(&section.heading));
        for item in covered.iter().filter(|item| item.section == section.id) {
            let _ = writeln!(out, "  {:<10} {:<8} {}", harmless(&item.reference), item.kind.name(), harmless(&item.says));
            let _ = writeln!(out, "             = {}", encoded_by(item));
        }
    }
    out.push_str("\nThe steps, and where each comes from (+ is a step that the article lacks):\n");
    for scenario in catalog.scenarios() {
        let _ = writeln!(out, "\n{}", harmless(&scenario.id));
        for step in &scenario.steps {
            let _ = writeln!(out, "  {:<27} {}", harmless(&step.id), origin(article, scenario, step));
        }
    }
    let steps = catalog.scenarios().iter().flat_map(|scenario| &scenario.steps);
    let added = steps.clone().filter(|step| step.supplement.is_some()).count();
    let open = covered.iter().filter(|item| item.steps.is_empty() && item.names.is_empty()).count();
    let _ = write!(out, "\n{} items, {open} not covered; {} steps, {added} of them supplements\n", covered.len(), steps.count());
    out
}

fn encoded_by(item: &Covered) -> String {
    let steps = item.steps.iter().map(|(scenario, step)| format!("{}/{}", harmless(scenario), harmless(step)));
    let by: Vec<String> = steps.chain(item.names.iter().map(|name| harmless(name))).collect();
    if by.is_empty() { "NOTHING".to_owned() } else { by.join(", ") }
}

fn origin(article: &Article, scenario: &Scenario, step: &Step) -> String {
    match (&step.article, &step.supplement) {
        (Some(reference), _) => match article.item(&scenario.article, reference) {
            Some((section, _)) if section.id == scenario.article => harmless(reference),
            Some((section, _)) => format!("{} ({})", harmless(reference), harmless(&section.id)),
            None => format!("{} (NO SUCH ITEM)", harmless(reference)),
        },
        (None, Some(why)) => format!("+ {}", harmless(why)),
        (None, None) => "NOTHING".to_owned(),
    }
}
