//! What encodes each item of the article, both ways.

use super::article::{Article, Item, ItemKind, Section};
use super::finding::Code;
use super::{Catalog, Finding};
use crate::suggest::{excerpt, nearest};
use std::sync::Arc;

/// An item of the article with what encodes it.
#[derive(Clone, Debug)]
pub struct Covered {
    /// The section's id.
    pub section: Arc<str>,
    /// The item's number or name.
    pub reference: Arc<str>,
    /// What it is.
    pub kind: ItemKind,
    /// What it says, in our words.
    pub says: Arc<str>,
    /// The steps that encode it: scenario and step.
    pub steps: Vec<(Arc<str>, Arc<str>)>,
    /// What else encodes it: a kind and a name, such as `fact os.release`.
    pub names: Vec<String>,
}

/// What encodes each item of the article, and what is not covered: items that nothing encodes, and names of nothing.
pub fn coverage(catalog: &Catalog, article: &Article) -> (Vec<Covered>, Vec<Finding>) {
    let mut covered = Vec::new();
    let mut findings = Vec::new();
    for section in &article.sections {
        for item in &section.items {
            let one = Covered {
                section: Arc::clone(&section.id),
                reference: Arc::clone(&item.reference),
                kind: item.kind,
                says: Arc::clone(&item.says),
                steps: steps(catalog, article, section, item),
                names: item.encoded_by.iter().map(|(name, _)| name.to_string()).collect(),
            };
            if one.steps.is_empty() && one.names.is_empty() {
                findings.push(Finding {
                    code: Code::NotCovered,
                    message: format!("nothing encodes the {} {} of `{}`", item.kind.name(), excerpt(&item.reference), section.id),
                    help: Some("name it as `article:` of a step, or list what encodes it under `encoded_by`".to_owned()),
                    file: Arc::clone(&article.file),
                    span: item.span,
                });
            }
            covered.push(one);
            findings.extend(names(catalog, article, section, item));
        }
    }
    (covered, findings)
}

/// The steps that name the item.
fn steps(catalog: &Catalog, article: &Article, section: &Section, item: &Item) -> Vec<(Arc<str>, Arc<str>)> {
    let mut found = Vec::new();
    for scenario in catalog.scenarios() {
        for step in &scenario.steps {
            let named = step.article.as_ref().and_then(|reference| article.item(&scenario.article, reference));
            if named.is_some_and(|(named, one)| named.id == section.id && one.reference == item.reference) {
                found.push((Arc::clone(&scenario.id), Arc::clone(&step.id)));
            }
        }
    }
    found
}

/// Entries of `encoded_by` that name nothing.
fn names(catalog: &Catalog, article: &Article, section: &Section, item: &Item) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (entry, span) in &item.encoded_by {
        let (kind, name) = entry.split_once(' ').unwrap_or((entry, ""));
        let Some(known) = named(catalog, section, kind) else {
            let kinds = ["scenario", "fact", "action", "parameter", "finding", "invariant", "step"];
            let near = nearest(kind, kinds.into_iter());
            findings.push(Finding {
                code: Code::UnknownName,
                message: format!("expected a kind and a name, found `{}`", excerpt(entry)),
                help: Some(
                    near.map_or_else(|| format!("the kinds are {}", kinds.join(", ")), |near| format!("did you mean `{near}`?")),
                ),
                file: Arc::clone(&article.file),
                span: *span,
            });
            continue;
        };
        if !known.contains(&name) {
            findings.push(Finding {
                code: Code::UnknownName,
                message: format!("there is no {kind} `{}`", excerpt(name)),
                help: nearest(name, known.into_iter()).map(|near| format!("did you mean `{kind} {near}`?")),
                file: Arc::clone(&article.file),
                span: *span,
            });
        }
    }
    findings
}

/// The names of a kind; a step is one of the section's own scenarios.
fn named<'c>(catalog: &'c Catalog, section: &Section, kind: &str) -> Option<Vec<&'c str>> {
    let own = || catalog.scenarios().iter().filter(|scenario| scenario.article == section.id);
    Some(match kind {
        "scenario" => catalog.scenarios().iter().map(|scenario| &*scenario.id).collect(),
        "fact" => catalog.vocabulary().ids().map(|fact| catalog.vocabulary().name(fact)).collect(),
        "action" => catalog.actions().iter().map(|action| &*action.id).collect(),
        "parameter" => catalog.scenarios().iter().flat_map(|scenario| scenario.parameters.iter().map(|one| &*one.name)).collect(),
        "finding" => catalog.finding_rules().iter().map(|rule| &*rule.id).collect(),
        "invariant" => catalog.invariants().iter().map(|invariant| &*invariant.id).collect(),
        "step" => own().flat_map(|scenario| scenario.steps.iter().map(|step| &*step.id)).collect(),
        _ => return None,
    })
}
