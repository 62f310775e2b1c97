//! `catalog/facts.yaml`: what can be known of a server, what follows, and what cannot be true together.

use super::conditions::Names;
use super::finding::Code;
use super::reader::{Ids, Reader};
use super::shape;
use crate::condition::Condition;
use crate::fact::{FactId, FactSpec, FactType, Value, Vocabulary};
use crate::yaml::{Kind, Node};
use std::sync::Arc;

/// A condition that no server can meet.
#[derive(Clone, Debug)]
pub struct Impossible {
    /// The line's id.
    pub id: Arc<str>,
    /// What cannot be true.
    pub when: Condition,
    /// Why, in a sentence.
    pub about: Arc<str>,
    /// Where the knowledge comes from.
    pub source: Arc<str>,
}

/// A fact that follows from others where no source gave it.
#[derive(Clone, Debug)]
pub struct Derived {
    /// The fact.
    pub fact: FactId,
    /// The value that it has.
    pub is: Value,
    /// When it follows.
    pub when: Condition,
}

/// Reads the list of facts.
pub(super) fn vocabulary(reader: &mut Reader<'_>, root: &Node) -> Vocabulary {
    let mut vocabulary = Vocabulary::default();
    let Kind::Map(entries) = &root.kind else { return vocabulary };
    let mut ids = Ids::default();
    for (_, list) in entries.iter().filter(|(key, _)| key.name == "facts") {
        for node in reader.list(list) {
            let Some(spec) = fact(reader, node) else { continue };
            let id = Arc::clone(&spec.id);
            if ids.add(reader, &id, node.span, "fact") && vocabulary.declare(spec).is_none() {
                reader.report(Code::DuplicateId, node.span, "there are too many facts", None);
            }
        }
    }
    vocabulary
}

fn fact(reader: &mut Reader<'_>, node: &Node) -> Option<FactSpec> {
    let mut fields = reader.fields(node, shape::FACT)?;
    let id = reader.optional_text(&mut fields, "id")?;
    let kind_node = fields.take("type")?;
    let kind = reader.one_of(kind_node, &FactType::NAMES)?;
    let mut values: Vec<Arc<str>> = Vec::new();
    if let Some(list) = fields.take("values") {
        values = reader.list(list).iter().filter_map(|item| reader.text(item)).collect();
        if !matches!(kind, FactType::Choice | FactType::Set) {
            reader.report(Code::UnexpectedKey, list.span, "only choices and sets have values", None);
        }
    } else if kind == FactType::Choice {
        reader.report(Code::MissingKey, fields.span(), "a choice needs its `values`", None);
    }
    let partial = match fields.take("partial") {
        Some(flag) => reader.flag(flag).unwrap_or(false),
        None => false,
    };
    let usual = fields.take("usual");
    // Read only by those who look at a server: `Catalog::probes`.
    fields.take("probe");
    let mut spec = FactSpec {
        id,
        kind,
        values,
        partial,
        usual: Vec::new(),
        about: reader.text_or_empty(&mut fields, "about"),
        observed: reader.text_or_empty(&mut fields, "observed"),
        remedy: reader.optional_text(&mut fields, "remedy"),
        source: reader.text_or_empty(&mut fields, "source"),
    };
    reader.no_more(&fields);
    for node in usual.map_or(&[][..], |list| reader.list(list)) {
        match node.spelled().map(|text| Value::parse(&spec, &text)) {
            Some(Ok(value)) => spec.usual.push(value),
            Some(Err(error)) => reader.report(Code::WrongType, node.span, error.to_string(), None),
            None => reader.report(Code::WrongType, node.span, "expected a value", None),
        }
    }
    Some(spec)
}

/// Reads what follows and what is impossible, once the facts are known.
pub(super) fn rules(reader: &mut Reader<'_>, names: &mut Names<'_>, root: &Node) -> (Vec<Derived>, Vec<Impossible>) {
    let (mut derived, mut impossible) = (Vec::new(), Vec::new());
    let Some(mut fields) = reader.fields(root, shape::FACTS) else { return (derived, impossible) };
    fields.take("facts");
    fields.take("observations");
    if let Some(list) = fields.take("derived") {
        derived = reader.list(list).iter().filter_map(|node| derive_rule(reader, names, node)).collect();
    }
    let mut ids = Ids::default();
    if let Some(list) = fields.take("impossible") {
        for node in reader.list(list) {
            let Some(line) = impossible_line(reader, names, node) else { continue };
            if ids.add(reader, &line.id, node.span, "impossible line") {
                impossible.push(line);
            }
        }
    }
    reader.no_more(&fields);
    (derived, impossible)
}

fn derive_rule(reader: &mut Reader<'_>, names: &mut Names<'_>, node: &Node) -> Option<Derived> {
    let mut fields = reader.fields(node, shape::DERIVED)?;
    let fact_node = fields.take("fact")?;
    let name = reader.text(fact_node)?;
    let fact = names.fact(reader, &name, fact_node.span)?;
    let is_node = fields.take("is")?;
    let is = match names.operand(reader, Some(names.vocabulary.spec(fact)), is_node)? {
        crate::condition::Operand::Literal(value) => value,
        crate::condition::Operand::Parameter(_) => {
            reader.report(Code::WrongType, is_node.span, "a parameter does not fit here", None);
            return None;
        }
    };
    let when_node = fields.take("when")?;
    let when = names.condition(reader, when_node);
    reader.text_or_empty(&mut fields, "source");
    reader.no_more(&fields);
    Some(Derived { fact, is, when })
}

fn impossible_line(reader: &mut Reader<'_>, names: &mut Names<'_>, node: &Node) -> Option<Impossible> {
    let mut fields = reader.fields(node, shape::IMPOSSIBLE)?;
    let id = reader.optional_text(&mut fields, "id")?;
    let when_node = fields.take("when")?;
    let line = Impossible {
        id,
        when: names.condition(reader, when_node),
        about: reader.text_or_empty(&mut fields, "about"),
        source: reader.text_or_empty(&mut fields, "source"),
    };
    reader.no_more(&fields);
    Some(line)
}
