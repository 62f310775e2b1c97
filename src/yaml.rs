//! YAML as a tree of nodes that know their place in the text.
//!
//! The only module that knows the YAML library. It reads text and gives a [`Node`] or a [`YamlError`]; limits on size,
//! nesting and repetition are set here. The build script uses it too, to turn the built-in catalog into JSON, which is read
//! back into the same tree some forty times faster.

use serde::de::{Deserialize, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_saphyr::Spanned;
use std::fmt;

/// A place in a text: offset and length in bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Span {
    /// Bytes before the place.
    pub offset: usize,
    /// Bytes of the place itself.
    pub length: usize,
}

/// A value of a YAML document.
#[derive(Clone, Debug, PartialEq)]
pub struct Node {
    /// Where the value stands.
    pub span: Span,
    /// What it is.
    pub kind: Kind,
}

/// The kinds of values.
#[derive(Clone, Debug, PartialEq)]
pub enum Kind {
    /// Nothing, `null` or `~`.
    Null,
    /// `true` or `false`; no other word is a flag.
    Flag(bool),
    /// A number as it is written, so that `1.10` stays apart from `1.1`.
    Number(String),
    /// Text.
    Text(String),
    /// A list.
    List(Vec<Node>),
    /// A map, in the order of the text.
    Map(Vec<(Key, Node)>),
}

/// A key of a map.
#[derive(Clone, Debug, PartialEq)]
pub struct Key {
    /// The key's text.
    pub name: String,
    /// Where it stands.
    pub span: Span,
}

/// A text that is not YAML, or is too much of it.
#[derive(Clone, Debug)]
pub struct YamlError {
    /// What is wrong, in lower case.
    pub message: String,
    /// Where.
    pub span: Span,
}

/// The largest text that is read, in bytes.
pub const MOST_BYTES: usize = 16 << 20;
const MOST_NODES: usize = 250_000;
const DEEPEST: usize = 64;

/// Reads one YAML document.
///
/// # Errors
///
/// Where the text is not one YAML document, uses an anchor, gives a key twice, or exceeds the limits.
pub fn parse(text: &str) -> Result<Node, YamlError> {
    if text.len() > MOST_BYTES {
        let message = format!("the text is larger than {} MiB", MOST_BYTES >> 20);
        return Err(YamlError { message, span: Span::default() });
    }
    let options = serde_saphyr::options! {
        budget: serde_saphyr::budget! {
            max_nodes: MOST_NODES,
            max_events: 2 * MOST_NODES,
            max_depth: DEEPEST,
            max_aliases: 0,
            max_anchors: 0,
        },
        strict_booleans: true,
        leading_zero_numbers_as_strings: true,
        underscored_numbers_as_strings: true,
        with_snippet: false,
    };
    match serde_saphyr::from_str_with_options::<Spanned<Raw>>(text, options) {
        Ok(raw) => Ok(node(raw, text)),
        Err(error) => {
            let offset = error.location().map_or(0, |location| {
                let exact = location.span().byte_offset().and_then(|at| usize::try_from(at).ok());
                exact.unwrap_or_else(|| offset_of(text, location.line(), location.column())).min(text.len())
            });
            let message = error.to_string();
            let message = message.lines().next().unwrap_or("not YAML");
            // The place is given by the span, and a reader of a document has none of the library's options to set.
            let message = message.rsplit_once(" at line ").map_or(message, |(message, _)| message);
            let advice = [", set ", "; use "].iter().filter_map(|advice| message.find(advice)).min();
            let message = &message[..advice.unwrap_or(message.len())];
            let message = match message.strip_prefix("budget breached: ") {
                Some(limit) if limit.starts_with("Anchors") || limit.starts_with("Aliases") => "anchors and aliases are not read",
                Some(limit) if limit.starts_with("Depth") => "the nesting is too deep",
                Some(_) => "the text has too many values",
                None => message,
            };
            let message = message.to_owned();
            Err(YamlError { message, span: Span { offset, length: 0 } })
        }
    }
}

/// The bytes before a line and a column, both counted from one and the column in characters.
fn offset_of(text: &str, line: u64, column: u64) -> usize {
    let at = |number: u64| usize::try_from(number.saturating_sub(1)).unwrap_or(usize::MAX);
    let before: usize = text.split_inclusive('\n').take(at(line)).map(str::len).sum();
    let rest = &text[before..];
    before + rest.chars().take_while(|c| *c != '\n').take(at(column)).map(char::len_utf8).sum::<usize>()
}

impl Node {
    /// What kind of value it is, in a few words for an error message.
    pub fn kind_name(&self) -> &'static str {
        match self.kind {
            Kind::Null => "nothing",
            Kind::Flag(_) => "true or false",
            Kind::Number(_) => "a number",
            Kind::Text(_) => "text",
            Kind::List(_) => "a list",
            Kind::Map(_) => "a map",
        }
    }

    /// Moves every place, where the text that was read is a piece of another.
    pub fn move_by(&mut self, bytes: usize) {
        self.span.offset += bytes;
        match &mut self.kind {
            Kind::List(items) => items.iter_mut().for_each(|item| item.move_by(bytes)),
            Kind::Map(entries) => {
                for (key, node) in entries {
                    key.span.offset += bytes;
                    node.move_by(bytes);
                }
            }
            Kind::Null | Kind::Flag(_) | Kind::Number(_) | Kind::Text(_) => {}
        }
    }

    /// The text of a word or a number.
    pub fn scalar(&self) -> Option<&str> {
        match &self.kind {
            Kind::Number(text) | Kind::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The text of a word, a number, or true or false.
    pub fn spelled(&self) -> Option<String> {
        match &self.kind {
            Kind::Flag(flag) => Some(flag.to_string()),
            _ => self.scalar().map(str::to_owned),
        }
    }

    /// The tree as JSON, without its places. Numbers that JSON would change become text.
    pub fn to_json(&self) -> serde_json::Value {
        match &self.kind {
            Kind::Null => serde_json::Value::Null,
            Kind::Flag(flag) => (*flag).into(),
            Kind::Number(text) => match text.parse::<u64>() {
                Ok(number) if number.to_string() == *text => number.into(),
                _ => text.as_str().into(),
            },
            Kind::Text(text) => text.as_str().into(),
            Kind::List(nodes) => nodes.iter().map(Self::to_json).collect::<Vec<_>>().into(),
            // A list of pairs keeps the order of the keys.
            Kind::Map(entries) => {
                let pairs = entries.iter().flat_map(|(key, node)| [key.name.as_str().into(), node.to_json()]);
                serde_json::json!({ "": pairs.collect::<Vec<serde_json::Value>>() })
            }
        }
    }

    /// The JSON that the tree stands for, without places and without the order of keys.
    pub fn to_plain_json(&self) -> serde_json::Value {
        match &self.kind {
            Kind::List(items) => items.iter().map(Self::to_plain_json).collect::<Vec<_>>().into(),
            Kind::Map(entries) => {
                let entries = entries.iter().map(|(key, node)| (key.name.clone(), node.to_plain_json()));
                serde_json::Value::Object(entries.collect())
            }
            _ => self.to_json(),
        }
    }

    /// Reads what [`Node::to_json`] wrote.
    ///
    /// # Errors
    ///
    /// Where the text is something else.
    pub fn from_json(text: &str) -> Result<Self, serde_json::Error> {
        let raw: Compiled = serde_json::from_str(text)?;
        Ok(raw.0)
    }
}

/// A tree as [`Node::to_json`] wrote it.
struct Compiled(Node);

impl<'de> Deserialize<'de> for Compiled {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(CompiledVisitor)
    }
}

struct CompiledVisitor;

fn bare(kind: Kind) -> Compiled {
    Compiled(Node { span: Span::default(), kind })
}

impl<'de> Visitor<'de> for CompiledVisitor {
    type Value = Compiled;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a compiled catalog file")
    }

    fn visit_unit<E: Error>(self) -> Result<Compiled, E> {
        Ok(bare(Kind::Null))
    }

    fn visit_bool<E: Error>(self, flag: bool) -> Result<Compiled, E> {
        Ok(bare(Kind::Flag(flag)))
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<Compiled, E> {
        Ok(bare(Kind::Number(number.to_string())))
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Compiled, E> {
        Ok(bare(Kind::Text(text.to_owned())))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Compiled, A::Error> {
        let mut nodes = Vec::with_capacity(list.size_hint().unwrap_or(0));
        while let Some(Compiled(node)) = list.next_element()? {
            nodes.push(node);
        }
        Ok(bare(Kind::List(nodes)))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Compiled, A::Error> {
        let mut entries = Vec::new();
        while let Some((_, Pairs(pairs))) = map.next_entry::<&str, Pairs>()? {
            entries = pairs;
        }
        Ok(bare(Kind::Map(entries)))
    }
}

struct Pairs(Vec<(Key, Node)>);

impl<'de> Deserialize<'de> for Pairs {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct PairsVisitor;
        impl<'de> Visitor<'de> for PairsVisitor {
            type Value = Pairs;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("keys and values in turn")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Pairs, A::Error> {
                let mut entries = Vec::new();
                while let Some(name) = list.next_element::<String>()? {
                    let Some(Compiled(value)) = list.next_element()? else { break };
                    entries.push((Key { name, span: Span::default() }, value));
                }
                Ok(Pairs(entries))
            }
        }
        deserializer.deserialize_seq(PairsVisitor)
    }
}

/// The tree as the library gives it: scalars resolved, numbers not as they are written.
enum Raw {
    Null,
    Flag(bool),
    Number,
    Text(String),
    List(Vec<Spanned<Raw>>),
    Map(Vec<(Spanned<String>, Spanned<Raw>)>),
}

fn span(location: &serde_saphyr::Location, text: &str) -> Span {
    let number = |value: Option<u64>| value.and_then(|value| usize::try_from(value).ok()).unwrap_or(0);
    let offset = number(location.span().byte_offset()).min(text.len());
    let length = number(location.span().byte_len()).min(text.len() - offset);
    Span { offset, length }
}

fn node(raw: Spanned<Raw>, text: &str) -> Node {
    let span = span(&raw.referenced, text);
    let kind = match raw.value {
        Raw::Null => Kind::Null,
        Raw::Flag(flag) => Kind::Flag(flag),
        Raw::Number => Kind::Number(text.get(span.offset..span.offset + span.length).unwrap_or("").to_owned()),
        Raw::Text(word) => Kind::Text(word),
        Raw::List(items) => Kind::List(items.into_iter().map(|item| node(item, text)).collect()),
        Raw::Map(entries) => {
            let entry = |(key, value): (Spanned<String>, Spanned<Raw>)| {
                let at = self::span(&key.referenced, text);
                (Key { name: key.value, span: at }, node(value, text))
            };
            Kind::Map(entries.into_iter().map(entry).collect())
        }
    };
    Node { span, kind }
}

impl<'de> Deserialize<'de> for Raw {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(RawVisitor)
    }
}

struct RawVisitor;

impl<'de> Visitor<'de> for RawVisitor {
    type Value = Raw;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_unit<E: Error>(self) -> Result<Raw, E> {
        Ok(Raw::Null)
    }

    fn visit_bool<E: Error>(self, flag: bool) -> Result<Raw, E> {
        Ok(Raw::Flag(flag))
    }

    fn visit_i64<E: Error>(self, _: i64) -> Result<Raw, E> {
        Ok(Raw::Number)
    }

    fn visit_u64<E: Error>(self, _: u64) -> Result<Raw, E> {
        Ok(Raw::Number)
    }

    fn visit_i128<E: Error>(self, _: i128) -> Result<Raw, E> {
        Ok(Raw::Number)
    }

    fn visit_u128<E: Error>(self, _: u128) -> Result<Raw, E> {
        Ok(Raw::Number)
    }

    fn visit_f64<E: Error>(self, _: f64) -> Result<Raw, E> {
        Ok(Raw::Number)
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Raw, E> {
        Ok(Raw::Text(text.to_owned()))
    }

    fn visit_string<E: Error>(self, text: String) -> Result<Raw, E> {
        Ok(Raw::Text(text))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Raw, A::Error> {
        let mut items = Vec::new();
        while let Some(item) = list.next_element()? {
            items.push(item);
        }
        Ok(Raw::List(items))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Raw, A::Error> {
        let mut entries: Vec<(Spanned<String>, Spanned<Raw>)> = Vec::new();
        while let Some(entry) = map.next_entry()? {
            entries.push(entry);
        }
        Ok(Raw::Map(entries))
    }
}
