//! Which values of each fact anybody tells apart, and the key that a server has by them.
//!
//! Servers with the same key cannot be told apart. What is not known of a fact is a value of its own.

use super::snapshot::Snapshot;
use super::value::{Value, Word};
use super::version::Version;
use super::vocabulary::{FactId, FactType, Vocabulary};
use std::collections::BTreeSet;
use std::sync::Arc;

/// The values of each fact that are told apart.
#[derive(Clone, Debug)]
pub struct Marks {
    facts: Vec<Mark>,
    length: usize,
}

/// What is told apart of one fact, and where in a key it is written.
#[derive(Clone, Debug)]
struct Mark {
    at: usize,
    kind: Kind,
}

/// What is told apart, by the type of the fact.
#[derive(Clone, Debug)]
enum Kind {
    /// Nobody reads it.
    Unread,
    Flag,
    /// Every word of the list.
    Choice(Vec<Arc<str>>),
    /// Each of these, and each gap before, between and after them. A version of which parts were not observed lies between
    /// two places.
    Versions {
        marked: Vec<Version>,
        partial: bool,
    },
    Days(Vec<u32>),
    Text(Vec<Word>),
    /// Each of these as an element, and whether there is another.
    Set(Vec<Word>),
}

impl Kind {
    /// How many bytes of a key it takes.
    fn width(&self) -> usize {
        match self {
            Self::Unread => 0,
            Self::Flag => 1,
            Self::Choice(_) | Self::Days(_) | Self::Text(_) => 2,
            Self::Versions { partial, .. } => 2 + 2 * usize::from(*partial),
            Self::Set(marked) => (marked.len() + BEFORE_ELEMENTS).div_ceil(8),
        }
    }
}

/// The bits of a set before those of its elements: that it is known, and that it holds another element.
const BEFORE_ELEMENTS: usize = 2;

impl Marks {
    /// Marks of the facts of which something is read, with the values that are told apart; of a set, its elements.
    pub fn new(vocabulary: &Vocabulary, of: impl Fn(FactId) -> Option<(BTreeSet<Value>, BTreeSet<Word>)>) -> Self {
        let mut length = 0;
        let facts = vocabulary.ids().map(|fact| {
            let spec = vocabulary.spec(fact);
            let kind = match (of(fact), spec.kind()) {
                (None, _) => Kind::Unread,
                (Some(_), FactType::Flag) => Kind::Flag,
                (Some(_), FactType::Choice) => Kind::Choice(spec.values().to_vec()),
                (Some((values, _)), FactType::Version) => {
                    let version = |value: &Value| if let Value::Version(version) = value { Some(*version) } else { None };
                    let mut marked: Vec<Version> = values.iter().filter_map(version).collect();
                    marked.sort();
                    Kind::Versions { marked, partial: spec.is_partial() }
                }
                (Some((values, _)), FactType::Days) => {
                    let days = |value: &Value| if let Value::Days(days) = value { Some(*days) } else { None };
                    let mut marked: Vec<u32> = values.iter().filter_map(days).collect();
                    marked.sort_unstable();
                    Kind::Days(marked)
                }
                (Some((values, _)), FactType::Text) => {
                    Kind::Text(values.iter().map(Value::word).collect::<BTreeSet<_>>().into_iter().collect())
                }
                (Some((_, elements)), FactType::Set) => Kind::Set(elements.into_iter().collect()),
            };
            let mark = Mark { at: length, kind };
            length += mark.kind.width();
            mark
        });
        Self { facts: facts.collect(), length }
    }

    /// The key of a server of which nothing is known.
    pub fn unknown(&self) -> Vec<u8> {
        vec![0; self.length]
    }

    /// The key of a server.
    pub fn key(&self, snapshot: &Snapshot) -> Vec<u8> {
        let mut key = self.unknown();
        snapshot.facts().iter().for_each(|(fact, value)| self.write(*fact, value, &mut key));
        key
    }

    /// The part of a key that says what is known of a fact.
    pub fn part<'k>(&self, fact: FactId, key: &'k [u8]) -> &'k [u8] {
        let mark = &self.facts[fact.index()];
        &key[mark.at..mark.at + mark.kind.width()]
    }

    /// Writes what is known of a fact into a key.
    pub fn write(&self, fact: FactId, value: &Value, key: &mut [u8]) {
        match value {
            Value::Flag(flag) => self.flag(fact, *flag, key),
            Value::Version(version) => self.version(fact, *version, key),
            Value::Days(days) => self.days(fact, *days, key),
            Value::Text(word) => self.text(fact, word.as_str(), key),
            Value::Choice(word) => {
                if let Kind::Choice(words) = &self.facts[fact.index()].kind {
                    let position = words.iter().position(|one| one == word);
                    self.choice(fact, position.unwrap_or(words.len()), key);
                }
            }
            Value::Set(words) => {
                self.set(fact, key);
                for word in words {
                    self.element(fact, word.as_str(), key);
                }
            }
        }
    }

    pub(super) fn flag(&self, fact: FactId, flag: bool, key: &mut [u8]) {
        let mark = &self.facts[fact.index()];
        if let Kind::Flag = mark.kind {
            key[mark.at] = 1 + u8::from(flag);
        }
    }

    /// A word of a choice, by its position in the list.
    pub(super) fn choice(&self, fact: FactId, position: usize, key: &mut [u8]) {
        let mark = &self.facts[fact.index()];
        if let Kind::Choice(_) = mark.kind {
            write(key, mark.at, position);
        }
    }

    pub(super) fn version(&self, fact: FactId, version: Version, key: &mut [u8]) {
        let mark = &self.facts[fact.index()];
        if let Kind::Versions { marked, partial } = &mark.kind {
            write(key, mark.at, place(marked, &version));
            if *partial && version.given() < 4 {
                write(key, mark.at + 2, place(marked, &version.last_with_prefix()));
            }
        }
    }

    pub(super) fn days(&self, fact: FactId, days: u32, key: &mut [u8]) {
        let mark = &self.facts[fact.index()];
        if let Kind::Days(marked) = &mark.kind {
            write(key, mark.at, place(marked, &days));
        }
    }

    pub(super) fn text(&self, fact: FactId, text: &str, key: &mut [u8]) {
        let mark = &self.facts[fact.index()];
        if let Kind::Text(marked) = &mark.kind {
            write(key, mark.at, marked.iter().position(|word| word.is(text)).unwrap_or(marked.len()));
        }
    }

    /// That a set is known.
    pub(super) fn set(&self, fact: FactId, key: &mut [u8]) {
        let mark = &self.facts[fact.index()];
        if let Kind::Set(_) = mark.kind {
            key[mark.at] |= 1;
        }
    }

    /// That a set holds an element.
    pub(super) fn element(&self, fact: FactId, text: &str, key: &mut [u8]) {
        let mark = &self.facts[fact.index()];
        if let Kind::Set(marked) = &mark.kind {
            let bit = marked.iter().position(|word| word.is(text)).map_or(1, |at| at + BEFORE_ELEMENTS);
            key[mark.at + bit / 8] |= 1 << (bit % 8);
        }
    }
}

/// Which of the marked values it is, or in which gap between them it lies.
fn place<T: Ord>(marked: &[T], value: &T) -> usize {
    let below = marked.partition_point(|one| one < value);
    2 * below + usize::from(marked.get(below) == Some(value))
}

/// Writes a position, of which zero is kept for what is not known. There are fewer rules about a fact than would fit.
fn write(key: &mut [u8], at: usize, position: usize) {
    let number = u16::try_from(position + 1).unwrap_or(u16::MAX);
    key[at..at + 2].copy_from_slice(&number.to_le_bytes());
}
