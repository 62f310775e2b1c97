//! `catalog/article.yaml`: the article, item by item, and what encodes each.

use super::reader::{Ids, Reader};
use super::shape;
use crate::yaml::{Node, Span};
use std::sync::Arc;

/// The article that documents the scenarios.
#[derive(Clone, Debug)]
pub struct Article {
    /// Its title.
    pub title: Arc<str>,
    /// Its sections.
    pub sections: Vec<Section>,
    pub(super) file: Arc<str>,
}

/// A section of the article.
#[derive(Clone, Debug)]
pub struct Section {
    /// The id by which scenarios name it; `general` holds what concerns all.
    pub id: Arc<str>,
    /// Its heading.
    pub heading: Arc<str>,
    /// Its items.
    pub items: Vec<Item>,
}

/// A numbered step, a note, a tip, a footnote or an example.
#[derive(Clone, Debug)]
pub struct Item {
    /// The number or name by which steps refer to it.
    pub reference: Arc<str>,
    /// What it is.
    pub kind: ItemKind,
    /// What it says, in our words.
    pub says: Arc<str>,
    /// What encodes it besides steps: a kind and a name.
    pub encoded_by: Vec<(Arc<str>, Span)>,
    pub(super) span: Span,
}

/// The kinds of items.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ItemKind {
    /// A numbered step.
    Step,
    /// A note.
    Note,
    /// A tip.
    Tip,
    /// A footnote.
    Footnote,
    /// An example.
    Example,
}

impl ItemKind {
    pub(super) const NAMES: [(&'static str, Self); 5] = [
        ("step", Self::Step),
        ("note", Self::Note),
        ("tip", Self::Tip),
        ("footnote", Self::Footnote),
        ("example", Self::Example),
    ];

    /// The name in documents.
    pub fn name(self) -> &'static str {
        Self::NAMES.iter().find(|(_, kind)| *kind == self).map_or("", |(name, _)| name)
    }
}

impl Article {
    /// The section of that id.
    pub fn section(&self, id: &str) -> Option<&Section> {
        self.sections.iter().find(|section| &*section.id == id)
    }

    /// The item that a scenario's step names, in the scenario's own section or in `general`.
    pub fn item(&self, section: &str, reference: &str) -> Option<(&Section, &Item)> {
        [section, "general"].into_iter().find_map(|id| {
            let section = self.section(id)?;
            let item = section.items.iter().find(|item| &*item.reference == reference)?;
            Some((section, item))
        })
    }
}

/// Reads the file.
pub(super) fn article(reader: &mut Reader<'_>, root: &Node) -> Option<Article> {
    let mut fields = reader.fields(root, shape::ARTICLE)?;
    let title = reader.text_or_empty(&mut fields, "title");
    let sections = fields.take("sections");
    let mut ids = Ids::default();
    let sections = sections.map_or_else(Vec::new, |list| {
        let nodes = reader.list(list);
        nodes.iter().filter_map(|node| section(reader, &mut ids, node)).collect()
    });
    reader.no_more(&fields);
    Some(Article { title, sections, file: Arc::clone(reader.file()) })
}

fn section(reader: &mut Reader<'_>, ids: &mut Ids, node: &Node) -> Option<Section> {
    let mut fields = reader.fields(node, shape::SECTION)?;
    let span = fields.span();
    let id = reader.optional_text(&mut fields, "id")?;
    let heading = reader.text_or_empty(&mut fields, "heading");
    let items = fields.take("items");
    let mut references = Ids::default();
    let items = items.map_or_else(Vec::new, |list| {
        let nodes = reader.list(list);
        let read = nodes.iter().filter_map(|node| {
            let item = item(reader, node)?;
            references.add(reader, &item.reference, item.span, "item").then_some(item)
        });
        read.collect()
    });
    reader.no_more(&fields);
    ids.add(reader, &id, span, "section").then_some(Section { id, heading, items })
}

fn item(reader: &mut Reader<'_>, node: &Node) -> Option<Item> {
    let mut fields = reader.fields(node, shape::ITEM)?;
    let span = fields.span();
    let reference = reader.optional_text(&mut fields, "ref")?;
    let kind_node = fields.take("kind")?;
    let kind = reader.one_of(kind_node, &ItemKind::NAMES)?;
    let says = reader.text_or_empty(&mut fields, "says");
    let encoded_by = fields.take("encoded_by").map_or_else(Vec::new, |list| {
        reader.list(list).iter().filter_map(|item| reader.text(item).map(|text| (text, item.span))).collect()
    });
    reader.no_more(&fields);
    Some(Item { reference, kind, says, encoded_by, span })
}
