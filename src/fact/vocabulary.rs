//! The facts that a catalog declares: ids, types and texts.

use super::value::{Value, ValueError, not_among};
use std::collections::HashMap;
use std::sync::Arc;

/// A fact of a [`Vocabulary`]; its index in declaration order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FactId(u16);

impl FactId {
    /// The position of the fact in its vocabulary.
    pub fn index(self) -> usize {
        usize::from(self.0)
    }
}

/// The types that facts have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FactType {
    /// True or false.
    Flag,
    /// One word of a closed list.
    Choice,
    /// A version number.
    Version,
    /// A number of days.
    Days,
    /// Free text.
    Text,
    /// A set of words.
    Set,
}

impl FactType {
    /// The types by their names in `facts.yaml`.
    pub const NAMES: [(&'static str, Self); 6] = [
        ("flag", Self::Flag),
        ("choice", Self::Choice),
        ("version", Self::Version),
        ("days", Self::Days),
        ("text", Self::Text),
        ("set", Self::Set),
    ];

    /// The type's name in `facts.yaml`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Flag => "flag",
            Self::Choice => "choice",
            Self::Version => "version",
            Self::Days => "days",
            Self::Text => "text",
            Self::Set => "set",
        }
    }

    /// What a value of the type looks like, for an error message.
    pub fn expectation(self) -> &'static str {
        match self {
            Self::Flag => "true or false",
            Self::Choice => "a word of its list",
            Self::Version => "a version as text, such as \"4.18.2106.6\"",
            Self::Days => "a whole number of days",
            Self::Text => "text",
            Self::Set => "a list of texts",
        }
    }
}

/// What a catalog says of one fact.
#[derive(Clone, Debug)]
pub struct FactSpec {
    pub(crate) id: Arc<str>,
    pub(crate) kind: FactType,
    pub(crate) values: Vec<Arc<str>>,
    pub(crate) partial: bool,
    pub(crate) usual: Vec<Value>,
    pub(crate) about: Arc<str>,
    pub(crate) observed: Arc<str>,
    pub(crate) remedy: Option<Arc<str>>,
    pub(crate) source: Arc<str>,
}

impl FactSpec {
    /// The fact's id, such as `os.release`.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// The type of its values.
    pub fn kind(&self) -> FactType {
        self.kind
    }

    /// The words of a choice, or the closed list of a set's elements; empty for all others.
    pub fn values(&self) -> &[Arc<str>] {
        &self.values
    }

    /// True for a version whose missing parts were not observed, rather than zero.
    pub fn is_partial(&self) -> bool {
        self.partial
    }

    /// What servers mostly have before a migration, the most usual first: what an example shows where the value does not
    /// matter. No decision rests on it.
    pub fn usual(&self) -> &[Value] {
        &self.usual
    }

    /// What is true of a server when the fact is.
    pub fn about(&self) -> &str {
        &self.about
    }

    /// How the fact is seen on a live server.
    pub fn observed(&self) -> &str {
        &self.observed
    }

    /// What a person does when a step needs another value.
    pub fn remedy(&self) -> Option<&str> {
        self.remedy.as_deref()
    }

    /// Where the knowledge comes from.
    pub fn source(&self) -> &str {
        &self.source
    }

    /// The word of the fact's list that equals `text`.
    ///
    /// # Errors
    ///
    /// Where the list has no such word; the error suggests the nearest.
    pub fn choice(&self, text: &str) -> Result<Arc<str>, ValueError> {
        let found = self.values.iter().find(|word| &***word == text);
        found.cloned().ok_or_else(|| not_among(&self.values, text))
    }
}

/// All facts that a catalog declares, in declaration order.
#[derive(Clone, Debug, Default)]
pub struct Vocabulary {
    facts: Vec<FactSpec>,
    by_id: HashMap<Arc<str>, FactId>,
}

impl Vocabulary {
    /// Adds a fact and returns its id; nothing where one of that name is there already or the vocabulary is full (65,535
    /// facts).
    pub(crate) fn declare(&mut self, spec: FactSpec) -> Option<FactId> {
        let index = u16::try_from(self.facts.len()).ok()?;
        if self.by_id.contains_key(&spec.id) {
            return None;
        }
        let id = FactId(index);
        self.by_id.insert(Arc::clone(&spec.id), id);
        self.facts.push(spec);
        Some(id)
    }

    /// The fact of that name.
    pub fn find(&self, id: &str) -> Option<FactId> {
        self.by_id.get(id).copied()
    }

    /// The declared name nearest to one that was not found.
    pub fn nearest(&self, id: &str) -> Option<&str> {
        crate::suggest::nearest(id, self.facts.iter().map(|spec| &*spec.id))
    }

    /// What the catalog says of a fact.
    pub fn spec(&self, fact: FactId) -> &FactSpec {
        &self.facts[fact.index()]
    }

    /// The fact's name.
    pub fn name(&self, fact: FactId) -> &str {
        &self.facts[fact.index()].id
    }

    /// All facts in declaration order.
    pub fn ids(&self) -> impl Iterator<Item = FactId> + use<> {
        (0..self.facts.len()).map(|index| FactId(u16::try_from(index).unwrap_or(u16::MAX)))
    }

    /// How many facts there are.
    pub fn len(&self) -> usize {
        self.facts.len()
    }

    /// True where no fact is declared.
    pub fn is_empty(&self) -> bool {
        self.facts.is_empty()
    }
}
