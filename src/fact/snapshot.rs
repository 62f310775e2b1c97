//! Recorded snapshots, `cutover/snapshot/v1`: what was observed of one server, as JSON or YAML.

use super::observation::{HostFacts, Observation};
use super::value::{Value, ValueError};
use super::vocabulary::{FactId, FactSpec, FactType, Vocabulary};
use crate::suggest::{excerpt, nearest};
use crate::yaml::{self, Key, Kind, Node, Span};
use serde::de::{DeserializeSeed, Deserializer, Error as _, IgnoredAny, MapAccess, SeqAccess, Visitor};
use std::borrow::Cow;
use std::collections::BTreeSet;
use std::fmt;
use std::sync::Arc;

/// The schema that a snapshot names.
pub const SCHEMA: &str = "cutover/snapshot/v1";

/// What was read on a server, each under the name of what was read, and not yet judged.
pub type Recorded = std::collections::BTreeMap<String, serde_json::Value>;

/// What a fact is by what was read; or why that does not say it.
pub type Judged = Result<Value, String>;

/// Makes facts of what was read on a server.
pub trait Judge: fmt::Debug + Sync {
    /// What the facts are that can be seen on a server.
    ///
    /// # Errors
    ///
    /// Where something was recorded that nothing reads, or cannot be judged at all.
    fn judge(&self, recorded: &Recorded) -> Result<Vec<(FactId, Judged)>, String>;
}

/// What was recorded of one server.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Snapshot {
    host: String,
    taken_at: Option<Box<str>>,
    facts: Vec<(FactId, Value)>,
    /// Many servers share a reason.
    unknown: Vec<(FactId, Arc<str>)>,
    own: Vec<(Box<str>, Own)>,
}

/// What a snapshot says of a fact of a user's own that no catalog declares. No condition reads it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Own {
    /// A text, a number or a flag, as text: hostile until it is made harmless.
    Text(Box<str>),
    /// Something else, or nothing, for this reason.
    Unclear(Box<str>),
}

impl Snapshot {
    /// What is known of a server, and what is not and why; the facts in any order, each once.
    pub fn new(host: String, mut facts: Vec<(FactId, Value)>, unknown: Vec<(FactId, Arc<str>)>) -> Self {
        facts.sort_by_key(|(fact, _)| *fact);
        Self { host, facts, unknown, ..Self::default() }
    }

    /// The same with facts of a user's own that no catalog declares, each once.
    #[must_use]
    pub fn with_own(mut self, own: Vec<(Box<str>, Own)>) -> Self {
        self.own = own;
        self
    }

    /// The facts of a user's own that no catalog declares.
    pub fn own(&self) -> &[(Box<str>, Own)] {
        &self.own
    }

    /// When it was taken, as it was recorded.
    pub fn taken_at(&self) -> Option<&str> {
        self.taken_at.as_deref()
    }

    /// The facts that could not be observed, with the reasons.
    pub fn unknown(&self) -> &[(FactId, Arc<str>)] {
        &self.unknown
    }

    /// The server's name, as it was recorded: hostile text until it is made harmless.
    pub fn host(&self) -> &str {
        &self.host
    }

    /// The facts that are known, by fact.
    pub fn facts(&self) -> &[(FactId, Value)] {
        &self.facts
    }
}

impl HostFacts for Snapshot {
    fn observe(&self, fact: FactId) -> Observation<'_> {
        if let Ok(index) = self.facts.binary_search_by_key(&fact, |(known, _)| *known) {
            return Observation::Known(&self.facts[index].1);
        }
        let reason = self.unknown.iter().find(|(known, _)| *known == fact);
        Observation::Unknown(reason.map_or("not in this snapshot", |(_, reason)| reason))
    }
}

/// A text that is no snapshot, with the place in the text.
#[derive(Clone, Debug, thiserror::Error, PartialEq, Eq)]
#[error("{message}")]
pub struct SnapshotError {
    message: String,
    line: usize,
    column: usize,
}

impl SnapshotError {
    /// The line, from 1.
    pub fn line(&self) -> usize {
        self.line
    }

    /// The column in bytes, from 1.
    pub fn column(&self) -> usize {
        self.column
    }

    fn at(text: &str, span: Span, message: String) -> Self {
        let before = &text.as_bytes()[..span.offset.min(text.len())];
        let line = before.split(|byte| *byte == b'\n').count();
        let column = before.iter().rev().take_while(|byte| **byte != b'\n').count() + 1;
        Self { message, line, column }
    }
}

impl From<serde_json::Error> for SnapshotError {
    fn from(error: serde_json::Error) -> Self {
        let (line, column) = (error.line().max(1), error.column().max(1));
        let text = error.to_string();
        let message = text.rsplit_once(" at line ").map_or(text.as_str(), |(message, _)| message);
        Self { message: message.to_owned(), line, column }
    }
}

/// Reads snapshots of the facts that a vocabulary has.
#[derive(Clone, Copy, Debug)]
pub struct SnapshotReader<'v> {
    vocabulary: &'v Vocabulary,
    judge: Option<&'v dyn Judge>,
}

impl<'v> SnapshotReader<'v> {
    /// A reader for these facts.
    pub fn new(vocabulary: &'v Vocabulary) -> Self {
        Self { vocabulary, judge: None }
    }

    /// The same reader, which also makes facts of what was read on a server and not judged there. A fact that a snapshot gives
    /// stays as it is.
    #[must_use]
    pub fn judged_by(self, judge: &'v dyn Judge) -> Self {
        Self { judge: Some(judge), ..self }
    }

    /// Reads one JSON document.
    ///
    /// # Errors
    ///
    /// Where the text is not JSON or no snapshot, with the line and column.
    pub fn json(self, text: &str) -> Result<Snapshot, SnapshotError> {
        let mut deserializer = serde_json::Deserializer::from_str(text);
        let snapshot = DocumentSeed(self).deserialize(&mut deserializer)?;
        deserializer.end()?;
        Ok(snapshot)
    }

    /// Reads one YAML document.
    ///
    /// # Errors
    ///
    /// Where the text is not YAML or no snapshot, with the line and column.
    pub fn yaml(self, text: &str) -> Result<Snapshot, SnapshotError> {
        let root = yaml::parse(text).map_err(|error| SnapshotError::at(text, error.span, error.message))?;
        self.tree(&root).map_err(|(span, message)| SnapshotError::at(text, span, message))
    }

    fn tree(self, root: &Node) -> Result<Snapshot, (Span, String)> {
        let Kind::Map(entries) = &root.kind else {
            return Err((root.span, format!("expected a snapshot, found {}", root.kind_name())));
        };
        let mut draft = Draft::default();
        for (key, value) in entries {
            let wrong = |message: String| (value.span, message);
            let text = || value.scalar().ok_or_else(|| wrong(format!("expected text, found {}", value.kind_name())));
            match key.name.as_str() {
                "schema" => draft.schema(text()?).map_err(wrong)?,
                "host" => draft.host(text()?).map_err(wrong)?,
                "taken_at" => draft.taken_at = Some(text()?.into()),
                "source" => drop(text()?),
                "from" => {}
                "observed" => match value.to_plain_json() {
                    serde_json::Value::Object(observed) => draft.observed = observed.into_iter().collect(),
                    _ => return Err(wrong(format!("expected a map of what was read, found {}", value.kind_name()))),
                },
                "facts" => Self::each(value, |key, value| {
                    let Some(fact) = draft_fact(self.vocabulary, &key.name).map_err(|message| (key.span, message))? else {
                        draft.own(&key.name, node_own(value));
                        return Ok(());
                    };
                    let spec = self.vocabulary.spec(fact);
                    let read = node_value(spec, value).map_err(|error| (value.span, named(spec, &error)))?;
                    draft.facts.push((fact, read));
                    Ok(())
                })?,
                "unknown" => Self::each(value, |key, value| {
                    let fact = draft_fact(self.vocabulary, &key.name).map_err(|message| (key.span, message))?;
                    let reason = value.scalar().ok_or_else(|| (value.span, "expected a reason in words".to_owned()));
                    match fact {
                        Some(fact) => draft.unknown.push((fact, reason?.into())),
                        None => draft.own(&key.name, reason.ok().map(|reason| Own::Unclear(reason.into()))),
                    }
                    Ok(())
                })?,
                other => return Err((key.span, unknown_key(other))),
            }
        }
        draft.finish(self).map_err(|message| (root.span, message))
    }

    fn each(node: &Node, mut entry: impl FnMut(&Key, &Node) -> Result<(), (Span, String)>) -> Result<(), (Span, String)> {
        match &node.kind {
            Kind::Map(entries) => entries.iter().try_for_each(|(key, value)| entry(key, value)),
            _ => Err((node.span, format!("expected a map of facts, found {}", node.kind_name()))),
        }
    }
}

/// A snapshot while it is read.
#[derive(Default)]
struct Draft {
    schema: bool,
    host: Option<String>,
    taken_at: Option<Box<str>>,
    facts: Vec<(FactId, Value)>,
    unknown: Vec<(FactId, Arc<str>)>,
    observed: Recorded,
    own: Vec<(Box<str>, Own)>,
}

impl Draft {
    /// Takes a fact of a user's own, where something is said of it.
    fn own(&mut self, name: &str, own: Option<Own>) {
        self.own.extend(own.map(|own| (name.into(), own)));
    }

    fn schema(&mut self, text: &str) -> Result<(), String> {
        if text != SCHEMA {
            return Err(format!("expected the schema `{SCHEMA}`, found `{}`", excerpt(text)));
        }
        self.schema = true;
        Ok(())
    }

    fn host(&mut self, text: &str) -> Result<(), String> {
        if text.trim().is_empty() {
            return Err("expected the server's name as `host`, found nothing".to_owned());
        }
        self.host = Some(text.to_owned());
        Ok(())
    }

    fn finish(mut self, reader: SnapshotReader<'_>) -> Result<Snapshot, String> {
        let vocabulary = reader.vocabulary;
        if !self.schema {
            return Err(format!("expected a key `schema` with `{SCHEMA}`"));
        }
        let host = self.host.ok_or("expected a key `host` with the server's name")?;
        self.facts.sort_by_key(|(fact, _)| *fact);
        let twice = self.facts.windows(2).find(|pair| pair[0].0 == pair[1].0).map(|pair| pair[0].0);
        if let Some(fact) = twice {
            return Err(format!("the fact `{}` is given twice", vocabulary.name(fact)));
        }
        for (fact, _) in &self.unknown {
            if self.facts.binary_search_by_key(fact, |(known, _)| *known).is_ok() {
                return Err(format!("the fact `{}` is given both as known and as unknown", vocabulary.name(*fact)));
            }
        }
        if let Some(judge) = reader.judge.filter(|_| !self.observed.is_empty()) {
            let given = |fact: FactId| {
                let known = self.facts.binary_search_by_key(&fact, |(known, _)| *known).is_ok();
                known || self.unknown.iter().any(|(unknown, _)| *unknown == fact)
            };
            let mut judged = judge.judge(&self.observed)?;
            judged.retain(|(fact, _)| !given(*fact));
            for (fact, value) in judged {
                match value {
                    Ok(value) => self.facts.push((fact, value)),
                    Err(reason) => self.unknown.push((fact, reason.into())),
                }
            }
            self.facts.sort_by_key(|(fact, _)| *fact);
        }
        self.own.sort();
        let twice = self.own.windows(2).find(|pair| pair[0].0 == pair[1].0).map(|pair| &pair[0].0);
        if let Some(name) = twice {
            return Err(format!("the fact `{}` is given twice", excerpt(name)));
        }
        Ok(Snapshot { host, taken_at: self.taken_at, facts: self.facts, unknown: self.unknown, own: self.own })
    }
}

/// The fact of that name; nothing for an undeclared one of a user's own.
fn draft_fact(vocabulary: &Vocabulary, name: &str) -> Result<Option<FactId>, String> {
    match vocabulary.find(name) {
        Some(fact) => Ok(Some(fact)),
        None if name.starts_with("x.") => Ok(None),
        None => {
            let near = vocabulary.nearest(name).map(|near| format!("; did you mean `{near}`?")).unwrap_or_default();
            Err(format!("there is no fact `{}`{near}", excerpt(name)))
        }
    }
}

const KEYS: [&str; 8] = ["schema", "host", "taken_at", "source", "facts", "unknown", "from", "observed"];

fn unknown_key(name: &str) -> String {
    let near = nearest(name, KEYS.into_iter()).map(|near| format!("; did you mean `{near}`?")).unwrap_or_default();
    format!("a snapshot has no key `{}`{near}", excerpt(name))
}

fn named(spec: &FactSpec, error: &ValueError) -> String {
    format!("`{}`: {error}", spec.id())
}

fn node_value(spec: &FactSpec, node: &Node) -> Result<Value, ValueError> {
    match (&node.kind, spec.kind()) {
        (Kind::Flag(flag), FactType::Flag) => Ok(Value::Flag(*flag)),
        (Kind::List(items), FactType::Set) => {
            let word = |item: &Node| item.scalar().map(str::to_owned).ok_or_else(|| mismatch(spec, item.kind_name()));
            let words = items.iter().map(word).collect::<Result<Vec<_>, _>>()?;
            Value::set(spec, words.iter().map(String::as_str))
        }
        (Kind::Number(text), FactType::Days | FactType::Choice | FactType::Version) | (Kind::Text(text), _) => {
            Value::from_text(spec, text)
        }
        _ => Err(mismatch(spec, node.kind_name())),
    }
}

/// What is said of a fact of a user's own; nothing for nothing.
fn node_own(node: &Node) -> Option<Own> {
    match &node.kind {
        Kind::Null => None,
        Kind::Flag(flag) => Some(Own::Text(flag.to_string().into())),
        Kind::Number(text) | Kind::Text(text) => Some(Own::Text(text.as_str().into())),
        Kind::List(_) | Kind::Map(_) => Some(Own::Unclear(node.kind_name().into())),
    }
}

fn mismatch(spec: &FactSpec, found: &str) -> ValueError {
    let help = if found == "nothing" { " (what is not known goes under `unknown`, with a reason)" } else { "" };
    ValueError::new(spec.kind().expectation(), format!("{found}{help}"))
}

struct DocumentSeed<'v>(SnapshotReader<'v>);

impl<'de> DeserializeSeed<'de> for DocumentSeed<'_> {
    type Value = Snapshot;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Snapshot, D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for DocumentSeed<'_> {
    type Value = Snapshot;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a snapshot: an object with schema, host and facts")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Snapshot, A::Error> {
        let mut draft = Draft::default();
        while let Some(key) = map.next_key::<Cow<'de, str>>()? {
            match &*key {
                "schema" => draft.schema(&map.next_value::<String>()?).map_err(A::Error::custom)?,
                "host" => draft.host(&map.next_value::<String>()?).map_err(A::Error::custom)?,
                "taken_at" => draft.taken_at = Some(map.next_value::<Box<str>>()?),
                "source" => drop(map.next_value::<String>()?),
                "from" => drop(map.next_value::<IgnoredAny>()?),
                "observed" => draft.observed = map.next_value::<Recorded>()?,
                "facts" => map.next_value_seed(FactsSeed { vocabulary: self.0.vocabulary, draft: &mut draft })?,
                "unknown" => map.next_value_seed(UnknownSeed { vocabulary: self.0.vocabulary, draft: &mut draft })?,
                other => return Err(A::Error::custom(unknown_key(other))),
            }
        }
        draft.finish(self.0).map_err(A::Error::custom)
    }
}

struct FactsSeed<'v, 'd> {
    vocabulary: &'v Vocabulary,
    draft: &'d mut Draft,
}

impl<'de> DeserializeSeed<'de> for FactsSeed<'_, '_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for FactsSeed<'_, '_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object of facts and values")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        while let Some(name) = map.next_key::<Cow<'de, str>>()? {
            match draft_fact(self.vocabulary, &name).map_err(A::Error::custom)? {
                Some(fact) => {
                    let value = map.next_value_seed(ValueSeed { spec: self.vocabulary.spec(fact) })?;
                    self.draft.facts.push((fact, value));
                }
                None => self.draft.own(&name, map.next_value_seed(OwnSeed)?),
            }
        }
        Ok(())
    }
}

/// A value of a fact of a user's own, which may be anything; nothing for nothing.
struct OwnSeed;

impl<'de> DeserializeSeed<'de> for OwnSeed {
    type Value = Option<Own>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Option<Own>, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for OwnSeed {
    type Value = Option<Own>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_bool<E: serde::de::Error>(self, flag: bool) -> Result<Option<Own>, E> {
        self.visit_str(if flag { "true" } else { "false" })
    }

    fn visit_u64<E: serde::de::Error>(self, number: u64) -> Result<Option<Own>, E> {
        self.visit_str(&number.to_string())
    }

    fn visit_i64<E: serde::de::Error>(self, number: i64) -> Result<Option<Own>, E> {
        self.visit_str(&number.to_string())
    }

    fn visit_f64<E: serde::de::Error>(self, number: f64) -> Result<Option<Own>, E> {
        self.visit_str(&number.to_string())
    }

    fn visit_unit<E: serde::de::Error>(self) -> Result<Option<Own>, E> {
        Ok(None)
    }

    fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Option<Own>, E> {
        Ok(Some(Own::Text(text.into())))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Option<Own>, A::Error> {
        while list.next_element::<IgnoredAny>()?.is_some() {}
        Ok(Some(Own::Unclear("a list".into())))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Option<Own>, A::Error> {
        while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(Some(Own::Unclear("a map".into())))
    }
}

struct UnknownSeed<'v, 'd> {
    vocabulary: &'v Vocabulary,
    draft: &'d mut Draft,
}

impl<'de> DeserializeSeed<'de> for UnknownSeed<'_, '_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for UnknownSeed<'_, '_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object of facts and reasons")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        while let Some((name, reason)) = map.next_entry::<Cow<'de, str>, String>()? {
            match draft_fact(self.vocabulary, &name).map_err(A::Error::custom)? {
                Some(fact) => self.draft.unknown.push((fact, reason.into())),
                None => self.draft.own(&name, Some(Own::Unclear(reason.into()))),
            }
        }
        Ok(())
    }
}

struct ValueSeed<'v> {
    spec: &'v FactSpec,
}

impl ValueSeed<'_> {
    fn checked<E: serde::de::Error>(&self, value: Result<Value, ValueError>) -> Result<Value, E> {
        value.map_err(|error| E::custom(named(self.spec, &error)))
    }
}

impl<'de> DeserializeSeed<'de> for ValueSeed<'_> {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for ValueSeed<'_> {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} for `{}`", self.spec.kind().expectation(), self.spec.id())
    }

    fn visit_bool<E: serde::de::Error>(self, flag: bool) -> Result<Value, E> {
        match self.spec.kind() {
            FactType::Flag => Ok(Value::Flag(flag)),
            _ => self.checked(Err(mismatch(self.spec, "true or false"))),
        }
    }

    fn visit_u64<E: serde::de::Error>(self, number: u64) -> Result<Value, E> {
        match self.spec.kind() {
            // Releases look like numbers.
            FactType::Days | FactType::Choice => self.checked(Value::from_text(self.spec, &number.to_string())),
            _ => self.checked(Err(mismatch(self.spec, "a number"))),
        }
    }

    fn visit_i64<E: serde::de::Error>(self, _: i64) -> Result<Value, E> {
        self.checked(Err(mismatch(self.spec, "a negative number")))
    }

    fn visit_f64<E: serde::de::Error>(self, _: f64) -> Result<Value, E> {
        self.checked(Err(mismatch(self.spec, "a number with a fraction")))
    }

    fn visit_unit<E: serde::de::Error>(self) -> Result<Value, E> {
        self.checked(Err(mismatch(self.spec, "nothing")))
    }

    fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Value, E> {
        let value = Value::from_text(self.spec, text);
        self.checked(value)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Value, A::Error> {
        if self.spec.kind() != FactType::Set {
            return self.checked(Err(mismatch(self.spec, "a list")));
        }
        let mut words = BTreeSet::new();
        while let Some(word) = list.next_element::<String>()? {
            words.insert(word);
        }
        let value = Value::set(self.spec, words.iter().map(String::as_str));
        self.checked(value)
    }
}
