//! A snapshot on one line, read straight into its key.
//!
//! This is the way for millions of lines: nothing is kept of a line but the name and the key, and hardly anything is
//! allocated. It takes what [`SnapshotReader`](super::SnapshotReader) takes and nothing else; why a line is refused, that one
//! says.

use super::marks::Marks;
use super::snapshot::SCHEMA;
use super::value::Value;
use super::vocabulary::{FactId, FactSpec, FactType, Vocabulary};
use serde::de::{DeserializeSeed, Deserializer, Error as _, IgnoredAny, MapAccess, SeqAccess, Visitor};
use std::borrow::Cow;
use std::fmt;

/// Reads the keys of lines, one after the other.
#[derive(Clone, Debug)]
pub struct LineReader<'v> {
    vocabulary: &'v Vocabulary,
    marks: &'v Marks,
    key: Vec<u8>,
    /// For each fact the number of the last line that knows it, and of the last that says that it is unknown.
    known: Vec<u64>,
    unknown: Vec<u64>,
    /// For each fact the one that came after it last, since most lines of a file have their facts in the same order.
    after: Vec<Option<FactId>>,
    first: Option<FactId>,
    line: u64,
}

impl<'v> LineReader<'v> {
    /// A reader for these facts and marks.
    pub fn new(vocabulary: &'v Vocabulary, marks: &'v Marks) -> Self {
        let facts = vocabulary.len();
        Self {
            vocabulary,
            marks,
            key: marks.unknown(),
            known: vec![0; facts],
            unknown: vec![0; facts],
            after: vec![None; facts],
            first: None,
            line: 0,
        }
    }

    /// Reads a line and returns the server's name; nothing where the line is no snapshot.
    pub fn read<'t>(&mut self, text: &'t str) -> Option<Cow<'t, str>> {
        self.line += 1;
        self.key.fill(0);
        let mut deserializer = serde_json::Deserializer::from_str(text);
        let host = DocumentSeed(self).deserialize(&mut deserializer).ok()?;
        deserializer.end().ok()?;
        Some(host)
    }

    /// The key of the server that was read last.
    pub fn key(&self) -> &[u8] {
        &self.key
    }

    /// The fact of a name, where the one before it was this.
    fn find(&mut self, before: Option<FactId>, name: &str) -> Option<FactId> {
        let guess = match before {
            Some(before) => &mut self.after[before.index()],
            None => &mut self.first,
        };
        if let Some(fact) = *guess
            && self.vocabulary.name(fact) == name
        {
            return Some(fact);
        }
        *guess = self.vocabulary.find(name);
        *guess
    }
}

/// Why a line is refused, for which nobody asks here.
fn refused<E: serde::de::Error>() -> E {
    E::custom("")
}

struct DocumentSeed<'r, 'v>(&'r mut LineReader<'v>);

impl<'de> DeserializeSeed<'de> for DocumentSeed<'_, '_> {
    type Value = Cow<'de, str>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for DocumentSeed<'_, '_> {
    type Value = Cow<'de, str>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a snapshot")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let reader = self.0;
        let mut schema = false;
        let mut host: Option<Cow<'de, str>> = None;
        while let Some(key) = map.next_key_seed(Text)? {
            match &*key {
                "schema" => {
                    if map.next_value_seed(Text)? != SCHEMA {
                        return Err(refused());
                    }
                    schema = true;
                }
                "host" => {
                    let name = map.next_value_seed(Text)?;
                    if name.trim().is_empty() {
                        return Err(refused());
                    }
                    host = Some(name);
                }
                "taken_at" | "source" => drop(map.next_value_seed(Text)?),
                "from" => drop(map.next_value::<IgnoredAny>()?),
                "facts" => map.next_value_seed(FactsSeed(reader))?,
                "unknown" => map.next_value_seed(UnknownSeed(reader))?,
                _ => return Err(refused()),
            }
        }
        let both =
            reader.known.iter().zip(&reader.unknown).any(|(known, unknown)| (*known, *unknown) == (reader.line, reader.line));
        host.filter(|_| schema && !both).ok_or_else(refused)
    }
}

/// A text, borrowed where nothing in it is escaped.
struct Text;

impl<'de> DeserializeSeed<'de> for Text {
    type Value = Cow<'de, str>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl<'de> Visitor<'de> for Text {
    type Value = Cow<'de, str>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a text")
    }

    fn visit_borrowed_str<E: serde::de::Error>(self, text: &'de str) -> Result<Self::Value, E> {
        Ok(Cow::Borrowed(text))
    }

    fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Self::Value, E> {
        Ok(Cow::Owned(text.to_owned()))
    }
}

struct FactsSeed<'r, 'v>(&'r mut LineReader<'v>);

impl<'de> DeserializeSeed<'de> for FactsSeed<'_, '_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for FactsSeed<'_, '_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("facts and values")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let reader = self.0;
        let mut before = None;
        while let Some(name) = map.next_key_seed(Text)? {
            let Some(fact) = reader.find(before, &name) else {
                if !name.starts_with("x.") {
                    return Err(refused());
                }
                map.next_value::<IgnoredAny>()?;
                continue;
            };
            before = Some(fact);
            let line = std::mem::replace(&mut reader.known[fact.index()], reader.line);
            if line == reader.line {
                return Err(refused());
            }
            let spec = reader.vocabulary.spec(fact);
            map.next_value_seed(ValueSeed { fact, spec, marks: reader.marks, key: &mut reader.key })?;
        }
        Ok(())
    }
}

struct UnknownSeed<'r, 'v>(&'r mut LineReader<'v>);

impl<'de> DeserializeSeed<'de> for UnknownSeed<'_, '_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for UnknownSeed<'_, '_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("facts and reasons")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let reader = self.0;
        while let Some(name) = map.next_key_seed(Text)? {
            match reader.vocabulary.find(&name) {
                Some(fact) => reader.unknown[fact.index()] = reader.line,
                None if name.starts_with("x.") => {}
                None => return Err(refused()),
            }
            map.next_value_seed(Text)?;
        }
        Ok(())
    }
}

/// The value of a fact, written into the key.
struct ValueSeed<'k> {
    fact: FactId,
    spec: &'k FactSpec,
    marks: &'k Marks,
    key: &'k mut [u8],
}

impl ValueSeed<'_> {
    fn choice(self, word: &str) -> bool {
        let position = self.spec.values().iter().position(|one| **one == *word);
        if let Some(position) = position {
            self.marks.choice(self.fact, position, self.key);
        }
        position.is_some()
    }

    /// A text of a type that is written as text; false where it is no value of that type.
    fn scalar(self, text: &str) -> bool {
        match self.spec.kind() {
            FactType::Choice => self.choice(text),
            FactType::Text => {
                self.marks.text(self.fact, text, self.key);
                true
            }
            FactType::Version | FactType::Days => match Value::from_text(self.spec, text) {
                Ok(Value::Version(version)) => {
                    self.marks.version(self.fact, version, self.key);
                    true
                }
                Ok(Value::Days(days)) => {
                    self.marks.days(self.fact, days, self.key);
                    true
                }
                _ => false,
            },
            FactType::Flag | FactType::Set => false,
        }
    }
}

impl<'de> DeserializeSeed<'de> for ValueSeed<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for ValueSeed<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_bool<E: serde::de::Error>(self, flag: bool) -> Result<(), E> {
        if self.spec.kind() != FactType::Flag {
            return Err(refused());
        }
        self.marks.flag(self.fact, flag, self.key);
        Ok(())
    }

    fn visit_u64<E: serde::de::Error>(self, number: u64) -> Result<(), E> {
        let taken = match self.spec.kind() {
            // Releases look like numbers.
            FactType::Days | FactType::Choice => self.scalar(&number.to_string()),
            _ => false,
        };
        if taken { Ok(()) } else { Err(refused()) }
    }

    fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<(), E> {
        if self.scalar(text) { Ok(()) } else { Err(refused()) }
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<(), A::Error> {
        if self.spec.kind() != FactType::Set {
            return Err(A::Error::custom(""));
        }
        self.marks.set(self.fact, self.key);
        let listed = self.spec.values();
        while let Some(word) = list.next_element_seed(Text)? {
            if !listed.is_empty() && !listed.iter().any(|one| **one == *word) {
                return Err(refused());
            }
            self.marks.element(self.fact, &word, self.key);
        }
        Ok(())
    }
}
