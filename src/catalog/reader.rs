//! Reading nodes of a catalog file: every slip becomes a [`Finding`] at its place, and reading goes on.

use super::finding::{Code, Finding};
use super::shape::Field;
use crate::suggest::{excerpt, nearest};
use crate::yaml::{Key, Kind, Node, Span};
use std::collections::HashSet;
use std::sync::Arc;

/// Reads one file and collects what is wrong with it.
pub(super) struct Reader<'f> {
    file: Arc<str>,
    findings: &'f mut Vec<Finding>,
}

/// The entries of a map, each taken once.
pub(super) struct Fields<'n> {
    entries: Vec<(&'n Key, &'n Node)>,
    known: &'static [Field],
    span: Span,
}

impl<'n> Fields<'n> {
    /// Takes the entry of that name, if there is one.
    pub(super) fn take(&mut self, name: &str) -> Option<&'n Node> {
        let index = self.entries.iter().position(|(key, _)| key.name == name)?;
        Some(self.entries.remove(index).1)
    }

    /// True where there is an entry of that name.
    pub(super) fn has(&self, name: &str) -> bool {
        self.entries.iter().any(|(key, _)| key.name == name)
    }

    pub(super) fn span(&self) -> Span {
        self.span
    }
}

impl<'f> Reader<'f> {
    pub(super) fn new(file: &Arc<str>, findings: &'f mut Vec<Finding>) -> Self {
        Self { file: Arc::clone(file), findings }
    }

    pub(super) fn file(&self) -> &Arc<str> {
        &self.file
    }

    pub(super) fn report(&mut self, code: Code, span: Span, message: impl Into<String>, help: Option<String>) {
        let finding = Finding { code, message: message.into(), help, file: Arc::clone(&self.file), span };
        self.findings.push(finding);
    }

    /// Reports a name that was not found, with the nearest of those that exist.
    pub(super) fn unknown<'c>(&mut self, code: Code, span: Span, what: &str, name: &str, names: impl Iterator<Item = &'c str>) {
        let help = nearest(name, names).map(|near| format!("did you mean `{near}`?"));
        self.report(code, span, format!("there is no {what} `{}`", excerpt(name)), help);
    }

    fn wrong(&mut self, node: &Node, expected: &str) {
        self.report(Code::WrongType, node.span, format!("expected {expected}, found {}", node.kind_name()), None);
    }

    /// The entries of a map with these keys; reports those that must be there and are not.
    pub(super) fn fields<'n>(&mut self, node: &'n Node, known: &'static [Field]) -> Option<Fields<'n>> {
        let Kind::Map(entries) = &node.kind else {
            self.wrong(node, "a map");
            return None;
        };
        // The place of a map is that of its first key: the library gives block maps no length.
        let span = entries.first().map_or(node.span, |(key, _)| key.span);
        for field in known.iter().filter(|field| field.required) {
            if !entries.iter().any(|(key, _)| key.name == field.name) {
                self.report(Code::MissingKey, span, format!("the key `{}` is missing", field.name), None);
            }
        }
        Some(Fields { entries: entries.iter().map(|(key, value)| (key, value)).collect(), known, span })
    }

    /// Reports whatever was not taken.
    pub(super) fn no_more(&mut self, fields: &Fields<'_>) {
        let known = || fields.known.iter().map(|field| field.name);
        for (key, _) in &fields.entries {
            let help = nearest(&key.name, known()).map_or_else(
                || format!("the keys here are {}", known().collect::<Vec<_>>().join(", ")),
                |near| format!("did you mean `{near}`?"),
            );
            self.report(Code::UnexpectedKey, key.span, format!("unexpected key `{}`", excerpt(&key.name)), Some(help));
        }
    }

    /// An entry that must be there for a reason that the table of keys does not know.
    pub(super) fn required<'n>(&mut self, fields: &mut Fields<'n>, name: &str) -> Option<&'n Node> {
        let found = fields.take(name);
        if found.is_none() {
            self.report(Code::MissingKey, fields.span(), format!("the key `{name}` is missing"), None);
        }
        found
    }

    pub(super) fn list<'n>(&mut self, node: &'n Node) -> &'n [Node] {
        if let Kind::List(items) = &node.kind {
            items
        } else {
            self.wrong(node, "a list");
            &[]
        }
    }

    pub(super) fn text(&mut self, node: &Node) -> Option<Arc<str>> {
        let text = node.scalar();
        if text.is_none() {
            self.wrong(node, "text");
        }
        text.map(Arc::from)
    }

    /// A text, or a list of texts.
    pub(super) fn one_or_texts(&mut self, node: &Node) -> Vec<Arc<str>> {
        match &node.kind {
            Kind::List(items) => items.iter().filter_map(|item| self.text(item)).collect(),
            _ => self.text(node).into_iter().collect(),
        }
    }

    pub(super) fn flag(&mut self, node: &Node) -> Option<bool> {
        if let Kind::Flag(flag) = node.kind {
            return Some(flag);
        }
        self.wrong(node, "true or false");
        None
    }

    /// A whole number of minutes.
    pub(super) fn minutes(&mut self, node: &Node) -> Option<u32> {
        let number = node.scalar().and_then(|text| text.parse().ok());
        if number.is_none() {
            self.wrong(node, "a whole number of minutes");
        }
        number
    }

    /// One of a list of words.
    pub(super) fn one_of<T: Copy>(&mut self, node: &Node, words: &[(&'static str, T)]) -> Option<T> {
        let text = self.text(node)?;
        let found = words.iter().find(|(word, _)| **word == *text).map(|(_, value)| *value);
        if found.is_none() {
            let listed: Vec<_> = words.iter().map(|(word, _)| format!("`{word}`")).collect();
            let help = nearest(&text, words.iter().map(|(word, _)| *word))
                .map_or_else(|| format!("it is one of {}", listed.join(", ")), |near| format!("did you mean `{near}`?"));
            self.report(Code::UnknownChoice, node.span, format!("there is no choice `{}` here", excerpt(&text)), Some(help));
        }
        found
    }

    pub(super) fn required_text(&mut self, fields: &mut Fields<'_>, name: &str) -> Option<Arc<str>> {
        let node = self.required(fields, name)?;
        self.text(node)
    }

    pub(super) fn optional_text(&mut self, fields: &mut Fields<'_>, name: &str) -> Option<Arc<str>> {
        let node = fields.take(name)?;
        self.text(node)
    }

    /// A required text, or an empty one where it is missing and was reported.
    pub(super) fn text_or_empty(&mut self, fields: &mut Fields<'_>, name: &str) -> Arc<str> {
        self.optional_text(fields, name).unwrap_or_else(|| Arc::from(""))
    }
}

/// Ids that were seen, to notice one that comes twice.
#[derive(Default)]
pub(super) struct Ids {
    seen: HashSet<Arc<str>>,
}

impl Ids {
    /// Reports an id that was seen before.
    pub(super) fn add(&mut self, reader: &mut Reader<'_>, id: &Arc<str>, span: Span, what: &str) -> bool {
        let new = self.seen.insert(Arc::clone(id));
        if !new {
            let help = "ids are unique; rename one of the two".to_owned();
            reader.report(Code::DuplicateId, span, format!("the {what} `{}` is declared twice", excerpt(id)), Some(help));
        }
        new
    }
}
