//! The article and the scenarios, both ways: sections, items and steps that name each other.

use crate::catalog::coverage::coverage;
use crate::catalog::finding::{Code, Finding};
use crate::catalog::{Article, Catalog, Scenario};
use crate::suggest::{excerpt, nearest};
use std::sync::Arc;

/// Sections and items that do not exist, and items that nothing encodes.
pub(super) fn article(catalog: &Catalog, findings: &mut Vec<Finding>) {
    match catalog.article() {
        Ok(article) => {
            for scenario in catalog.scenarios() {
                section(&article, scenario, findings);
            }
            findings.extend(coverage(catalog, &article).1);
        }
        Err(error) => findings.extend(error.findings),
    }
}

/// The section that a scenario names, and the items that its steps name.
fn section(article: &Article, scenario: &Scenario, findings: &mut Vec<Finding>) {
    let unknown = |message: String, near: Option<&str>, span| Finding {
        code: Code::UnknownName,
        message,
        help: near.map(|near| format!("did you mean `{near}`?")),
        file: Arc::clone(&scenario.file),
        span,
    };
    if article.section(&scenario.article).is_none() {
        let near = nearest(&scenario.article, article.sections.iter().map(|section| &*section.id));
        findings.push(unknown(
            format!("the article has no section `{}`", excerpt(&scenario.article)),
            near,
            scenario.places.article,
        ));
        return;
    }
    for step in &scenario.steps {
        let Some(reference) = &step.article else { continue };
        if article.item(&scenario.article, reference).is_none() {
            let items = article.sections.iter().filter(|section| *section.id == *scenario.article || &*section.id == "general");
            let near = nearest(reference, items.flat_map(|section| section.items.iter().map(|item| &*item.reference)));
            let message = format!("the section `{}` has no item `{}`", scenario.article, excerpt(reference));
            findings.push(unknown(message, near, step.article_span));
        }
    }
}
