//! `catalog/invariants.yaml`: what must never be, what must be short, and what is worth saying about a server.

use super::conditions::Names;
use super::finding::Code;
use super::reader::{Ids, Reader};
use super::shape;
use crate::condition::Condition;
use crate::yaml::{Node, Span};
use std::sync::Arc;

/// A state that a plan avoids or keeps short.
#[derive(Clone, Debug)]
pub struct Invariant {
    /// Its id.
    pub id: Arc<str>,
    /// How it is judged.
    pub kind: InvariantKind,
    /// What it is, in a few words.
    pub title: Arc<str>,
    /// When a server is in that state.
    pub when: Condition,
    /// Of an exposure: the forbidden invariant that is worse, where there is one.
    pub milder_than: Option<Arc<str>>,
    /// What it means.
    pub about: Arc<str>,
    /// Where the knowledge comes from.
    pub source: Arc<str>,
}

/// How an invariant is judged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InvariantKind {
    /// No step may make it true.
    Forbidden,
    /// No plan may end in it.
    ForbiddenAtRest,
    /// It must be short.
    Exposure,
}

impl InvariantKind {
    /// The kinds by their names.
    pub const NAMES: [(&'static str, Self); 3] =
        [("forbidden", Self::Forbidden), ("forbidden_at_rest", Self::ForbiddenAtRest), ("exposure", Self::Exposure)];
}

/// Something worth saying about a server.
#[derive(Clone, Debug)]
pub struct FindingRule {
    /// Its id.
    pub id: Arc<str>,
    /// What it is, in a few words.
    pub title: Arc<str>,
    /// When it is said; nothing where the planner itself decides.
    pub when: Option<Condition>,
    /// The scenarios with which it is said; empty for all.
    pub scenarios: Vec<Arc<str>>,
    /// What it means.
    pub about: Arc<str>,
    /// What to do about it.
    pub remedy: Arc<str>,
    /// Where the knowledge comes from.
    pub source: Arc<str>,
    pub(super) scenario_spans: Vec<Span>,
}

/// Reads the file.
pub(super) fn invariants(reader: &mut Reader<'_>, names: &mut Names<'_>, root: &Node) -> (Vec<Invariant>, Vec<FindingRule>) {
    let (mut invariants, mut findings) = (Vec::new(), Vec::new());
    let Some(mut fields) = reader.fields(root, shape::INVARIANTS) else { return (invariants, findings) };
    let mut ids = Ids::default();
    if let Some(list) = fields.take("invariants") {
        for node in reader.list(list) {
            let Some(one) = invariant(reader, names, node, &invariants) else { continue };
            if ids.add(reader, &one.id, node.span, "invariant") {
                invariants.push(one);
            }
        }
    }
    if let Some(list) = fields.take("findings") {
        for node in reader.list(list) {
            let Some(one) = finding(reader, names, node) else { continue };
            if ids.add(reader, &one.id, node.span, "finding") {
                findings.push(one);
            }
        }
    }
    reader.no_more(&fields);
    (invariants, findings)
}

fn invariant(reader: &mut Reader<'_>, names: &mut Names<'_>, node: &Node, known: &[Invariant]) -> Option<Invariant> {
    let mut fields = reader.fields(node, shape::INVARIANT)?;
    let id = reader.optional_text(&mut fields, "id")?;
    let kind_node = fields.take("kind")?;
    let kind = reader.one_of(kind_node, &InvariantKind::NAMES)?;
    let when_node = fields.take("when")?;
    let worse = fields.take("milder_than");
    let worse = worse.and_then(|node| reader.text(node).map(|id| (id, node.span)));
    let one = Invariant {
        id,
        kind,
        title: reader.text_or_empty(&mut fields, "title"),
        when: names.condition(reader, when_node),
        milder_than: worse.as_ref().map(|(id, _)| Arc::clone(id)),
        about: reader.text_or_empty(&mut fields, "about"),
        source: reader.text_or_empty(&mut fields, "source"),
    };
    reader.no_more(&fields);
    if let Some((worse, span)) = worse
        && !known.iter().any(|other| other.id == worse && other.kind == InvariantKind::Forbidden)
    {
        let forbidden = known.iter().filter(|other| other.kind == InvariantKind::Forbidden).map(|other| &*other.id);
        reader.unknown(Code::UnknownName, span, "forbidden invariant before it", &worse, forbidden);
    }
    Some(one)
}

fn finding(reader: &mut Reader<'_>, names: &mut Names<'_>, node: &Node) -> Option<FindingRule> {
    let mut fields = reader.fields(node, shape::FINDING)?;
    let id = reader.optional_text(&mut fields, "id")?;
    let scenarios: Vec<(Arc<str>, Span)> = fields.take("scenarios").map_or_else(Vec::new, |list| {
        reader.list(list).iter().filter_map(|item| reader.text(item).map(|text| (text, item.span))).collect()
    });
    let (scenarios, scenario_spans) = scenarios.into_iter().unzip();
    let one = FindingRule {
        id,
        title: reader.text_or_empty(&mut fields, "title"),
        when: fields.take("when").map(|node| names.condition(reader, node)),
        scenarios,
        about: reader.text_or_empty(&mut fields, "about"),
        remedy: reader.text_or_empty(&mut fields, "remedy"),
        source: reader.text_or_empty(&mut fields, "source"),
        scenario_spans,
    };
    reader.no_more(&fields);
    Some(one)
}
